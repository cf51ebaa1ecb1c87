/**
 * The flags of `unroll recorder`.
 */
import { extname } from "node:path";
import { text } from "../../core/text";
import { recorderFrameworks, type RecorderFramework } from "../../reference/recorder/frameworks";
import { choiceOf, stringOf, usage, type FlagTypes, type Values } from "./base/values";

export interface RecorderCommand {
  readonly name: "recorder";
  /** A run file, or FILE#module. */
  readonly of: string;
  readonly framework: RecorderFramework;
  readonly out: string;
  readonly isNotebook: boolean;
  readonly json: boolean;
}

export const recorderFlagTypes: FlagTypes = {
  for: { type: "string" },
  out: { type: "string" },
  notebook: { type: "boolean" },
};

/** What tells a run file from weights. */
export const runFileEnding = ".unroll.json";

/** @throws UnsupportedError with one sentence that names the flag. */
export function recorderCommand(
  values: Values,
  [of, more]: readonly string[],
  json: boolean,
): RecorderCommand {
  if (of === undefined || more !== undefined) {
    throw usage("unroll recorder", text("expected one run file, or FILE#module"));
  }
  const isNotebook = values["notebook"] === true;
  const ending = isNotebook ? ".ipynb" : ".py";
  const out = stringOf(values, "out") ?? `record_reference${ending}`;
  if (extname(out) !== ending) {
    throw usage("--out", text("expected a name that ends in {0}, not {1}", ending, out));
  }
  const framework = choiceOf(values, "for", recorderFrameworks) ?? "pytorch";
  return { name: "recorder", of, framework, out, isNotebook, json };
}
