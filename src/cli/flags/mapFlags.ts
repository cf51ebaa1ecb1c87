/**
 * The flags of `unroll map`.
 */
import type { CellKind } from "../../model/config";
import { text } from "../../core/text";
import { computedFlags, flagsOf, tensorFlags, type RunFlags } from "./base/flags";
import { choiceOf, numberOf, stringOf, usage, type FlagTypes, type Values } from "./base/values";

export interface MapCommand {
  readonly name: "map";
  readonly file: string;
  /** null for all kinds. */
  readonly kind: CellKind | null;
  readonly flags: RunFlags;
  /** The file to write a map to; null for none. */
  readonly out: string | null;
  /** Which of the guesses is written, from 1 on. */
  readonly pick: number;
  readonly json: boolean;
}

/** The flags, for `parseArgs`. */
export const mapFlagTypes: FlagTypes = {
  ...tensorFlags,
  ...computedFlags,
  kind: { type: "string" },
  out: { type: "string" },
  pick: { type: "string" },
};

/** @throws UnsupportedError with one sentence that names the flag. */
export function mapCommand(values: Values, file: string, json: boolean): MapCommand {
  const flags = flagsOf(values);
  const out = stringOf(values, "out") ?? null;
  const pick = numberOf(
    values,
    "pick",
    (number) => Number.isSafeInteger(number) && number > 0,
    (value) => text("expected the number of a guess, from 1 on, not {0}", value),
  );
  if (pick !== undefined && out === null) {
    throw usage("--pick", text("needs --out: it says which guess is written"));
  }
  const { reference, referenceFiles, input } = flags;
  if ((reference ?? referenceFiles) !== undefined && input === undefined) {
    throw usage("--reference", text("needs --input: maps are run to be compared with it"));
  }
  const kind = choiceOf(values, "kind", ["RNN", "LSTM", "GRU"] as const) ?? null;
  return { name: "map", file, kind, flags, out, pick: pick ?? 1, json };
}
