/**
 * How high each lane of the unrolled view is where all of them share its height; no DOM.
 */
import { clamp } from "../../core/numeric";

/** Cells never grow beyond this, so that a run of three steps stays a figure and not a wall. */
export const MAX_CELL = { width: 110, height: 44 } as const;
/**
 * A lane keeps room for its two label lines, unless it has too few units to fill them, or all lanes are on screen once
 * they have less, at the least room for one; in a low view they have that.
 */
const MIN_LANE_HEIGHTS = { usual: [36, 30, 20, 14, 12], low: [20, 12] } as const;
/** A lower view is low. */
const LOW_VIEW = 260;

/**
 * Side by side, lanes that are compared keep room for a name on each side, and those whose h_n alone is for a line that
 * says it; the others leave them theirs.
 */
const LEAST_BESIDE = { compared: 30, final: 30, alone: 20 } as const;
/** Lanes that are too high for the view by no more than this share of it become lower, or a few would be off screen. */
const NEARLY = 0.2;

/** A lane that has nothing to show keeps its name and the reason, with little around them where others have little. */
const COLLAPSED = { least: 14, most: 24 } as const;

/** Low views have less room for everything. */
export function kindOf(height: number): "usual" | "low" {
  return height < LOW_VIEW ? "low" : "usual";
}

/** What of a lane its height depends on. */
export interface LaneRows {
  readonly rows: number;
  /** Among lanes that are split in two: whether it is one of them, or its h_n is; null where there are none. */
  readonly beside: keyof typeof LEAST_BESIDE | null;
}

function leastOf({ beside }: LaneRows, usual: number): number {
  if (beside === null) return usual;
  const least = LEAST_BESIDE[beside];
  return beside === "compared" ? Math.max(usual, least) : Math.min(usual, least);
}

/** Rows are whole pixels high, or lanes would look striped; rows thinner than a pixel are aggregated. */
function laneHeight(lane: LaneRows, rowHeight: number, usual: number): number {
  const { rows } = lane;
  if (rows === 0) return clamp(usual, COLLAPSED.least, COLLAPSED.most);
  const least = leastOf(lane, usual);
  if (rows > least && rowHeight < 1) return Math.max(least, Math.round(rows * rowHeight));
  const lowest = Math.min(MAX_CELL.height, Math.ceil(least / rows)) * rows;
  return Math.max(lowest, rows * Math.floor(rowHeight));
}

/**
 * The height that lanes keep: the first with which all of them fit, the last where they nearly do, else the first of all,
 * and the view scrolls.
 */
function leastHeight(lanes: readonly LaneRows[], available: number, height: number): number {
  const heights: readonly number[] = MIN_LANE_HEIGHTS[kindOf(height)];
  const needs = (least: number): number =>
    lanes.reduce((sum, lane) => sum + laneHeight(lane, 0, least), 0);
  const last = heights.at(-1)!;
  const nearly = needs(last) <= available + NEARLY * height ? last : heights[0]!;
  return heights.find((least) => needs(least) <= available) ?? nearly;
}

/** The largest row height with which all lanes fit, found by bisection; lanes that cannot shrink may overflow. */
function fitRowHeight(lanes: readonly LaneRows[], available: number, least: number): number {
  let low = 0;
  let high: number = MAX_CELL.height;
  const total = (height: number): number =>
    lanes.reduce((sum, lane) => sum + laneHeight(lane, height, least), 0);
  if (total(high) <= available) return high;
  for (let round = 0; round < 32; round++) {
    const middle = (low + high) / 2;
    if (total(middle) <= available) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Where a pixel more for every row is too much, the lanes that are compared have it, those of fewest rows first and all
 * of as many alike: they are split in two, and what is left would be empty.
 */
function fillHeights(
  lanes: readonly LaneRows[],
  heights: readonly number[],
  available: number,
): readonly number[] {
  let filled = heights;
  const compared = lanes.filter(({ beside }) => beside === "compared");
  for (const rows of [...new Set(compared.map((lane) => lane.rows))].sort((a, b) => a - b)) {
    const higher = filled.map((height, index) => {
      const lane = lanes[index]!;
      const grows = lane.beside === "compared" && lane.rows === rows && height >= rows;
      return grows && height < rows * MAX_CELL.height ? height + rows : height;
    });
    if (higher.reduce((sum, height) => sum + height, 0) <= available) filled = higher;
  }
  return filled;
}

/** Heights of lanes, CSS pixels, with which all of them fit in `available`, where they can; the view is `height` high. */
export function fittedHeights(
  lanes: readonly LaneRows[],
  available: number,
  height: number,
): readonly number[] {
  const least = leastHeight(lanes, available, height);
  const rowHeight = fitRowHeight(lanes, available, least);
  const fitted = lanes.map((lane) => laneHeight(lane, rowHeight, least));
  const isSplit = lanes.some(({ beside }) => beside !== null);
  return isSplit ? fillHeights(lanes, fitted, available) : fitted;
}
