/**
 * The numbers of units beside a lane, spaced so that they can be read; no DOM.
 */
import { wholeTicks } from "../../base/ticks";
import type { Directed } from "../../../model/directions";
import { text, type Text } from "../../../core/text";
import type { ShownLane } from "../laneChoice";
import type { Band } from "../laneStack";
import { groupsOf } from "../sortedUnits";
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
 * The ticks of the units on screen, top to bottom; none beside a lane that has no room for them, and none of every so
 * many units that are in groups: the groups are named. `below` is the lane's next band, whose first number is in nobody's
 * way.
 */
export function unitTicks(
  band: Pick<Band, "top" | "height">,
  { units, sorted }: Pick<ShownLane, "units" | "sorted">,
  screen: Scrolled,
  below?: Pick<Band, "top">,
): UnitTick[] {
  if (band.height < LEAST_HEIGHT || units < 2) return [];
  const [from, to] = unitsOnScreen(band, units, screen);
  const row = band.height / units;
  if (row < CLOSEST && sorted?.groups[0] !== undefined) return [];
  const step = row >= CLOSEST ? 1 : stepOf(units, CLOSEST / row, [0, units]);
  const ticks: UnitTick[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    ticks.push({ unit: sorted?.unitAt[at] ?? at, y: band.top + (at + 0.5) * row });
  }
  if (below === undefined) return ticks;
  const end = below.top + row / 2 - CLOSEST_BANDS;
  return ticks.filter(({ y }) => y <= end);
}

/** Brackets of groups: from the last step to their line, its width, and how far their ends reach to the lane. */
export const BRACKET = { from: 5, width: 2, foot: 3 } as const;
/** Shorter than this, CSS pixels, a bracket would be a dot. */
const LEAST_GROUP = 4;
/** A bracket from here on has room for its number. */
const LEAST_NAMED = 10;
/** From the last step to what is written, and from there past the number of a group. */
export const WRITTEN = { from: 10, number: 16 } as const;

/** The rows of a group beside its lane. */
export interface GroupMark {
  readonly top: number;
  readonly height: number;
  /** Its number, where that has room. */
  readonly name: string;
  readonly units: number;
}

/** Marks of the rows of a lane whose units are a group: they end where it does. */
export function groupMarks(
  band: Pick<Band, "top" | "height">,
  lane: Pick<ShownLane, "id" | "units" | "sorted">,
  config: Directed | null,
): GroupMark[] {
  const row = band.height / lane.units;
  return groupsOf(lane, config).flatMap(({ from, to, number }) => {
    const top = Math.round(band.top + from * row) + 1;
    const height = Math.round(band.top + to * row) - 1 - top;
    if (height < LEAST_GROUP) return [];
    // Where every unit has a number, that of the group would stand among them.
    const isNamed = height >= LEAST_NAMED && row < CLOSEST;
    return [{ top, height, name: isNamed ? String(number) : "", units: to - from }];
  });
}

/** How many units a group has, behind its number. */
export function sizeOfGroup({ units }: GroupMark): Text {
  return units === 1 ? text("· 1 unit") : text("· {0} units", units);
}
