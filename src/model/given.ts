/**
 * Initial states and lengths that a file gives its module, or a note that they come from outside.
 */
import type { TensorEntry } from "../tensor/tensor";
import type { Text } from "../core/text";

/** The parts of a run that a file may have itself. */
export type GivenName = "h0" | "c0" | "lengths";

/** One of them, as the file has it or asks for it. */
export interface GivenOperand {
  /**
   * h0 and c0 (L·D, B, H), lengths (B), where B = 1 stands for every sequence; null where the file has no values, and a
   * run takes zeros, and all steps, unless it is given others.
   */
  readonly entry: TensorEntry | null;
  /** Its origin, and what the user can do when the file does not have it. */
  readonly sentence: Text;
  /** Of lengths, where they follow from the values that a run is given: which of them are padding. */
  readonly padding?: Padding;
}

/** Steps that are padding by their values. */
export interface Padding {
  /** Steps all of whose features have the value, or tokens that are it. */
  readonly of: "features" | "tokens";
  readonly value: number;
}

/** By name; absent when the file does not mention it. */
export interface ModuleGiven extends Readonly<Partial<Record<GivenName, GivenOperand>>> {
  /** The input of the module within its model, when this is not the input of the model. */
  readonly input?: Text;
}

/** All sentences, in the order of the names. */
export function givenSentences({ input, h0, c0, lengths }: ModuleGiven): readonly Text[] {
  const operands = [h0, c0, lengths].flatMap((each) => (each === undefined ? [] : [each.sentence]));
  return input === undefined ? operands : [input, ...operands];
}
