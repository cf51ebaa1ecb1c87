/**
 * What is counted of a result beside its reference in one pass over its rows: sizes of the differences, where the
 * largest and the first ones are, and how the two go together.
 */
import { largerOrNaN } from "../../core/numeric";
import type { StepBlock } from "../../engine/base/plan";
import type { Precision } from "../../engine/base/engine";
import {
  allowedDifference,
  difference,
  isOutside,
  type ComparedRow,
  type Tolerance,
} from "../compare";
import { outsideByStep } from "../byStep";
import { visitRows, type ComparedPart } from "../rows";
import type { Meter } from "../walk";
import { ErrorPlane, PairPlane, type ErrorDensity, type PairDensity } from "./density";
import { FirstOf } from "./firstOf";
import { PairMoments } from "./pairMoments";
import { Quantiles } from "./quantiles";
import { ulpDistance } from "./ulp";

/** Mismatches that are listed. */
const LISTED = 10;

/** A value of a result beside that of its reference. `part` and `index` are those of its row. */
export interface ComparedElement {
  readonly part: number;
  /** Along the leading axis of the part. */
  readonly index: number;
  readonly batch: number;
  readonly unit: number;
  readonly ours: number;
  readonly reference: number;
  /** |ours − reference|. */
  readonly size: number;
  /** NaN where rounding alone may move the value anywhere: its step is judged, by itself. */
  readonly allowed: number;
}

/** What was counted. */
export interface MeasuredNumbers {
  readonly total: number;
  readonly outside: number;
  /** True where some were not judged by their difference. */
  readonly isByStep: boolean;
  /** The element of the largest difference; null when all are equal. */
  readonly largest: ComparedElement | null;
  /** Elements outside tolerance, the first ones in dependency order. */
  readonly mismatches: readonly ComparedElement[];
  /** Elements outside tolerance, those of the largest differences. */
  readonly worst: readonly ComparedElement[];
  readonly mean: number;
  readonly median: number;
  readonly p99: number;
  /** False where median and p99 are those of bins of 0.05 %. */
  readonly isExact: boolean;
  /** Smallest atol that passes with the tolerance's rtol, and the smallest rtol with its atol. */
  readonly passingAtol: number;
  readonly passingRtol: number;
  /** Cosine similarity and Pearson's r; NaN where one of the two has no length, or no variance. */
  readonly cosine: number;
  readonly pearson: number;
  /** 10 · log₁₀(Σ reference² / Σ Δ²); Infinity when all are equal. */
  readonly snr: number;
  readonly ulpPeak: number;
  readonly ulpP99: number;
  readonly errors: ErrorDensity;
  readonly pairs: PairDensity;
}

/** A mismatch with its position in dependency order. */
interface Listed {
  readonly rank: number;
  readonly element: ComparedElement;
}

/** Whether a unit of a row is wrong that is not judged by its difference. */
type IsWrong = (unit: number) => boolean;

const notKnown: IsWrong = () => false;

