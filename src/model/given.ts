/**
 * What a file gives a module beside its weights: its own initial states and lengths, or that it takes some from outside.
 */
import type { TensorEntry } from "../tensor/tensor";
import type { Text } from "../text";

/** The parts of a run that a file may have itself. */
export type GivenName = "h0" | "c0" | "lengths";

/** One of them, as the file has it or asks for it. */
export interface GivenOperand {
  /**
   * h0 and c0 (L·D, B, H), lengths (B), where B = 1 stands for every sequence; null where the file has no values, and a
   * run takes zeros, and all steps, unless it is given others.
   */
  readonly entry: TensorEntry | null;
  /** Where it comes from, and what to do about it where the file does not have it. */
  readonly sentence: Text;
}

/** By their names; nothing for what the file does not speak of. */
export type ModuleGiven = Readonly<Partial<Record<GivenName, GivenOperand>>>;

/** All sentences, in the order of the names. */
export function givenSentences({ h0, c0, lengths }: ModuleGiven): readonly Text[] {
  return [h0, c0, lengths].flatMap((operand) => (operand === undefined ? [] : [operand.sentence]));
}
