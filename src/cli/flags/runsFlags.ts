/**
 * The flags of `check` and `diagnose`, which take one run file or several.
 */
import { text } from "../../core/text";
import { flagsOf, optionFlags, referenceFlag, type RunFlags } from "./base/flags";
import { memoryFlag, traceMemoryOf } from "./base/memoryFlag";
import { stringOf, usage, type FlagTypes, type Values } from "./base/values";

interface RunsCommand {
  readonly runFiles: readonly string[];
  readonly flags: RunFlags;
  readonly traceMemory?: number;
  readonly json: boolean;
}

export interface CheckCommand extends RunsCommand {
  readonly name: "check";
  /** True to print the numbers of the differences as well. */
  readonly numbers: boolean;
  /** Files to write; null for none. */
  readonly junit: string | null;
  readonly markdown: string | null;
}

export interface DiagnoseCommand extends RunsCommand {
  readonly name: "diagnose";
  readonly format: "text" | "json" | "markdown";
}

/** The flags, for `parseArgs`. */
export const checkFlagTypes: FlagTypes = {
  ...optionFlags,
  ...referenceFlag,
  ...memoryFlag,
  numbers: { type: "boolean" },
  junit: { type: "string" },
  markdown: { type: "string" },
};
export const diagnoseFlagTypes: FlagTypes = {
  ...optionFlags,
  ...referenceFlag,
  ...memoryFlag,
  markdown: { type: "boolean" },
};

/** @throws UnsupportedError with one sentence that names the flag. */
export function runsCommand(
  name: "check" | "diagnose",
  values: Values,
  files: readonly string[],
): CheckCommand | DiagnoseCommand {
  const json = values["json"] === true;
  const base = { ...runFilesOf(name, values, files), ...traceMemoryOf(values), json };
  if (name === "check") {
    return { name, ...base, numbers: values["numbers"] === true, ...reportsOf(values) };
  }
  const asMarkdown = values["markdown"] === true;
  return { name, ...base, format: json ? "json" : asMarkdown ? "markdown" : "text" };
}

/** One run file or several, with what flags say of each. @throws UnsupportedError where there is none. */
export function runFilesOf(
  name: string,
  values: Values,
  runFiles: readonly string[],
): Pick<RunsCommand, "runFiles" | "flags"> {
  if (runFiles.length === 0) {
    throw usage(`unroll ${name}`, text("expected one run file or several"));
  }
  return { runFiles, flags: flagsOf(values) };
}

function reportsOf(values: Values): Pick<CheckCommand, "junit" | "markdown"> {
  const [junit = null, markdown = null] = ["junit", "markdown"].map(
    (flag) => stringOf(values, flag) ?? null,
  );
  if (junit === "") throw usage("--junit", text("expected the file to write"));
  if (markdown === "") throw usage("--markdown", text("expected the file to write"));
  if (junit !== null && junit === markdown) {
    throw usage("--markdown", text("{0} is written by {1} already", junit, "--junit"));
  }
  return { junit, markdown };
}
