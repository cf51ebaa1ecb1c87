/**
 * Geometry of the unrolled view: positions of lanes, cells, captions and h_n, and hit-testing; no DOM.
 *
 * All lengths are CSS pixels. Lanes are given bottom to top and laid out top to bottom; unit 0 is the top row of its
 * lane. Vertical positions are those of the whole content, horizontal ones those of the viewport.
 */
import { MAX_CELL } from "./laneHeights";
import { rowOfUnit, unitOfRow } from "./sortedUnits";
import type { Side } from "../../protocol/run/windowMessages";
import { clamp, clampIndex } from "../../core/numeric";
import type { ShownLane } from "./laneChoice";
import type { StepRange } from "./modes";
import {
  AXIS_HEIGHT,
  stackLanes,
  type Band,
  type LaneBox,
  type LaneStack,
  type StackRequest,
} from "./laneStack";

export { MAX_CELL } from "./laneHeights";
export { AXIS_HEIGHT, hasTrack, TRACK_HEIGHT } from "./laneStack";
export type { Band, LaneBox } from "./laneStack";

/** What stands beside the steps, by the width of the view, CSS pixels: labels, numbers of units, h_n. */
const BESIDE = {
  tiny: { label: 104, gap: 26, final: 18, margin: 4 },
  narrow: { label: 122, gap: 36, final: 28, margin: 20 },
  wide: { label: 156, gap: 36, final: 28, margin: 20 },
} as const;
const TINY = 260;
const NARROW = 640;
/** A column from here on has room for numbers. */
const NUMBER_COLUMN = 46;
/** Before h_n, where groups of units are named with their sizes. */
const GROUPS_GAP = 84;
const MAX_INDENT = 96;
/** Room kept around a lane that is scrolled into view: its line to h_n and the axis. */
const REVEAL_AROUND = 48;

export interface UnrolledLayout extends LaneStack {
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
  readonly contentHeight: number;
}

export interface LayoutRequest extends StackRequest {
  readonly width: number;
  readonly steps: StepRange;
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

interface ColumnOptions {
  readonly isZoomed?: boolean;
  /** True where units are in groups. */
  readonly isGrouped?: boolean;
}

/** Where labels, steps and h_n lie from left to right in an unrolled view of this width. */
export function layoutColumns(
  width: number,
  [first, end]: StepRange,
  { isZoomed = false, isGrouped = false }: ColumnOptions = {},
): Pick<
  UnrolledLayout,
  "labelLeft" | "labelWidth" | "plotLeft" | "plotWidth" | "columnWidth" | "finalLeft" | "finalWidth"
> {
  const beside = BESIDE[width < TINY ? "tiny" : width < NARROW ? "narrow" : "wide"];
  const { label: labelWidth, margin } = beside;
  const count = end - first;
  const gap = isGrouped && width >= TINY ? GROUPS_GAP : beside.gap;
  const around = labelWidth + gap + margin;
  // Where cells have room for numbers, h_n is one more such column.
  const equal = (width - around) / (count + 1);
  const isWide = equal >= NUMBER_COLUMN;
  const room = isWide ? equal * count : Math.max(40, width - around - beside.final);
  const whole = Math.min(isZoomed ? Infinity : MAX_CELL.width, room / count);
  // Whole pixels where cells are large enough to be told apart: even grid lines.
  const columnWidth = whole >= 12 ? Math.floor(whole) : whole;
  const plotWidth = columnWidth * count;
  const finalWidth = isWide ? Math.min(MAX_CELL.width, columnWidth) : beside.final;
  const free = width - around - finalWidth - plotWidth;
  const labelLeft = clamp(free / 2, 0, MAX_INDENT);
  const plotLeft = labelLeft + labelWidth;
  const finalLeft = plotLeft + plotWidth + gap;
  return { labelLeft, labelWidth, plotLeft, plotWidth, columnWidth, finalLeft, finalWidth };
}

/** Lays the unrolled view out for a viewport. */
export function layoutUnrolled(request: LayoutRequest): UnrolledLayout {
  const { width, steps, isZoomed = false, lanes } = request;
  const isGrouped = lanes.some(({ sorted }) => sorted?.groups[0] !== undefined);
  const stack = stackLanes(request);
  const contentHeight = stack.plotBottom + AXIS_HEIGHT;
  const columns = layoutColumns(width, steps, { isZoomed, isGrouped });
  return { width, steps, ...columns, ...stack, contentHeight };
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
  const below = isHigher ? AXIS_HEIGHT : REVEAL_AROUND;
  const from = isHigher ? unitY(band, box.info.units, rowOfUnit(box.info, unit)) : box.top;
  const to = isHigher ? from + band.height / box.info.units : box.top + box.height;
  if (from < top) return Math.max(0, from - REVEAL_AROUND);
  return to > top + height - below ? to - height + REVEAL_AROUND : top;
}

/** What of a lane lies at an abscissa: its steps, or h_n, c_n or logits behind them. */
function areaAt(layout: UnrolledLayout, { info }: LaneBox, x: number): Hit["area"] | null {
  const { plotLeft, plotWidth, finalLeft, finalWidth } = layout;
  const { isFinal, layer, quantity } = info;
  if (isFinal !== true && x >= plotLeft && x < plotLeft + plotWidth) return "cell";
  const hasFinal = isFinal === true || (layer !== null && quantity === undefined);
  return hasFinal && x >= finalLeft && x < finalLeft + finalWidth ? "final" : null;
}

/** Finds the element at a point of the content; null for labels and gaps. */
export function hitTest(layout: UnrolledLayout, x: number, y: number): Hit | null {
  const isAt = ({ top, height }: Pick<Band, "top" | "height">): boolean =>
    y >= top && y < top + height;
  const box = layout.boxes.find(isAt);
  const area = box === undefined ? null : areaAt(layout, box, x);
  const band = (area === "final" ? box?.finals : box?.bands)?.find(isAt);
  if (box === undefined || area === null || band === undefined) return null;
  const { info } = box;
  const row = Math.floor(((y - band.top) / band.height) * info.units);
  const unit = unitOfRow(info, clampIndex(row, info.units));
  const last = Math.ceil(layout.steps[1]) - 1;
  const step = area === "final" ? -1 : Math.min(last, Math.floor(stepAt(layout, x)));
  return { area, info, side: band.side, step, unit };
}
