/**
 * Compares a run with its reference: verdict, largest differences, and the first divergence.
 *
 * Closeness is that of torch.testing.assert_close: |ours − reference| ≤ atol + rtol · |reference|, widened by the
 * measured rounding noise where float32 and float64 diverge (see noise.ts). NaN never passes, except against
 * NaN when asked for.
 */
import { largerOrNaN } from "../core/numeric";
import type { DType } from "../tensor/dtype";
import type { StateArray } from "../engine/base/engine";
import type { DirectionPlace, Place } from "../engine/base/trace";

export type Verdict = "equal" | "rounding" | "differs" | "cannot-compare";

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
  readonly equalNan: boolean;
  /** Of single results by their names, where it is another one. */
  readonly each?: Readonly<Record<string, OwnTolerance>>;
}

/** The tolerance of a single result, as far as it is another one. */
export interface OwnTolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** The tolerance that a result is judged by; that of all where no result is meant. */
export function toleranceFor(tolerance: Tolerance, name: string | undefined): Tolerance {
  const { each, ...ofAll } = tolerance;
  if (each === undefined) return tolerance;
  return { ...ofAll, ...(name === undefined ? {} : each[name]) };
}

type Closeness = readonly [rtol: number, atol: number];

const float32Closeness: Closeness = [1.3e-6, 1e-5];

/** Defaults of torch.testing.assert_close by dtype; integers and bool compare as float32 here. */
const defaults: Partial<Record<DType, Closeness>> = {
  float16: [1e-3, 1e-5],
  bfloat16: [1.6e-2, 1e-5],
  float64: [1e-7, 1e-7],
};

/** The looser of the defaults of two dtypes, as assert_close takes it. */
export function defaultTolerance(ours: DType, reference: DType): { rtol: number; atol: number } {
  const [rtolOurs, atolOurs] = defaults[ours] ?? float32Closeness;
  const [rtolReference, atolReference] = defaults[reference] ?? float32Closeness;
  return {
    rtol: Math.max(rtolOurs, rtolReference),
    atol: Math.max(atolOurs, atolReference),
  };
}

/** ours − reference; 0 for equal infinities, and for NaN against NaN when `equalNan`. */
export function difference(ours: number, reference: number, equalNan: boolean): number {
  if (ours === reference) return 0;
  if (equalNan && Number.isNaN(ours) && Number.isNaN(reference)) return 0;
  return ours - reference;
}

/** The largest |difference| that passes for a reference value; `noise` is that of its place, or 0. */
export function allowedDifference(tolerance: Tolerance, reference: number, noise: number): number {
  const magnitude = Number.isFinite(reference) ? Math.abs(reference) : 0;
  return Math.max(tolerance.atol + tolerance.rtol * magnitude, noise);
}

/** True when the difference fails; written so that NaN fails. */
export function isOutside(delta: number, allowed: number): boolean {
  return !(Math.abs(delta) <= allowed);
}

/** A place that lies outside the recurrent layers: of the embedded input, of the logits. */
export interface OutsidePlace extends Pick<Place, "step" | "batch" | "unit"> {
  readonly layer: null;
  readonly direction: null;
}

/** A run of `units` consecutive values in both arrays that stand at one place. */
export interface ComparedRow {
  /** null outside the recurrent layers. */
  readonly lane: DirectionPlace | null;
  readonly step: number;
  readonly batch: number;
  /** Position in dependency order; rows may be compared in any order. */
  readonly rank: number;
  readonly units: number;
  readonly ours: StateArray;
  readonly oursOffset: number;
  readonly reference: StateArray;
  readonly referenceOffset: number;
  /** Rounding noise at this place; 0 when it was not measured. */
  readonly noise: number;
}

export interface Comparison {
  readonly verdict: Exclude<Verdict, "cannot-compare">;
  /** Largest |ours − reference|; NaN when a NaN failed. */
  readonly maxAbs: number;
  /** Largest |ours − reference| / |reference| over elements that differ; Infinity where the reference is 0. */
  readonly maxRel: number;
  /** Smallest and largest finite ours − reference; [0, 0] when there is none. */
  readonly deltaRange: readonly [number, number];
  readonly outside: number;
  readonly total: number;
  /** Elements that pass by the measured noise only. */
  readonly withinNoiseOnly: number;
  /** Elements where float32 and float64 have nothing in common any more: what is right cannot be told. */
  readonly unjudged: number;
  /** Elements that were judged by the reference's own step alone, since they could not be judged otherwise. */
  readonly byStep: number;
  readonly first: Place | OutsidePlace | null;
}