/** Measures the parts of one result; its meters share a walk with others. */
export class NumbersMeter {
  readonly meters: readonly Meter[];
  readonly #tolerance: Tolerance;
  readonly #precision: Precision;
  readonly #sizes = new Quantiles();
  readonly #ulps = new Quantiles();
  readonly #moments = new PairMoments();
  #sum = 0;
  #ulpPeak = 0;
  #outside = 0;
  #isByStep = false;
  #largest: ComparedElement | null = null;
  #passing = { atol: 0, rtol: 0 };
  readonly #errors = new ErrorPlane();
  readonly #pairs = new PairPlane();
  readonly #mismatches = new FirstOf<Listed>(
    LISTED,
    (left, right) =>
      left.rank < right.rank ||
      (left.rank === right.rank && left.element.unit < right.element.unit),
  );
  readonly #worst = new FirstOf<ComparedElement>(
    LISTED,
    (left, right) => orderOf(left) > orderOf(right),
  );

  constructor(parts: readonly ComparedPart[], tolerance: Tolerance, precision: Precision) {
    this.#tolerance = tolerance;
    this.#precision = precision;
    this.meters = parts.map((part, index) => ({
      count: part.count,
      blockSteps: part.ours.blockSteps,
      rowSize: part.batchSize * part.units,
      add: (span: StepBlock, check: () => void): void => {
        visitRows(part, span, check, (row, at) => {
          const byStep = outsideByStep(part.byStep, row, at * part.batchSize + row.batch);
          if (byStep !== undefined) this.#isByStep = true;
          this.#addRow(row, { part: index, index: at }, byStep === null ? notKnown : byStep);
        });
      },
    }));
  }

  /** The result, after the walk. */
  finish(): MeasuredNumbers {
    const { count } = this.#sizes;
    return {
      total: count,
      outside: this.#outside,
      isByStep: this.#isByStep,
      largest: this.#largest,
      mismatches: this.#mismatches.items.map(({ element }) => element),
      worst: this.#worst.items,
      mean: count === 0 ? 0 : this.#sum / count,
      median: this.#sizes.at(0.5),
      p99: this.#sizes.at(0.99),
      isExact: this.#sizes.isExact,
      passingAtol: this.#passing.atol,
      passingRtol: this.#passing.rtol,
      cosine: this.#moments.cosine,
      pearson: this.#moments.pearson,
      snr: this.#moments.snr,
      ulpPeak: this.#ulpPeak,
      ulpP99: this.#ulps.at(0.99),
      errors: this.#errors.finish(),
      pairs: this.#pairs.finish(),
    };
  }

  #addRow(
    row: ComparedRow,
    at: Pick<ComparedElement, "part" | "index">,
    isWrong: IsWrong | undefined,
  ): void {
    for (let unit = 0; unit < row.units; unit++) this.#add(row, at, unit, isWrong);
  }

  #add(
    row: ComparedRow,
    at: Pick<ComparedElement, "part" | "index">,
    unit: number,
    isWrong: IsWrong | undefined,
  ): void {
    const tolerance = this.#tolerance;
    const ours = row.ours[row.oursOffset + unit]!;
    const reference = row.reference[row.referenceOffset + unit]!;
    const delta = difference(ours, reference, tolerance.equalNan);
    const size = Math.abs(delta);
    this.#sizes.add(size);
    this.#sum += size;
    this.#moments.add(ours, reference, delta);
    this.#addUlps(delta, ours, reference);
    const isByValue = isWrong === undefined;
    const allowed = isByValue ? allowedDifference(tolerance, reference, row.noise) : NaN;
    const isBad = isByValue ? delta !== 0 && isOutside(delta, allowed) : isWrong(unit);
    this.#errors.add(reference, size, isBad);
    this.#pairs.add(ours, reference, isBad);
    if (delta === 0 && !isBad) return;
    if (isByValue) this.#pass(size, Math.abs(reference));
    const isLargest = delta !== 0 && this.#isLargest(size);
    if (!isLargest && !isBad) return;
    const element = { ...at, batch: row.batch, unit, ours, reference, size, allowed };
    if (isLargest) this.#largest = element;
    if (!isBad) return;
    this.#outside++;
    this.#mismatches.offer({ rank: row.rank, element });
    this.#worst.offer(element);
  }

  #addUlps(delta: number, ours: number, reference: number): void {
    const { atol: floor } = this.#tolerance;
    const ulps =
      delta === 0 ? 0 : ulpDistance(ours, reference, { floor, precision: this.#precision });
    this.#ulps.add(ulps);
    this.#ulpPeak = largerOrNaN(this.#ulpPeak, ulps);
  }

  /** The first that is not a number stays. */
  #isLargest(size: number): boolean {
    const found = this.#largest?.size ?? 0;
    return !Number.isNaN(found) && !(size <= found);
  }

  /** Widens what would have to be allowed so that all pass. */
  #pass(size: number, magnitude: number): void {
    const { rtol, atol } = this.#tolerance;
    this.#passing.atol = largerOrNaN(this.#passing.atol, size - rtol * magnitude);
    if (!(size <= atol)) {
      this.#passing.rtol = largerOrNaN(this.#passing.rtol, (size - atol) / magnitude);
    }
  }
}

/** By size; NaN is the largest. */
function orderOf({ size }: ComparedElement): number {
  return Number.isNaN(size) ? Infinity : size;
}
