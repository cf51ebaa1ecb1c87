/**
 * A robust magnitude of a lane: a percentile of its absolute values, from counts by bits.
 */
import type { StateArray } from "../../engine/base/engine";

/** Share of the values that the colours distinguish at least; the rest may lie beyond the scale. */
const LEAST_SHARE = 0.995;
/**
 * No more values than these lie beyond it. A picture of a long lane shows the largest of many values as one: if half a
 * per cent of them were beyond the scale, nearly every cell would be.
 */
const MOST_BEYOND = 256;
/** More values than these are sampled: counting costs as much as finding their range. */
const MAX_COUNTED = 1 << 20;
/** Upper halves of float32 magnitudes that are finite. */
const CLASSES = 0x7f80;

export interface Magnitude {
  /** This share of the values that were counted are no larger, and about the rest are; 0 when none was finite. */
  readonly percentile: number;
  /** 0.995, or more where there are many values. */
  readonly share: number;
  /** True where not every value was counted. */
  readonly isSampled: boolean;
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** Counts the magnitudes of (T, B, units) values that come in their order. */
export class MagnitudeMeter {
  readonly #counts = new Uint32Array(CLASSES);
  readonly #stride: number;
  readonly #share: number;
  /** From the values that come next to the one that is counted next. */
  #ahead = 0;
  #counted = 0;

  constructor(seqLength: number, rowSize: number) {
    const total = seqLength * rowSize;
    this.#stride = strideOf(total, rowSize);
    this.#share = Math.max(LEAST_SHARE, 1 - MOST_BEYOND / total);
  }

  add(values: StateArray): void {
    const counts = this.#counts;
    let index = this.#ahead;
    for (; index < values.length; index += this.#stride) {
      single[0] = Math.abs(values[index]!);
      const high = bits[0]! >>> 16;
      if (high >= CLASSES) continue;
      counts[high]!++;
      this.#counted++;
    }
    this.#ahead = index - values.length;
  }

  result(): Magnitude {
    return { percentile: this.#percentile(), share: this.#share, isSampled: this.#stride > 1 };
  }

  #percentile(): number {
    let left = Math.ceil(this.#share * this.#counted);
    // When the percentile falls into class 0, it is 0 itself, not the upper end of a class.
    if (left === 0 || this.#counts[0]! >= left) return 0;
    let high = 0;
    for (; left > this.#counts[high]!; high++) left -= this.#counts[high]!;
    return upperEnd(high);
  }
}

/** Where the magnitudes of a class end: 2⁻⁷ above its smallest at most. */
function upperEnd(high: number): number {
  bits[0] = (high << 16) | 0xffff;
  return single[0]!;
}

/** A stride that reaches every unit of every batch row, because it is coprime to the size of a step. */
function strideOf(total: number, rowSize: number): number {
  let stride = Math.max(1, Math.ceil(total / MAX_COUNTED));
  while (stride > 1 && greatestDivisor(stride, rowSize) > 1) stride++;
  return stride;
}

function greatestDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestDivisor(right, left % right);
}

/** The largest magnitude of the parts of a lane. */
export function joinMagnitudes(parts: readonly Magnitude[]): Magnitude {
  return {
    percentile: Math.max(0, ...parts.map(({ percentile }) => percentile)),
    share: Math.min(1, ...parts.map(({ share }) => share)),
    isSampled: parts.some(({ isSampled }) => isSampled),
  };
}
