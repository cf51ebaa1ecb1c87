/**
 * The inner loops of statistics, over chunks of finite values.
 *
 * The first pass counts values by the upper 16 bits of their float32 form (sign, exponent, 7 bits of the mantissa),
 * which needs no range in advance; the second pass counts the values of a few of these classes by the lower 16 bits. In
 * this way order statistics of any number of float32 values are exact, with two passes and 5 MB.
 */
import type { Tensor } from "../tensor/tensor";

export type Values = Tensor["data"];

/** Values that kernels take at a time: few enough to stay in the first-level cache for a second read. */
export const chunkLength = 2 ** 13;

/** Classes by the upper half of the float32 bits. */
export const classCount = 2 ** 16;

/** Bins of the histogram. */
export const binCount = 128;

/** Sums of a chunk, of differences from `shift`. */
export interface ChunkSums {
  sum: number;
  squares: number;
  min: number;
  max: number;
  zeros: number;
}

/** What the second pass counts. */
export interface BinPlan {
  readonly min: number;
  readonly max: number;
  /** For each class its slot plus one; 0 for classes that are not refined. */
  readonly slots: Uint8Array;
  readonly slotCount: number;
  /** How many values the classes looked at have, if these are kept; null to count them by their lower halves. */
  readonly kept: number | null;
}

export interface StatisticsKernel {
  /**
   * Adds a chunk to the classes and gives its sums, in an object that the next call overwrites. null, and nothing is added,
   * when a value is not finite.
   */
  measure(chunk: Values, shift: number): ChunkSums | null;
  /** Counts by class, of all chunks. */
  classes(): Float64Array;
  /** Begins the second pass. */
  plan(plan: BinPlan): void;
  /** Adds a chunk to the bins and to the classes looked at; false, and nothing is added, when a value is not finite. */
  bin(chunk: Values): boolean;
  bins(): Float64Array;
  /** Counts by slot and lower half of the bits, `classCount` a slot; empty where values are kept. */
  lowHalves(): Float64Array;
  /** The values of the classes looked at, where they are kept. */
  kept(): Float64Array;
}

const noSums: ChunkSums = { sum: 0, squares: 0, min: Infinity, max: -Infinity, zeros: 0 };

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The kernel in JavaScript. */
export class PlainKernel implements StatisticsKernel {
  readonly #classes = new Float64Array(classCount);
  readonly #bins = new Float64Array(binCount);
  readonly #sums: ChunkSums = { sum: 0, squares: 0, min: 0, max: 0, zeros: 0 };
  #plan: BinPlan | null = null;
  #lowHalves = new Float64Array();
  #kept = new Float64Array();
  #keptCount = 0;

  measure(chunk: Values, shift: number): ChunkSums | null {
    const sums = Object.assign(this.#sums, noSums);
    let other = 0;
    let { sum, squares, min, max, zeros } = sums;
    const count = chunk.length;
    for (let at = 0; at < count; at += 1) {
      const value = chunk[at]!;
      const difference = value - shift;
      sum += difference;
      squares += difference * difference;
      other += value * 0;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeros += 1;
    }
    if (other !== 0) return null;
    this.#count(chunk);
    return Object.assign(sums, { sum, squares, min, max, zeros });
  }

  #count(chunk: Values): void {
    const classes = this.#classes;
    // Iterators of typed arrays are several times as slow as indices.
    const count = chunk.length;
    if (chunk instanceof Float32Array) {
      const words = wordsOf(chunk);
      for (let at = 0; at < count; at += 1) classes[words[at]! >>> 16]! += 1;
    } else {
      for (let at = 0; at < count; at += 1) classes[bitsOf(chunk[at]!) >>> 16]! += 1;
    }
  }

  classes(): Float64Array {
    return this.#classes;
  }

  plan(plan: BinPlan): void {
    this.#plan = plan;
    this.#lowHalves = new Float64Array(plan.kept === null ? plan.slotCount * classCount : 0);
    this.#kept = new Float64Array(plan.kept ?? 0);
  }

  bin(chunk: Values): boolean {
    const plan = this.#plan;
    if (plan === null || !isFinite(chunk)) return false;
    const { min, max, slots } = plan;
    const bins = this.#bins;
    const scale = binScale(min, max);
    const count = chunk.length;
    for (let at = 0; at < count; at += 1) {
      const value = chunk[at]!;
      bins[binOf(value, min, scale)]! += 1;
      const word = bitsOf(value);
      const slot = slots[word >>> 16]!;
      if (slot > 0) this.#lookAt(value, (slot - 1) * classCount + (word & 0xffff));
    }
    return true;
  }

  #lookAt(value: number, index: number): void {
    if (this.#lowHalves.length > 0) {
      this.#lowHalves[index]! += 1;
      return;
    }
    this.#kept[this.#keptCount] = value;
    this.#keptCount += 1;
  }

  bins(): Float64Array {
    return this.#bins;
  }

  lowHalves(): Float64Array {
    return this.#lowHalves;
  }

  kept(): Float64Array {
    return this.#kept;
  }
}

function wordsOf(chunk: Float32Array): Uint32Array {
  return new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

function bitsOf(value: number): number {
  single[0] = value;
  return bits[0]!;
}

/** All values are finite when none of their products with 0 is NaN. */
function isFinite(chunk: Values): boolean {
  let other = 0;
  const count = chunk.length;
  for (let at = 0; at < count; at += 1) other += chunk[at]! * 0;
  return other === 0;
}

/** Bins per unit; 0 where all values are one. By quarters, so that the width of the range does not overflow. */
export function binScale(min: number, max: number): number {
  return max > min ? binCount / 4 / (max / 4 - min / 4) : 0;
}

/** Adding this to a bin rounds its fraction to 20 bits, so that rounding errors do not move values to the next bin. */
const unit = 2 ** 32;

function binOf(value: number, min: number, scale: number): number {
  const difference = value - min;
  // Where a difference overflows, its quarter does not.
  const place = Number.isFinite(difference)
    ? difference * scale
    : (value / 4 - min / 4) * scale * 4;
  return Math.min(binCount - 1, Math.trunc(place + unit - unit));
}
