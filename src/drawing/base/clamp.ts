/**
 * Limits a number or an index to a range.
 */

/** The nearest value between two; `low` where they are the wrong way round. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** The nearest index of `count` items. */
export function clampIndex(index: number, count: number): number {
  return clamp(index, 0, count - 1);
}
