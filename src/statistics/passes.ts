/**
 * Two passes over values that arrive part by part: the first measures, the second fills bins.
 */
import type { ValueChecks } from "./valueChecks";
import { Moments } from "./moments";
import { Ranks } from "./ranks";
import { binCount, chunkLength, type StatisticsKernel, type Values } from "./kernel";

/** Up to this number, values of the refined classes are kept and sorted. */
const maxKept = 2 ** 16;
/** The same limit for doubles, whose percentiles are exact only in this way. */
const maxKeptDoubles = 2 ** 22;

/** Statistics over finite values, and counts of the others. */
export interface MeasuredValues {
  /** [min, max, mean, standard deviation]; NaN where there is no finite value. */
  readonly moments: Float64Array;
  /** Values at `PERCENTILES`, between order statistics in proportion (NumPy's "linear"). */
  readonly percentiles: Float64Array;
  /** True when the percentiles are exact, false when they are to within a float32's digits. */
  readonly percentilesAreExact: boolean;
  readonly zeros: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  /** Counts of equally wide bins from min to max. */
  readonly histogram: Float64Array;
}

/** The result of the passes. */
export interface StatisticsNumbers {
  readonly values: MeasuredValues;
  /** Counts by the upper half of the float32 bits. */
  readonly classes: Float64Array;
  readonly checks: ValueChecks;
  /** Finite values. */
  readonly finite: number;
}

export class StatisticsPasses {
  seen = 0;
  readonly #kernel: StatisticsKernel;
  readonly #checks: ValueChecks;
  readonly #moments = new Moments();
  #ranks: Ranks | null = null;
  #isKeeping = false;

  constructor(kernel: StatisticsKernel, checks: ValueChecks) {
    this.#kernel = kernel;
    this.#checks = checks;
  }

  /** First pass. `flat` is the index of the first value. */
  measure(values: Values, flat: number): void {
    for (let from = 0; from < values.length; from += chunkLength) {
      const chunk = values.subarray(from, from + chunkLength);
      this.seen += chunk.length;
      if (!this.#measureChunk(chunk, chunk, flat + from)) {
        this.#measureChunk(this.#checks.finiteOf(chunk, flat + from), chunk, flat + from);
      }
    }
  }

  /** Adds the finite values of a chunk; false when they are not. */
  #measureChunk(finite: Values, all: Values, flat: number): boolean {
    const moments = this.#moments;
    const checks = this.#checks;
    const [first] = finite;
    if (first === undefined) return true;
    const shift = moments.count > 0 ? moments.mean : Number.isFinite(first) ? first : 0;
    const sums = this.#kernel.measure(finite, shift);
    if (sums === null) return false;
    moments.add(sums, finite.length, shift);
    if (sums.zeros > 0) checks.countZeros(all, flat);
    checks.lookAt(finite);
    return true;
  }

  /** Between the passes; `percentiles` ascending. */
  plan(percentiles: readonly number[]): void {
    const { min, max, count } = this.#moments;
    const ranks = percentiles.flatMap((percentile) => ranksOf(percentile, count).slice(0, 2));
    this.#ranks = new Ranks(this.#kernel.classes(), count === 0 ? [] : ranks);
    const { slots, slotCount, kept } = this.#ranks;
    this.#isKeeping = kept <= (this.#checks.fitsFloat32 ? maxKept : maxKeptDoubles);
    this.#kernel.plan({ min, max, slots, slotCount, kept: this.#isKeeping ? kept : null });
  }

  /** Second pass, over the same values. */
  bin(values: Values): void {
    for (let from = 0; from < values.length; from += chunkLength) {
      const chunk = values.subarray(from, from + chunkLength);
      if (!this.#kernel.bin(chunk)) this.#kernel.bin(chunk.filter(Number.isFinite));
    }
  }

  result(percentiles: readonly number[]): StatisticsNumbers {
    const { count, min, max, mean, deviation, zeros } = this.#moments;
    const { nans, positiveInfinities, negativeInfinities } = this.#checks;
    const isEmpty = count === 0;
    const { values, isExact } = this.#percentiles(percentiles);
    return {
      values: {
        moments: isEmpty
          ? new Float64Array(4).fill(NaN)
          : Float64Array.of(min + 0, max + 0, mean, deviation),
        percentiles: values,
        percentilesAreExact: isExact,
        zeros,
        nans,
        positiveInfinities,
        negativeInfinities,
        histogram: isEmpty ? new Float64Array(binCount) : this.#kernel.bins(),
      },
      classes: this.#kernel.classes(),
      checks: this.#checks,
      finite: count,
    };
  }

  #percentiles(percentiles: readonly number[]): { values: Float64Array; isExact: boolean } {
    const { count, min, max } = this.#moments;
    if (count === 0 || this.#ranks === null) {
      return { values: new Float64Array(percentiles.length).fill(NaN), isExact: true };
    }
    const ranks = this.#ranks;
    const kept = this.#isKeeping ? this.#kernel.kept().sort() : null;
    const lowHalves = this.#kernel.lowHalves();
    const valueAt = (rank: number): number => {
      const value =
        kept === null ? ranks.fromLowHalves(lowHalves, rank) : ranks.fromKept(kept, rank);
      // A double beyond the range of float32 is in the class of infinity.
      return Math.min(max, Math.max(min, value + 0));
    };
    const values = Float64Array.from(percentiles, (percentile) => {
      const [below, above, share] = ranksOf(percentile, count);
      const low = valueAt(below);
      return share === 0 ? low : low + share * (valueAt(above) - low);
    });
    return { values, isExact: this.#isKeeping || this.#checks.fitsFloat32 };
  }
}

/** The order statistics that a percentile lies between, and how far it is from the first to the second. */
function ranksOf(percentile: number, count: number): [number, number, number] {
  const rank = (percentile / 100) * (count - 1);
  const below = Math.floor(rank);
  return [below, Math.min(count - 1, below + 1), rank - below];
}
