/**
 * Geometry of the unrolled view: positions of lanes, cells, captions and h_n, and hit-testing; no DOM.
 *
 * All lengths are CSS pixels. Lanes are given bottom to top and laid out top to bottom; unit 0 is the top row of its
 * lane. Vertical positions are those of the whole content, horizontal ones those of the viewport.
 */
import type { Side } from "../../protocol/run/windowMessages";
import { clamp, clampIndex } from "../../core/numeric";
import type { ShownLane } from "./laneChoice";
import type { Mode, StepRange } from "./modes";
import { rowsOf, sidesOf } from "./sides";

/** Cells never grow beyond this, so that a run of three steps stays a figure and not a wall. */
export const MAX_CELL = { width: 110, height: 44 } as const;
/** A lane keeps room for its two label lines, unless it has too few units to fill them. */
const MIN_LANE_HEIGHT = 36;

/** A lane that has nothing to show keeps its name and the reason. */
const COLLAPSED_HEIGHT = 24;

const LABEL_WIDTH = { narrow: 122, wide: 150 } as const;
const NARROW = 640;
/** A column from here on has room for numbers. */
const NUMBER_COLUMN = 46;
const FINAL = { gap: 36, width: 28, margin: 20 } as const;
const MAX_INDENT = 96;
const TOP = 28;
/** Room for the axis below the content. */
export const AXIS_HEIGHT = 26;
/** Below a lane of a layer: arrows of the direction, line to h_n. */
export const TRACK_HEIGHT = 14;
const LANE_GAP = 8;
/** What whole-pixel rows leave over goes between the lanes, up to this. */
const MAX_SPREAD = 12;
const CAPTION_HEIGHT = 24;
const BAND_GAP = 5;

/** Room kept around a lane that is scrolled into view: its line to h_n and the axis. */
const REVEAL_AROUND = 48;

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
  /** Middle of the caption line above the lane: what its layer hands up; null without one. */
  readonly captionY: number | null;
}

export interface UnrolledLayout {
  readonly width: number;
  readonly labelLeft: number;
  readonly labelWidth: number;
  readonly plotLeft: number;
  readonly plotWidth: number;
  /** Width of one step; below 1 where steps are aggregated. */
  readonly columnWidth: number;
  readonly steps: StepRange;
  readonly finalLeft: number;
  readonly finalWidth: number;
  /** Top to bottom. */
  readonly boxes: readonly LaneBox[];
  readonly plotBottom: number;
  readonly contentHeight: number;
}

export interface LayoutRequest {
  readonly width: number;
  readonly height: number;
  /** Bottom to top, as in `RunView`. */
  readonly lanes: readonly ShownLane[];
  readonly mode: Mode;
  readonly steps: StepRange;
  /** True where Δ shows what a finding does in lanes that the reference does not have. */
  readonly showsFinding?: boolean;
  /** True where `steps` are a part of the sequence, which fills the plot whatever its cells become. */
  readonly isZoomed?: boolean;
}

/** The element under a point of the content. */
export interface Hit {
  readonly area: "cell" | "final";
  readonly info: ShownLane;
  readonly side: Side | null;
  /** Step of the cell; in `final` this is −1, and a layer's last processed step is meant. */
  readonly step: number;
  readonly unit: number;
}

/** Rows are whole pixels high, or lanes would look striped; rows thinner than a pixel are aggregated. */
function laneHeight(rows: number, rowHeight: number): number {
  if (rows === 0) return COLLAPSED_HEIGHT;
  const least = Math.min(MAX_CELL.height, Math.ceil(MIN_LANE_HEIGHT / rows)) * rows;
  if (rows > MIN_LANE_HEIGHT && rowHeight < 1) {
    return Math.max(MIN_LANE_HEIGHT, Math.round(rows * rowHeight));
  }
  return Math.max(least, rows * Math.floor(rowHeight));
}

