/**
 * The inner loops of statistics, over chunks of finite values.
 *
 * Values are counted by the upper 16 bits of their float32 form (sign, exponent, 7 bits of the mantissa), which needs no
 * range beforehand; the second time the values of a few of these classes are counted by the lower 16 bits. Order
 * statistics of any number of float32 values are exact in that way, in two passes and 5 MB.
 */
import type { Tensor } from "../../tensor/tensor";

export type Values = Tensor["data"];

/** Values that kernels take at a time: what is read twice stays in the nearest cache. */
export const chunkLength = 2 ** 13;

/** Classes by the upper half of the float32 bits. */
export const classCount = 2 ** 16;

/** Bins of the histogram. */
export const binCount = 128;

/** Classes that are looked at closely: two order statistics for each percentile. */
export const maxSlots = 18;

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
  /** For each class one more than its slot; 0 for those that are not looked at. */
  readonly slots: Uint8Array;
  /** Values of the classes looked at that are kept, at most. */
  readonly keptLimit: number;
}

export interface StatisticsKernel {
  /** Adds a chunk to the classes and gives its sums, in an object that the next call overwrites. */
  measure(chunk: Values, shift: number): ChunkSums;
  /** Counts by class, of all chunks. */
  classes(): Float64Array;
  /** Begins the second pass. */
  plan(plan: BinPlan): void;
  /** Adds a chunk to the bins and to the classes looked at. */
  bin(chunk: Values): void;
  bins(): Float64Array;
  /** Counts by slot and lower half of the bits, `classCount` a slot. */
  lowHalves(): Float64Array;
  /** Values of the classes looked at; null when there were more than the limit. Doubles only. */
  kept(): Float64Array | null;
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The kernel in JavaScript. */
export class PlainKernel implements StatisticsKernel {
  readonly #classes = new Float64Array(classCount);
  readonly #bins = new Float64Array(binCount);
  readonly #sums: ChunkSums = { sum: 0, squares: 0, min: 0, max: 0, zeros: 0 };
  #plan: BinPlan = { min: 0, max: 0, slots: new Uint8Array(classCount), keptLimit: 0 };
  #lowHalves = new Float64Array();
  #kept: number[] | null = [];

  measure(chunk: Values, shift: number): ChunkSums {
    let sum = 0;
    let squares = 0;
    let min = Infinity;
    let max = -Infinity;
    let zeros = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const value = chunk[index]!;
      const difference = value - shift;
      sum += difference;
      squares += difference * difference;
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeros += 1;
    }
    this.#count(chunk);
    return Object.assign(this.#sums, { sum, squares, min, max, zeros });
  }

  #count(chunk: Values): void {
    const classes = this.#classes;
    const words = chunk instanceof Float32Array ? wordsOf(chunk) : null;
    for (let index = 0; index < chunk.length; index += 1) {
      classes[(words === null ? bitsOf(chunk[index]!) : words[index]!) >>> 16]! += 1;
    }
  }

  classes(): Float64Array {
    return this.#classes;
  }

  plan(plan: BinPlan): void {
    this.#plan = plan;
    this.#lowHalves = new Float64Array(maxSlots * classCount);
  }

  bin(chunk: Values): void {
    const { min, max, slots } = this.#plan;
    const bins = this.#bins;
    const scale = binScale(min, max);
    for (let index = 0; index < chunk.length; index += 1) {
      const value = chunk[index]!;
      bins[binOf(value, min, scale)]! += 1;
      const word = bitsOf(value);
      const slot = slots[word >>> 16]!;
      if (slot > 0) this.#lookAt(value, (slot - 1) * classCount + (word & 0xffff));
    }
  }

  #lookAt(value: number, index: number): void {
    this.#lowHalves[index]! += 1;
    if (this.#kept === null) return;
    if (this.#kept.length < this.#plan.keptLimit) this.#kept.push(value);
    else this.#kept = null;
  }

  bins(): Float64Array {
    return this.#bins;
  }

  lowHalves(): Float64Array {
    return this.#lowHalves;
  }

  kept(): Float64Array | null {
    return this.#kept && Float64Array.from(this.#kept);
  }
}

function wordsOf(chunk: Float32Array): Uint32Array {
  return new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.length);
}

function bitsOf(value: number): number {
  single[0] = value;
  return bits[0]!;
}

/** Bins per unit; 0 where all values are one. Halved twice, so that the width of the range does not overflow. */
export function binScale(min: number, max: number): number {
  return max > min ? binCount / 4 / (max / 4 - min / 4) : 0;
}

function binOf(value: number, min: number, scale: number): number {
  return Math.min(binCount - 1, Math.trunc((value - min) * scale));
}
