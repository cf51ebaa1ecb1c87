/**
 * The flags of `unroll reference`, which writes what another engine gives.
 */
import { text } from "../../core/text";
import { engineIds } from "../../run/spec/engineIds";
import { flagsOf, type RunFlags } from "./base/flags";
import { assertOneRun } from "./base/positionals";
import { choiceOf, stringOf, usage, type Values } from "./base/values";

export interface ReferenceCommand {
  readonly name: "reference";
  readonly runFile: string | null;
  readonly flags: RunFlags;
  /** The file to write. */
  readonly out: string;
  readonly json: boolean;
}

/**
 * The engine is the only reference of this run, whatever else its file is compared with.
 * @throws UnsupportedError with one sentence that names the flag.
 */
export function referenceCommand(values: Values, positionals: readonly string[]): ReferenceCommand {
  const engine = choiceOf(values, "with", engineIds);
  if (engine === undefined) {
    throw usage("--with", text("expected one of {0}", engineIds.join(", ")));
  }
  const given = flagsOf(values);
  const flags = { ...given, compareWith: { ...given.compareWith, engines: [engine] } };
  const runFile = assertOneRun("unroll reference", positionals, flags);
  const out = stringOf(values, "out");
  if (out === undefined || out === "") {
    throw usage("unroll reference", text("expected --out, the file to write"));
  }
  return { name: "reference", runFile, flags, out, json: values["json"] === true };
}
