/**
 * The numbers of a run's differences as messages and reports carry them.
 */
import type { Density, ErrorDensity, LogBins, PairDensity } from "../../analysis/numbers/density";
import type { Place } from "../../engine/base/trace";
import type { JudgedAll, QuotedElement, TensorNumbers } from "../../run/numbers";
import type { Text } from "../../core/text";
import { encodeNumber, type WireNumber } from "../wire";

export type { Density, ErrorDensity, LogBins, PairDensity };

/** A tolerance to judge by in the place of the run's, as far as it is given. */
export type NumbersRequest = JudgedAll;

/** Numbers that are 1 where two results are the same: near 1, what they lack is shown. */
export const likenesses: readonly string[] = ["cosine", "pearson"];

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
  /** Where it lies in the run, as far as it does. */
  readonly place: Partial<Place>;
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
  /** The ten elements outside tolerance that are off most. */
  readonly worst: readonly ElementView[];
  /** What it was judged by. */
  readonly tolerance: TensorNumbers["tolerance"];
  readonly errors: ErrorDensity;
  readonly pairs: PairDensity;
}

/** The numbers as they are sent. */
export function numbersView(numbers: readonly TensorNumbers[]): NumbersView[] {
  return numbers.map(({ figures, largest, mismatches, worst, ...rest }) => ({
    ...rest,
    figures: figures.map(figureView),
    largest: largest === null ? null : elementView(largest),
    mismatches: mismatches.map(elementView),
    worst: worst.map(elementView),
  }));
}

function figureView({
  id,
  value,
  threshold,
  sentence,
}: TensorNumbers["figures"][number]): FigureView {
  return {
    id,
    value: encodeNumber(value),
    threshold: threshold === null ? null : encodeNumber(threshold),
    sentence,
  };
}

function elementView({ index, place, ours, reference, size, allowed }: QuotedElement): ElementView {
  return {
    index,
    place,
    ours: encodeNumber(ours),
    reference: encodeNumber(reference),
    difference: encodeNumber(size),
    allowed: encodeNumber(allowed),
  };
}
