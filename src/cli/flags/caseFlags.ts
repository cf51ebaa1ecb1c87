/**
 * The flags of `probe` and `reduce`, which make a case of a run.
 */
import { text } from "../../core/text";
import { flagsOf, optionFlags, type RunFlags } from "./base/flags";
import { memoryFlag, traceMemoryOf } from "./base/memoryFlag";
import { numberOf, stringOf, usage, type FlagTypes, type Values } from "./base/values";

interface CaseCommand {
  readonly runFile: string;
  readonly flags: RunFlags;
  /** Folder to write to. */
  readonly out: string;
  readonly traceMemory?: number;
  readonly json: boolean;
}

export interface ProbeCommand extends CaseCommand {
  readonly name: "probe";
  readonly seed: number;
}

export interface ReduceCommand extends CaseCommand {
  readonly name: "reduce";
}

const folderFlag: FlagTypes = { out: { type: "string" } };

/** The flags, for `parseArgs`. */
export const reduceFlagTypes: FlagTypes = { ...optionFlags, ...memoryFlag, ...folderFlag };
export const probeFlagTypes: FlagTypes = { ...reduceFlagTypes, seed: { type: "string" } };

/** Seeds are whole numbers that 32 bits hold. */
const MOST_SEED = 2 ** 32 - 1;

/** @throws UnsupportedError with one sentence that names the flag. */
export function caseCommand(
  name: "probe" | "reduce",
  values: Values,
  [runFile, more]: readonly string[],
): ProbeCommand | ReduceCommand {
  const command = `unroll ${name}`;
  if (runFile === undefined || more !== undefined) {
    throw usage(command, text("expected one run file"));
  }
  const out = stringOf(values, "out");
  if (out === undefined || out === "") {
    throw usage(command, text("expected --out, the folder to write to"));
  }
  const json = values["json"] === true;
  const base = { runFile, flags: flagsOf(values), out, ...traceMemoryOf(values), json };
  return name === "reduce" ? { name, ...base } : { name, ...base, seed: seedOf(values) };
}

function seedOf(values: Values): number {
  const seed = numberOf(
    values,
    "seed",
    (value) => Number.isSafeInteger(value) && value >= 0 && value <= MOST_SEED,
    (value) => text("expected a whole number from 0 to {0}, not {1}", MOST_SEED, value),
  );
  return seed ?? 0;
}
