/**
 * A logarithmic scale for errors, from below what rounding makes to the largest of them; no DOM.
 */

export interface LogScale {
  /** Powers of ten at the ends. */
  readonly low: number;
  readonly high: number;
  /** Powers of ten that get a label. */
  readonly ticks: readonly number[];
}

/** More labels than this would run into each other. */
const MOST_TICKS = 6;
/** Decades of room on the small side of what counts as rounding. */
const ROOM_BELOW = 2;
/** Nothing that float64 computes differs by less, but for 0. */
const LOWEST = -18;

/** Holds all positive finite `values`, and `rounding`: what counts as rounding. */
export function logScale(values: Iterable<number>, rounding: number): LogScale {
  const floor = rounding > 0 && Number.isFinite(rounding) ? rounding : 1e-7;
  let low = Math.floor(Math.log10(floor)) - ROOM_BELOW;
  let high = Math.ceil(Math.log10(floor)) + 1;
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, Math.floor(Math.log10(value)));
    high = Math.max(high, Math.ceil(Math.log10(value)));
  }
  low = Math.max(low, LOWEST);
  const step = Math.ceil((high - low) / (MOST_TICKS - 1));
  const ticks: number[] = [];
  for (let power = low; power <= high; power += step) ticks.push(power);
  return { low, high, ticks };
}

/** Where a value lies, 0…1: what is smaller than the scale at 0, what is larger or not finite at 1. */
export function placeOn({ low, high }: LogScale, value: number): number {
  if (value <= 0) return 0;
  if (!Number.isFinite(value)) return 1;
  return Math.min(1, Math.max(0, (Math.log10(value) - low) / (high - low)));
}

/** `1e-4` */
export function powerText(power: number): string {
  return `1e${power}`;
}
