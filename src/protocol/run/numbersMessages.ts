/**
 * The numbers of a run's differences as messages and reports carry them.
 */
import type { QuotedElement, TensorNumbers } from "../../run/numbers";
import type { Text } from "../../core/text";
import { encodeNumber, type WireNumber } from "../wire";

/** A number with the bound it is held against, null without one, and what it is. */
export interface FigureView {
  readonly id: TensorNumbers["figures"][number]["id"];
  readonly value: WireNumber;
  readonly threshold: WireNumber | null;
  readonly sentence: Text;
}

/** An element of a result beside that of its reference. */
export interface ElementView {
  /** In the tensor as it is saved; null in a reference of another shape. */
  readonly index: readonly number[] | null;
  readonly ours: WireNumber;
  readonly reference: WireNumber;
  /** |ours − reference|. */
  readonly difference: WireNumber;
  readonly allowed: WireNumber;
}

/** The numbers of one result. */
export interface NumbersView {
  readonly name: TensorNumbers["name"];
  readonly figures: readonly FigureView[];
  readonly largest: ElementView | null;
  /** The first ten elements outside tolerance, in dependency order. */
  readonly mismatches: readonly ElementView[];
}

/** The numbers as they are sent. */
export function numbersView(numbers: readonly TensorNumbers[]): NumbersView[] {
  return numbers.map(({ name, figures, largest, mismatches }) => ({
    name,
    figures: figures.map(({ id, value, threshold, sentence }) => ({
      id,
      value: encodeNumber(value),
      threshold: threshold === null ? null : encodeNumber(threshold),
      sentence,
    })),
    largest: largest === null ? null : elementView(largest),
    mismatches: mismatches.map(elementView),
  }));
}

function elementView({ index, ours, reference, size, allowed }: QuotedElement): ElementView {
  return {
    index,
    ours: encodeNumber(ours),
    reference: encodeNumber(reference),
    difference: encodeNumber(size),
    allowed: encodeNumber(allowed),
  };
}
