/**
 * Paints the cursor and the hover mark on a canvas above the lanes.
 */
import { rowOfUnit } from "../../../../src/drawing/run/sortedUnits";
import { stateSize } from "../../../../src/model/config";
import { firstUnitOf } from "../../../../src/model/directions";
import { overlaps } from "../../../../src/drawing/base/boxes";
import {
  AXIS_HEIGHT,
  stepX,
  unitY,
  type Band,
  type LaneBox,
  type UnrolledLayout,
} from "../../../../src/drawing/run/layout";
import { shownStep } from "../../../../src/drawing/run/play/turned";
import { laneIdOf } from "../../../../src/drawing/run/places";
import { paintLinks } from "./linkPainter";
import type { Rect } from "../../../shared/pictures/marks";
import type { CursorScene } from "./scene";
import { paintUnitBadge } from "./unitAxisPainter";

/** A frame thinner than this is lost between the columns. */
const MIN_FRAME = 5;
/** In Δ a frame is not to cover the mark of a single wrong value, which may be a few pixels beside its middle. */
const MARK_FRAME = 15;
/** Cells of fewer pixels have no mark of their own. */
const SMALLEST_MARKED = 5;

function isOnScreen(layout: UnrolledLayout, step: number): boolean {
  return step + 1 > layout.steps[0] && step < layout.steps[1];
}

/** Smallest width or height of a frame around cells of so many pixels. */
function leastFrame({ isDelta }: CursorScene, cell: number, usual: number): number {
  return isDelta && cell < SMALLEST_MARKED ? MARK_FRAME : usual;
}

function columnRect(scene: CursorScene, step: number): Rect {
  const { layout, scrollTop, height } = scene;
  const width = Math.max(leastFrame(scene, layout.columnWidth, MIN_FRAME), layout.columnWidth + 1);
  const middle = stepX(layout, step + 0.5);
  // A step that is half on screen is framed as far as it is: beside the plot stand the labels.
  const x = Math.max(layout.plotLeft - MIN_FRAME, middle - width / 2 - 0.5);
  const end = Math.min(layout.plotLeft + layout.plotWidth + MIN_FRAME, middle + width / 2 - 0.5);
  const first = layout.boxes.find(({ info }) => info.isFinal !== true)?.top ?? 0;
  const bottom = Math.min(layout.plotBottom, scrollTop + height - AXIS_HEIGHT);
  const size = { width: Math.round(end - x), height: bottom - first + 10 };
  return { x: Math.round(x), y: first - 8, ...size };
}

/** The number of the cursor's step, lit on the axis. */
function drawStepBadge(scene: CursorScene, column: Rect): void {
  const { context, texts, theme, cursor } = scene;
  const label = String(cursor.step);
  context.font = `${theme.fontSize - 1}px ${theme.font}`;
  const width = Math.max(22, context.measureText(label).width + 12);
  const x = column.x + column.width / 2;
  const y = column.y + column.height + 13;
  const badge = { x: x - width / 2, y: y - 9, width, height: 18 };
  context.fillStyle = theme.background;
  for (const box of texts.onAxis.filter((each) => overlaps(each, badge))) {
    context.fillRect(box.x, box.y, box.width, box.height);
  }
  context.fillStyle = theme.badge;
  context.beginPath();
  context.roundRect(badge.x, badge.y, badge.width, badge.height, 9);
  context.fill();
  context.fillStyle = theme.badgeText;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(label, x, y + 0.5);
}

/** The row of a unit, or what stands for it; where there are no values, the lane. */
function rowOf(
  scene: CursorScene,
  { info }: LaneBox,
  band: Band,
  unit: number,
): { readonly top: number; readonly row: number } {
  if (band.side === null) return { top: band.top, row: band.height };
  const rowHeight = band.height / info.units;
  const row = Math.max(leastFrame(scene, rowHeight, 3), rowHeight);
  return {
    top: unitY(band, info.units, rowOfUnit(info, unit)) + Math.min(0, (rowHeight - row) / 2),
    row,
  };
}