/** Compares rows, one after another, in any order. */
export class Comparer {
  /** Of the differences so far. */
  readonly deltas = new FiniteRange();
  readonly #tolerance: Tolerance;
  readonly #found = {
    maxAbs: 0,
    maxRel: 0,
    outside: 0,
    total: 0,
    withinNoiseOnly: 0,
    unjudged: 0,
    byStep: 0,
  };
  /** Of one row. */
  #rowDeltas = new Float64Array();
  #first: Comparison["first"] = null;
  #firstRank = Infinity;

  constructor(tolerance: Tolerance) {
    this.#tolerance = tolerance;
  }

  /** Compares a row. There may be millions of rows, so the inner loop uses local variables only. */
  add(row: ComparedRow): void {
    const { units, ours, oursOffset, reference, referenceOffset } = row;
    const { rtol, atol, equalNan } = this.#tolerance;
    let { maxAbs, maxRel } = this.#found;
    if (this.#rowDeltas.length < units) this.#rowDeltas = new Float64Array(units);
    const deltas = this.#rowDeltas;
    for (let unit = 0; unit < units; unit++) {
      const expected = reference[referenceOffset + unit]!;
      const delta = difference(ours[oursOffset + unit]!, expected, equalNan);
      deltas[unit] = delta;
      if (delta === 0) continue;
      const size = Math.abs(delta);
      const magnitude = Math.abs(expected);
      if (!(size <= maxAbs)) maxAbs = largerOrNaN(maxAbs, size);
      const share = size / magnitude;
      if (!(share <= maxRel)) maxRel = largerOrNaN(maxRel, share);
      const isInside = size <= atol + rtol * magnitude && magnitude !== Infinity;
      if (!isInside) this.#exceed(row, unit, delta);
    }
    this.#found.total += units;
    this.#found.maxAbs = maxAbs;
    this.#found.maxRel = maxRel;
    this.deltas.addAll(deltas, 0, units);
  }

  /** A difference that the tolerance alone does not allow, or an infinite reference. */
  #exceed(row: ComparedRow, unit: number, delta: number): void {
    const reference = row.reference[row.referenceOffset + unit]!;
    if (isOutside(delta, allowedDifference(this.#tolerance, reference, row.noise))) {
      this.#found.outside++;
      this.#fail(row, unit);
    } else if (isOutside(delta, allowedDifference(this.#tolerance, reference, 0))) {
      this.#found.withinNoiseOnly++;
    }
  }

  /**
   * Takes in a row that rounding alone may move anywhere: its units are judged by their own step, `isOutside`, or not at
   * all, null.
   */
  addByStep(row: ComparedRow, isOutside: ((unit: number) => boolean) | null): void {
    const { units } = row;
    this.#found.total += units;
    if (isOutside === null) this.#found.unjudged += units;
    else this.#found.byStep += units;
    for (let unit = 0; unit < units; unit++) {
      if (isOutside?.(unit) !== true) continue;
      this.#found.outside++;
      this.#fail(row, unit);
    }
  }

  /** Elements outside tolerance so far. */
  get outside(): number {
    return this.#found.outside;
  }

  /** Elements so far. */
  get count(): number {
    return this.#found.total;
  }

  /** The result so far. */
  result(): Comparison {
    const deltaRange = this.deltas.bounds();
    return { ...this.#found, deltaRange, verdict: verdictOf(this.#found), first: this.#first };
  }

  #fail({ lane, step, batch, rank }: ComparedRow, unit: number): void {
    if (rank >= this.#firstRank) return;
    this.#firstRank = rank;
    const at = { step, batch, unit };
    this.#first = lane === null ? { layer: null, direction: null, ...at } : { ...lane, ...at };
  }
}

/** The comparison of several parts that follow each other in dependency order. */
export function joinComparisons(parts: readonly Comparison[]): Comparison {
  const sum = (of: (part: Comparison) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const largest = (of: (part: Comparison) => number): number =>
    parts.reduce((found, part) => largerOrNaN(found, of(part)), 0);
  const found = {
    maxAbs: largest(({ maxAbs }) => maxAbs),
    maxRel: largest(({ maxRel }) => maxRel),
    outside: sum(({ outside }) => outside),
    total: sum(({ total }) => total),
    withinNoiseOnly: sum(({ withinNoiseOnly }) => withinNoiseOnly),
    unjudged: sum(({ unjudged }) => unjudged),
    byStep: sum(({ byStep }) => byStep),
  };
  const first = parts.find((part) => part.first !== null)?.first ?? null;
  return { ...found, deltaRange: deltasOf(parts), verdict: verdictOf(found), first };
}

function deltasOf(parts: readonly Comparison[]): Comparison["deltaRange"] {
  const deltas = new FiniteRange();
  for (const { deltaRange } of parts) deltaRange.forEach((end) => deltas.add(end));
  return deltas.bounds();
}

function verdictOf({
  outside,
  maxAbs,
  byStep,
  unjudged,
}: Pick<Comparison, "outside" | "maxAbs" | "byStep" | "unjudged">): Comparison["verdict"] {
  if (outside > 0) return "differs";
  return maxAbs === 0 && byStep + unjudged === 0 ? "equal" : "rounding";
}

/** Smallest and largest of the finite values it was given. */
export class FiniteRange {
  #low = Infinity;
  #high = -Infinity;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    if (value < this.#low) this.#low = value;
    if (value > this.#high) this.#high = value;
  }

  /** Extends the range by values from…to (exclusive). */
  addAll(values: StateArray, from: number, to: number): void {
    let low = this.#low;
    let high = this.#high;
    for (let k = from; k < to; k++) {
      const value = values[k]!;
      if (value < low && value !== -Infinity) low = value;
      if (value > high && value !== Infinity) high = value;
    }
    this.#low = low;
    this.#high = high;
  }

  /** Extends the range by another range. */
  include(other: FiniteRange): void {
    this.#low = Math.min(this.#low, other.#low);
    this.#high = Math.max(this.#high, other.#high);
  }

  /** [0, 0] when there was none. */
  bounds(): readonly [number, number] {
    return this.#low <= this.#high ? [this.#low, this.#high] : [0, 0];
  }
}

/** Largest |left − right|; equal infinities and NaN against NaN count as no distance. */
export function largestDistance(left: StateArray, right: StateArray): number {
  let largest = 0;
  for (let k = 0; k < left.length; k++) {
    const distance = Math.abs(difference(left[k]!, right[k]!, true));
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}
