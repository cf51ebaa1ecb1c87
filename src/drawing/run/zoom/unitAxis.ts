/**
 * The numbers of units beside a lane, spaced so that they can be read; no DOM.
 */
import { wholeTicks } from "../../base/ticks";
import type { ShownLane } from "../laneChoice";
import type { Band } from "../laneStack";
import { unitsOnScreen, type Scrolled } from "./rowZoom";

/** Two numbers stand no closer than this, CSS pixels. */
const CLOSEST = 16;
/** A lane lower than this has no room for two numbers, and one is no axis. */
const LEAST_HEIGHT = 30;
/** Sizes of layers are mostly multiples of this: then powers of two divide them. */
const BINARY = 32;

/** A number of the axis at the middle of its row. */
export interface UnitTick {
  readonly unit: number;
  readonly y: number;
}

function stepOf(units: number, wanted: number, [from, to]: readonly [number, number]): number {
  if (units % BINARY === 0) return 2 ** Math.max(0, Math.ceil(Math.log2(wanted)));
  for (let count = Math.max(1, Math.floor((to - from) / wanted)); count > 1; count--) {
    const [first = 0, second = Infinity] = wholeTicks(from, to, count);
    if (second - first >= wanted) return second - first;
  }
  return Math.max(1, to - from);
}

/** The last number of a band and the first one of the band below stand no closer than this. */
const CLOSEST_BANDS = 12;

/**
 * The ticks of the units on screen, top to bottom; none beside a lane that has no room for them. `below` is the lane's
 * next band, whose first number is in nobody's way.
 */
export function unitTicks(
  band: Pick<Band, "top" | "height">,
  units: number,
  screen: Scrolled,
  below?: Pick<Band, "top">,
): UnitTick[] {
  if (band.height < LEAST_HEIGHT || units < 2) return [];
  const [from, to] = unitsOnScreen(band, units, screen);
  const row = band.height / units;
  const step = row >= CLOSEST ? 1 : stepOf(units, CLOSEST / row, [0, units]);
  const ticks: UnitTick[] = [];
  for (let unit = Math.ceil(from / step) * step; unit < to; unit += step) {
    ticks.push({ unit, y: band.top + (unit + 0.5) * row });
  }
  if (below === undefined) return ticks;
  const end = below.top + row / 2 - CLOSEST_BANDS;
  return ticks.filter(({ y }) => y <= end);
}

/** From the ticks to the lines beside groups, and how wide those are. */
export const GROUP_LINE = { from: 6, width: 2 } as const;
/** Shorter than this, CSS pixels, a line would be a dot. */
const LEAST_GROUP = 4;

/** Lines beside the rows of a lane whose units are a group: they end where it does. */
export function groupLines(
  band: Pick<Band, "top" | "height">,
  { units, sorted }: Pick<ShownLane, "units" | "sorted">,
): { readonly top: number; readonly height: number }[] {
  return (sorted?.groups ?? []).flatMap(([from, to]) => {
    const top = Math.round(band.top + (from / units) * band.height) + 1;
    const height = Math.round(band.top + (to / units) * band.height) - 1 - top;
    return height < LEAST_GROUP ? [] : [{ top, height }];
  });
}
