/**
 * What was typed after `unroll`: the command, its files and its flags, each checked before any file is opened.
 */
import { parseArgs } from "node:util";
import { text } from "../text";
import { fileFlags, flagsOf, optionFlags, type RunFlags } from "./flags";
import { stringOf, usage, type FlagTypes, type Values } from "./values";

export type Command =
  | { readonly name: "help" | "version" }
  | { readonly name: "inspect"; readonly file: string; readonly json: boolean }
  | {
      readonly name: "run";
      readonly runFile: string | null;
      readonly flags: RunFlags;
      readonly out: string | null;
      readonly trace: boolean;
      readonly json: boolean;
    }
  | {
      readonly name: "check";
      readonly runFiles: readonly string[];
      readonly flags: RunFlags;
      readonly json: boolean;
    };

const commonFlags: FlagTypes = {
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

const flagsOfCommand: Readonly<Record<"inspect" | "run" | "check", FlagTypes>> = {
  inspect: commonFlags,
  run: {
    ...commonFlags,
    ...fileFlags,
    ...optionFlags,
    out: { type: "string" },
    trace: { type: "boolean" },
  },
  check: { ...commonFlags, ...optionFlags },
};

/** @throws UnsupportedError with one sentence that names the flag or the command. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  if (name === undefined || ["help", "--help", "-h"].includes(name)) return { name: "help" };
  if (name === "--version") return { name: "version" };
  if (name !== "inspect" && name !== "run" && name !== "check") {
    throw usage(name, text("there is no such command; there are inspect, run and check"));
  }
  const { values, positionals } = parseFlags(name, rest);
  if (values["help"] === true) return { name: "help" };
  const json = values["json"] === true;
  if (name === "run") return runCommand(values, positionals, json);
  return name === "check"
    ? { name, runFiles: assertFiles(positionals), flags: flagsOf(values), json }
    : { name, file: assertOneFile(positionals), json };
}

function assertOneFile([file, ...more]: readonly string[]): string {
  if (file !== undefined && more.length === 0) return file;
  throw usage("unroll inspect", text("expected one file"));
}

function assertFiles(files: readonly string[]): readonly string[] {
  if (files.length > 0) return files;
  throw usage("unroll check", text("expected one run file or several"));
}

function runCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  const [runFile, more] = positionals;
  const flags = flagsOf(values);
  if (more !== undefined) throw usage("unroll run", text("expected one run file, not several"));
  if (runFile === undefined && (flags.weights === undefined || flags.input === undefined)) {
    throw usage("unroll run", text("expected a run file, or --weights and --input"));
  }
  const out = stringOf(values, "out") ?? null;
  const trace = values["trace"] === true;
  if (trace && out === null) throw usage("--trace", text("needs --out: it adds the states to it"));
  return { name: "run", runFile: runFile ?? null, flags, out, trace, json };
}

function parseFlags(
  command: "inspect" | "run" | "check",
  args: readonly string[],
): { values: Values; positionals: readonly string[] } {
  try {
    const options = flagsOfCommand[command];
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = ""] = error.message.split(/\n|\. /);
    throw usage(`unroll ${command}`, sentence.replace(/\.$/, ""));
  }
}
