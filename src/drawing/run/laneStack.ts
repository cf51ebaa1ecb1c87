/**
 * How the lanes of the unrolled view share its height, all of them or zoomed in over their units; no DOM.
 */
import { clamp } from "../../core/numeric";
import type { Side } from "../../protocol/run/windowMessages";
import type { ShownLane } from "./laneChoice";
import type { Mode } from "./modes";
import { fittedHeights, kindOf, MAX_CELL, type LaneRows } from "./laneHeights";
import { isPairOfFinals, PAIR, rowsOf, sidesOf } from "./sides";

/** Above the lanes stands what the numbers of units are. */
const TOP = { usual: 28, low: 18 } as const;
/** Room for the axis below the content. */
export const AXIS_HEIGHT = 26;
/** Below a lane of a layer: arrows of the direction, line to h_n. */
export const TRACK_HEIGHT = 14;
const LANE_GAP = 8;
/** What whole-pixel rows leave over goes between the lanes, up to this. */
const MAX_SPREAD = 12;
const CAPTION_HEIGHT = 24;
const BAND_GAP = 5;
/** Rows of zoomed lanes grow to this, and are whole pixels from `WHOLE_ROW` on. */
const MAX_ZOOMED_ROW = 64;
const WHOLE_ROW = 12;
/** Free around a lane that has the whole height. */
const FILLED_AROUND = 2 * LANE_GAP + 14;

/** How many times higher lanes are than where all of them fit, or the lane that has the whole height. */
export type RowZoom = number | { readonly fill: string };

export interface Band {
  /** null where there is nothing to show: the reference does not have this lane. */
  readonly side: Side | null;
  readonly top: number;
  readonly height: number;
}

export interface LaneBox {
  readonly info: ShownLane;
  readonly top: number;
  readonly height: number;
  /** One, or ours above reference. */
  readonly bands: readonly Band[];
  /** Of h_n or c_n beside them: the same, or ours above the reference where that has nothing else of a lane. */
  readonly finals: readonly Band[];
  /** Middle of the caption line above the lane: what its layer hands up; null without one. */
  readonly captionY: number | null;
}

/** Words of tokens run upwards in narrow columns: they have what is left before the gaps do. */
function withWords(slots: readonly Slot[], heights: readonly number[], room: number): number[] {
  const left = room - heights.reduce((sum, each) => sum + each, 0);
  return heights.map((height, index) =>
    slots[index]?.info.id === "tokens"
      ? clamp(height + left, height, Math.max(height, MAX_CELL.height))
      : height,
  );
}

interface Slot {
  readonly info: ShownLane;
  readonly hasCaption: boolean;
  readonly above: number;
  readonly below: number;
}

/** Lanes top to bottom with the room each needs above and below. */
function slotsOf(lanes: readonly ShownLane[]): Slot[] {
  const topLayer = Math.max(-1, ...lanes.map((lane) => lane.layer ?? -1));
  // A caption says what goes up to the layer above, which is not there in another order.
  const isOrdered = lanes.every(({ layer }, k) => layer === null || layer >= layerBelow(lanes, k));
  return [...lanes].reverse().map((info, index, all) => {
    const firstOfLayer = all[index - 1]?.layer !== info.layer;
    const hasCaption = isOrdered && info.layer !== null && firstOfLayer && info.layer < topLayer;
    const above = index === 0 ? 0 : hasCaption ? CAPTION_HEIGHT : gapAbove(info);
    const extra = info.layer === null || !firstOfLayer || hasCaption || index === 0 ? 0 : LANE_GAP;
    return {
      info,
      hasCaption,
      above: above + extra,
      below: hasTrack(info) ? TRACK_HEIGHT : 0,
    };
  });
}

/** The layer of the lane below; −1 where it has none. */
function layerBelow(lanes: readonly ShownLane[], index: number): number {
  return lanes[index - 1]?.layer ?? -1;
}

/** Gates stand close to the state that is made of them. */
function gapAbove({ quantity }: ShownLane): number {
  return quantity === undefined ? LANE_GAP : LANE_GAP / 2;
}

/** True for lanes with arrows of their direction and a line to h_n below them. */
export function hasTrack({ layer, quantity, isFolded }: ShownLane): boolean {
  return layer !== null && quantity === undefined && isFolded !== true;
}

function bandsOf(sides: readonly (Side | null)[], top: number, height: number): Band[] {
  const each = (height - BAND_GAP * (sides.length - 1)) / sides.length;
  return sides.map((side, index) => ({
    side,
    top: top + index * (each + BAND_GAP),
    height: each,
  }));
}