/** The cell of the unit, and a pointer to its row. */
function drawUnit(scene: CursorScene, box: LaneBox, unit: number, isMain: boolean): void {
  const { context, layout, theme, cursor } = scene;
  for (const band of box.bands) {
    const { top, row } = rowOf(scene, box, band, unit);
    const x = stepX(layout, shownStep(scene.turned, box.info.id, cursor.step));
    const width = Math.max(leastFrame(scene, layout.columnWidth, MIN_FRAME), layout.columnWidth);
    const start = x + (layout.columnWidth - width) / 2;
    const left = Math.max(layout.plotLeft - MIN_FRAME, start);
    context.strokeStyle = theme.foreground;
    context.lineWidth = isMain ? 2 : 1;
    context.strokeRect(left, top - 0.5, start + width - 1 - left, row);
    if (!isMain) continue;
    context.fillStyle = theme.foreground;
    const y = top + row / 2;
    context.beginPath();
    context.moveTo(layout.plotLeft - 9, y - 4);
    context.lineTo(layout.plotLeft - 3, y);
    context.lineTo(layout.plotLeft - 9, y + 4);
    context.fill();
  }
}

/** Frames the logit that is looked into. */
function drawLogit({ context, layout, theme, logit }: CursorScene): void {
  const box = layout.boxes.find(({ info }) => info.id === "logits");
  if (logit === null || box === undefined || box.info.isFolded === true) return;
  const isFinal = box.info.isFinal === true;
  const [x, width] = isFinal
    ? [layout.finalLeft, layout.finalWidth]
    : [stepX(layout, logit.step), layout.columnWidth];
  context.strokeStyle = theme.foreground;
  context.lineWidth = 2;
  for (const band of box.bands.filter(({ side }) => side !== null)) {
    const top = unitY(band, box.info.units, rowOfUnit(box.info, logit.unit));
    context.strokeRect(x, top, Math.max(MIN_FRAME, width) - 1, band.height / box.info.units - 1);
  }
}

/** Marks the unit in its lane and in the output; not on the axis, which lies over lanes that are scrolled away. */
function drawUnits(scene: CursorScene, { y, height }: Rect): void {
  const { context, layout, cursor, view, stateName } = scene;
  context.save();
  context.beginPath();
  context.rect(0, y, layout.plotLeft + layout.plotWidth + MARK_FRAME / 2, height);
  context.clip();
  const id = laneIdOf(cursor);
  const topLayer = (view.config?.numLayers ?? 1) - 1;
  for (const box of layout.boxes) {
    if (box.info.id === id) drawUnit(scene, box, cursor.unit, true);
    // The output is the last layer's h, both directions in one row.
    const isShown = cursor.layer === topLayer && stateName === "h";
    if (box.info.id !== "output" || !isShown) continue;
    if (view.config === null) continue;
    const first = firstUnitOf(view.config, cursor.direction, stateSize(view.config));
    drawUnit(scene, box, first + cursor.unit, false);
  }
  context.restore();
}

/** What the state is made of, and what of it; not on the axis either. */
function drawLinks(scene: CursorScene, { y, height }: Rect): void {
  const { context, layout } = scene;
  context.save();
  context.beginPath();
  context.rect(0, 0, layout.width, y + height);
  context.clip();
  paintLinks(scene);
  context.restore();
}

/** While lanes are seen flipped, one frame through all of them would be around different steps: each has its own. */
function drawTurnedColumns(scene: CursorScene): void {
  const { context, layout, theme, turned, cursor } = scene;
  context.strokeStyle = theme.focus;
  context.lineWidth = 2;
  for (const { info, top, height } of layout.boxes.filter(({ info }) =>
    turned.lanes.has(info.id),
  )) {
    const { x, width } = columnRect(scene, shownStep(turned, info.id, cursor.step));
    context.strokeRect(x, top - 3, width, height + 5);
  }
}

/** Draws the column frames and the unit marks. */
export function paintCursor(scene: CursorScene): void {
  const { context, layout, texts, theme, cursor, hoverStep, turned } = scene;
  if (hoverStep !== null && hoverStep !== cursor.step && isOnScreen(layout, hoverStep)) {
    const { x, y, width, height } = columnRect(scene, hoverStep);
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width, height);
  }
  drawLogit(scene);
  if (!isOnScreen(layout, cursor.step)) return;
  const column = columnRect(scene, cursor.step);
  drawLinks(scene, column);
  drawUnits(scene, column);
  const own = layout.boxes.find(({ info }) => info.id === laneIdOf(cursor));
  if (own !== undefined) paintUnitBadge(scene, own, cursor.unit);
  if (turned.lanes.size > 0) {
    drawTurnedColumns(scene);
    drawStepBadge(scene, columnRect(scene, shownStep(turned, "input", cursor.step)));
    return;
  }
  context.strokeStyle = theme.focus;
  context.lineWidth = 2;
  context.strokeRect(column.x, column.y, column.width, column.height);
  for (const { x, y, width, height } of texts.inside) context.clearRect(x, y, width, height);
  drawStepBadge(scene, column);
}
