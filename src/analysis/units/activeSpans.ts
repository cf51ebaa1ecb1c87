/**
 * Which units of a lane are active in a span of time, and in which other spans they are active together.
 */
import { activityOf, byScore, finite, type UnitSamples } from "./unitOrder";

/** A unit stands out in a span where it is there so many times as active as over all steps. */
const STANDS_OUT = 1.2;
/** Units that are told. */
const MOST_UNITS = 16;
/** Spans that are told. */
const MOST_SPANS = 12;

/** Half-open ranges of samples. */
export type Span = readonly [from: number, to: number];

export interface ActiveUnits {
  /** All units, those first that are active in the span more than elsewhere. */
  readonly order: Uint32Array;
  /** Those that stand out there, at most so many as can be told. */
  readonly units: readonly number[];
  /** Other spans where these are about as active together, in the order of time. */
  readonly spans: readonly Span[];
}

/** What is active in samples `from` to `to`. */
export function activeIn(samples: UnitSamples, [from, to]: Span): ActiveUnits {
  const whole = activityOf(samples);
  const there = activityOf(samples, from, to);
  const order = byScore(there.map((own, unit) => own - whole[unit]!));
  const standing = Array.from(order).filter(
    (unit) => there[unit]! > 0 && there[unit]! >= STANDS_OUT * whole[unit]!,
  );
  const units = standing.slice(0, MOST_UNITS);
  return {
    order,
    units,
    spans: units.length === 0 ? [] : spansOf(samples, units, whole, [from, to]),
  };
}

/** Where the units are together at least half as far above what they are over all steps as in the span. */
function spansOf(
  { steps, units: width, values }: UnitSamples,
  units: readonly number[],
  whole: Float64Array,
  [from, to]: Span,
): Span[] {
  const levels = Float64Array.from({ length: steps }, (_, step) => {
    const sum = units.reduce(
      (total, unit) => total + (finite(values[step * width + unit]!) / whole[unit]!) ** 2,
      0,
    );
    return Math.sqrt(sum / units.length);
  });
  const within = levels.subarray(from, to).reduce((sum, level) => sum + level, 0) / (to - from);
  const bound = (1 + within) / 2;
  // What is shorter than a part of the span is no pause, and no span of its own.
  const least = Math.max(1, Math.floor((to - from) / 4));
  const found: [number, number][] = [];
  for (let step = 0; step < steps; step++) {
    if (levels[step]! < bound || (step >= from && step < to)) continue;
    const last = found.at(-1);
    if (last !== undefined && step - last[1] < least && !(last[1] <= from && step >= to)) {
      last[1] = step + 1;
    } else found.push([step, step + 1]);
  }
  const mean = ([start, end]: Span): number =>
    levels.subarray(start, end).reduce((sum, level) => sum + level, 0) / (end - start);
  return found
    .filter(([start, end]) => end - start >= least)
    .sort((left, right) => mean(right) - mean(left))
    .slice(0, MOST_SPANS)
    .sort(([left], [right]) => left - right);
}
