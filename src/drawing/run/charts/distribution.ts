/**
 * The distribution of the values in a picture, as its legend shows it; no DOM.
 */
import { clamp, rounded } from "../../../core/numeric";
import type { WindowData } from "../../../protocol/run/windowMessages";
import { placeOnCurve, shareAtPlace, type Curve } from "../../base/colourScale";

/** Bars: even, so that 0 lies between two. */
const BARS = 64;
/** More values than this are sampled: a bar is at most a few pixels wide. */
const MOST_COUNTED = 1 << 16;
/** Room beyond the range, so that it can be dragged wider; and the most of it, where values lie far outside. */
const ROOM = { least: 1.15, most: 3 } as const;
/** The range is dragged to no less than this share of what its legend shows. */
const NARROWEST = 0.004;

/** The axis of a legend, symmetric around its middle. */
export interface LegendAxis {
  /** The largest magnitude that it shows. */
  readonly extent: number;
  readonly curve: Curve;
}

/** An axis that shows a range, and what lies beyond it. */
export function legendAxis(limit: number, largest: number, curve: Curve): LegendAxis {
  return { extent: clamp(largest, ROOM.least * limit, ROOM.most * limit), curve };
}

/** Where a value lies on the axis, 0 to 1; at the ends what is beyond them. */
export function placeOnAxis({ extent, curve }: LegendAxis, value: number): number {
  return clamp(0.5 + placeOnCurve(value / extent, curve) / 2, 0, 1);
}

/** The value at a place of the axis. */
export function valueOnAxis({ extent, curve }: LegendAxis, place: number): number {
  return extent * shareAtPlace(2 * clamp(place, 0, 1) - 1, curve);
}

/** The limit of the colours that a drag to a place asks for, with two digits. */
export function limitAt(axis: LegendAxis, place: number): number {
  return rounded(Math.max(Math.abs(valueOnAxis(axis, place)), NARROWEST * axis.extent), 2);
}

export interface Distribution {
  /** From the low end of the axis on, as shares of the highest bar. */
  readonly bars: readonly number[];
  /** Largest magnitude of the values that were counted. */
  readonly largest: number;
  /** Cells beyond the range of the colours, and all that were counted. */
  readonly beyond: number;
  readonly counted: number;
}

/** Counts the valid finite cells of windows; values beyond the axis are in the bars at its ends. */
export function distributionOf(
  windows: readonly WindowData[],
  axis: LegendAxis,
  limit: number,
): Distribution {
  const total = windows.reduce((sum, { values }) => sum + values.length, 0);
  const stride = Math.max(1, Math.ceil(total / MOST_COUNTED));
  const counts = new Float64Array(BARS);
  let [largest, beyond, counted] = [0, 0, 0];
  for (const { values, valid } of windows) {
    for (let cell = 0; cell < values.length; cell += stride) {
      const value = values[cell]!;
      if (valid[cell] === 0 || !Number.isFinite(value)) continue;
      const bar = Math.min(BARS - 1, Math.floor(placeOnAxis(axis, value) * BARS));
      counts[bar]!++;
      counted++;
      if (Math.abs(value) > limit) beyond++;
      largest = Math.max(largest, Math.abs(value));
    }
  }
  const highest = Math.max(1, ...counts);
  return { bars: [...counts].map((count) => count / highest), largest, beyond, counted };
}
