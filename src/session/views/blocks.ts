/**
 * Ranges of steps or units as a drawing asks for them: clamped, and cut into as many blocks as it has room for.
 */
import { clamp } from "../../core/numeric";
import type { StepBlock } from "../../engine/base/plan";

/** The start of the k-th of `count` half-open blocks over [start, end). */
export function blockStart({ from, to }: StepBlock, block: number, count: number): number {
  return from + Math.floor((block * (to - from)) / count);
}

/** For each element of [start, end), the block of `count` that it is in. */
export function blockIndex(range: StepBlock, count: number): Uint32Array {
  const index = new Uint32Array(range.to - range.from);
  for (let block = 0; block < count; block++) {
    const start = blockStart(range, block, count) - range.from;
    index.fill(block, start, blockStart(range, block + 1, count) - range.from);
  }
  return index;
}

/** The nearest whole number between two. */
export function clampWhole(value: number, low: number, high: number): number {
  return clamp(Math.floor(value), low, high);
}

/** Drawings are measured in fractions of pixels; blocks are whole, and at least one. */
export function blockLimit(wanted: number): number {
  return Math.max(1, Math.floor(wanted));
}