/** Which lanes are stacked, into what height. */
export interface StackRequest {
  readonly height: number;
  /** Bottom to top, as in `RunView`. */
  readonly lanes: readonly ShownLane[];
  readonly mode: Mode;
  /** True where Δ shows what a finding does in lanes that the reference does not have. */
  readonly showsFinding?: boolean;
  /** All lanes where it is not given. */
  readonly rowZoom?: RowZoom;
}

export interface LaneStack {
  /** Top to bottom. */
  readonly boxes: readonly LaneBox[];
  readonly plotBottom: number;
  /** How many times higher lanes are than where all of them fit; and the most that still makes one higher. */
  readonly rowZoom: number;
  readonly mostRowZoom: number;
}

/** Lanes with the heights at which all of them fit, and what goes between them. */
interface Fitted {
  readonly slots: readonly Slot[];
  readonly sides: readonly (readonly (Side | null)[])[];
  readonly rows: readonly number[];
  readonly heights: readonly number[];
  readonly spread: number;
}

function fitLanes({ lanes, mode, height, showsFinding }: StackRequest): Fitted {
  const slots = slotsOf(lanes);
  const between = slots.reduce((sum, slot) => sum + slot.above + slot.below, 0);
  const sides = slots.map(({ info }) => sidesOf(info, mode, showsFinding));
  const rows = slots.map(({ info }, index) => rowsOf(info, sides[index]!));
  const isSplit = sides.some(({ length }) => length > 1);
  const lanesOf = sides.map(({ length }, index): LaneRows => {
    const isPair = isPairOfFinals(slots[index]!.info, mode);
    const beside = length > 1 ? "compared" : isPair ? "final" : "alone";
    return { rows: rows[index]!, beside: isSplit ? beside : null };
  });
  const gaps = sides.reduce((sum, { length }) => sum + BAND_GAP * (length - 1), 0);
  const room = height - TOP[kindOf(height)] - AXIS_HEIGHT - between - gaps;
  const heights = withWords(slots, fittedHeights(lanesOf, room, height), room);
  const left = room - heights.reduce((sum, each) => sum + each, 0);
  const spread = clamp(Math.floor(left / Math.max(1, slots.length - 1)), 0, MAX_SPREAD);
  return { slots, sides, rows, heights, spread };
}

/** How much higher a lane of so many rows can be made. */
function mostZoomOf(rows: number, height: number): number {
  return rows === 0 ? 1 : Math.max(1, (rows * MAX_ZOOMED_ROW) / height);
}

/** Rows that can be told apart are whole pixels high: even grid lines. */
function zoomedHeight(rows: number, height: number, zoom: number): number {
  if (zoom === 1 || rows === 0) return height;
  const row = (height * Math.min(zoom, mostZoomOf(rows, height))) / rows;
  return Math.max(height, row >= WHOLE_ROW ? rows * Math.round(row) : rows * row);
}

function zoomOf(
  { slots, rows, heights }: Fitted,
  wanted: RowZoom,
  height: number,
): Pick<LaneStack, "rowZoom" | "mostRowZoom"> {
  const most = heights.map((each, index) => mostZoomOf(rows[index] ?? 0, each));
  const mostRowZoom = Math.max(1, ...most);
  if (typeof wanted === "number") return { rowZoom: clamp(wanted, 1, mostRowZoom), mostRowZoom };
  const index = slots.findIndex(({ info }) => info.id === wanted.fill);
  const room = height - AXIS_HEIGHT - TRACK_HEIGHT - FILLED_AROUND;
  const rowZoom = clamp(room / (heights[index] ?? Infinity), 1, most[index] ?? 1);
  return { rowZoom, mostRowZoom };
}

/** Lays lanes out below each other: all of them in the height, or higher where they are zoomed. */
export function stackLanes(request: StackRequest): LaneStack {
  const fitted = fitLanes(request);
  const { slots, sides, rows, heights, spread } = fitted;
  const zoom = zoomOf(fitted, request.rowZoom ?? 1, request.height);
  let y: number = TOP[kindOf(request.height)];
  const boxes = slots.map(({ info, hasCaption, above, below }, index): LaneBox => {
    const own = sides[index]!;
    const top = y + above + (index === 0 ? 0 : spread);
    const filled = zoomedHeight(rows[index] ?? 0, heights[index] ?? 0, zoom.rowZoom);
    const used = filled + BAND_GAP * (own.length - 1);
    y = top + used + below;
    const captionY = hasCaption ? top - CAPTION_HEIGHT / 2 + 1 : null;
    const bands = bandsOf(own, top, used);
    const finals = isPairOfFinals(info, request.mode) ? bandsOf(PAIR, top, used) : bands;
    return { info, top, height: used, bands, finals, captionY };
  });
  return { boxes, plotBottom: y, ...zoom };
}