/** The largest row height with which all lanes fit, found by bisection; lanes that cannot shrink may overflow. */
function fitRowHeight(rows: readonly number[], available: number): number {
  let low = 0;
  let high: number = MAX_CELL.height;
  const total = (height: number): number =>
    rows.reduce((sum, count) => sum + laneHeight(count, height), 0);
  if (total(high) <= available) return high;
  for (let round = 0; round < 32; round++) {
    const middle = (low + high) / 2;
    if (total(middle) <= available) low = middle;
    else high = middle;
  }
  return low;
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

function stackLanes({ lanes, mode, height, showsFinding }: LayoutRequest): {
  boxes: LaneBox[];
  plotBottom: number;
} {
  const slots = slotsOf(lanes);
  const between = slots.reduce((sum, slot) => sum + slot.above + slot.below, 0);
  const sides = slots.map(({ info }) => sidesOf(info, mode, showsFinding));
  const rows = slots.map(({ info }, index) => rowsOf(info, sides[index]!));
  const gaps = mode === "sideBySide" ? BAND_GAP * slots.length : 0;
  const rowHeight = fitRowHeight(rows, height - TOP - AXIS_HEIGHT - between - gaps);
  const filled = rows.reduce((sum, count) => sum + laneHeight(count, rowHeight), 0);
  const left = height - TOP - AXIS_HEIGHT - between - gaps - filled;
  const spread = Math.max(
    0,
    Math.min(MAX_SPREAD, Math.floor(left / Math.max(1, slots.length - 1))),
  );
  let y = TOP;
  const boxes = slots.map(({ info, hasCaption, above, below }, index): LaneBox => {
    const own = sides[index]!;
    const top = y + above + (index === 0 ? 0 : spread);
    const used = laneHeight(rows[index] ?? 0, rowHeight) + BAND_GAP * (own.length - 1);
    y = top + used + below;
    const captionY = hasCaption ? top - CAPTION_HEIGHT / 2 + 1 : null;
    return { info, top, height: used, bands: bandsOf(own, top, used), captionY };
  });
  return { boxes, plotBottom: y };
}

/** Where labels, steps and h_n lie from left to right in an unrolled view of this width. */
export function layoutColumns(
  width: number,
  [first, end]: StepRange,
  isZoomed = false,
): Pick<
  UnrolledLayout,
  "labelLeft" | "labelWidth" | "plotLeft" | "plotWidth" | "columnWidth" | "finalLeft" | "finalWidth"
> {
  const labelWidth = width < NARROW ? LABEL_WIDTH.narrow : LABEL_WIDTH.wide;
  const count = end - first;
  const around = labelWidth + FINAL.gap + FINAL.margin;
  // Where cells have room for numbers, h_n is one more such column.
  const equal = (width - around) / (count + 1);
  const isWide = equal >= NUMBER_COLUMN;
  const room = isWide ? equal * count : Math.max(40, width - around - FINAL.width);
  const whole = Math.min(isZoomed ? Infinity : MAX_CELL.width, room / count);
  // Whole pixels where cells are large enough to be told apart: even grid lines.
  const columnWidth = whole >= 12 ? Math.floor(whole) : whole;
  const plotWidth = columnWidth * count;
  const finalWidth = isWide ? Math.min(MAX_CELL.width, columnWidth) : FINAL.width;
  const free = width - around - finalWidth - plotWidth;
  const labelLeft = clamp(free / 2, 0, MAX_INDENT);
  const plotLeft = labelLeft + labelWidth;
  const finalLeft = plotLeft + plotWidth + FINAL.gap;
  return { labelLeft, labelWidth, plotLeft, plotWidth, columnWidth, finalLeft, finalWidth };
}

/** Lays the unrolled view out for a viewport. */
export function layoutUnrolled(request: LayoutRequest): UnrolledLayout {
  const { width, steps, isZoomed } = request;
  const { boxes, plotBottom } = stackLanes(request);
  const contentHeight = plotBottom + AXIS_HEIGHT;
  return {
    width,
    steps,
    ...layoutColumns(width, steps, isZoomed),
    boxes,
    plotBottom,
    contentHeight,
  };
}

/** Left edge of a step; may lie outside the plot. */
export function stepX(layout: UnrolledLayout, step: number): number {
  return layout.plotLeft + (step - layout.steps[0]) * layout.columnWidth;
}

/** Step at a horizontal position, as a fraction. */
export function stepAt(layout: UnrolledLayout, x: number): number {
  return layout.steps[0] + (x - layout.plotLeft) / layout.columnWidth;
}

/** Top edge of a unit's row. */
export function unitY(band: Pick<Band, "top" | "height">, units: number, unit: number): number {
  return band.top + (unit / units) * band.height;
}

/** The box of a lane. */
export function boxOf(layout: UnrolledLayout, id: string): LaneBox | undefined {
  return layout.boxes.find((box) => box.info.id === id);
}

/** Where to scroll so that a lane is on screen; of a lane higher than the screen, its unit. */
export function scrollToReveal(
  box: LaneBox,
  unit: number,
  { top, height }: { readonly top: number; readonly height: number },
): number {
  const band = box.bands[0] ?? box;
  const isHigher = box.height > height - 2 * REVEAL_AROUND;
  const from = isHigher ? unitY(band, box.info.units, unit) : box.top;
  const to = isHigher ? from + band.height / box.info.units : box.top + box.height;
  if (from < top) return Math.max(0, from - REVEAL_AROUND);
  return to > top + height - REVEAL_AROUND ? to - height + REVEAL_AROUND : top;
}

/** Finds the element at a point of the content; null for labels and gaps. */
export function hitTest(layout: UnrolledLayout, x: number, y: number): Hit | null {
  const box = layout.boxes.find((each) => y >= each.top && y < each.top + each.height);
  const band = box?.bands.find((each) => y >= each.top && y < each.top + each.height);
  if (box === undefined || band === undefined) return null;
  const { info } = box;
  const row = Math.floor(((y - band.top) / band.height) * info.units);
  const unit = clampIndex(row, info.units);
  const inPlot = x >= layout.plotLeft && x < layout.plotLeft + layout.plotWidth;
  if (inPlot && info.isFinal !== true) {
    const step = Math.min(Math.ceil(layout.steps[1]) - 1, Math.floor(stepAt(layout, x)));
    return { area: "cell", info, side: band.side, step, unit };
  }
  const inFinal = x >= layout.finalLeft && x < layout.finalLeft + layout.finalWidth;
  const hasFinal = info.isFinal === true || (info.layer !== null && info.quantity === undefined);
  if (!inFinal || !hasFinal) return null;
  return { area: "final", info, side: band.side, step: -1, unit };
}
