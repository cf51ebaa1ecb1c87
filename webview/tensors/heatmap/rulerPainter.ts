/**
 * Paints the rulers of the heatmap, the gate blocks along them, and the cursor.
 */
import type { GateBlock } from "../../../src/protocol/archive/messages";
import { rulerTicks } from "../../../src/drawing/tensors/ruler";
import type { Cell } from "../../../src/drawing/tensors/slices";
import { xOf, yOf, type HeatScene } from "./heatScene";

const ROW_LABEL_ROOM = 22;
const DIGIT = 7;
const LABEL_GAP = 22;
const TICK = 4;
/** Around a cell of a pixel, and clear of a mark on it. */
const LEAST_FRAME = 17;

function setFont({ context, theme }: HeatScene, isBold = false): void {
  context.font = `${isBold ? "600 " : ""}11px ${theme.font}`;
  context.textBaseline = "middle";
}

function paintRowRuler(scene: HeatScene): void {
  const { context, frame, zoom, theme } = scene;
  const { plot, left, top } = frame;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  for (const { index, at } of rulerTicks({
    start: zoom.y,
    cell: zoom.cellHeight,
    count: plot.rows,
    pixels: plot.height,
    label: ROW_LABEL_ROOM,
  })) {
    context.fillText(String(index), left - 8, Math.max(top + 5, top + at));
    context.fillRect(left - TICK - 1, Math.round(top + at), TICK, 1);
  }
}

function paintColumnRuler(scene: HeatScene): void {
  const { context, frame, zoom, theme } = scene;
  const { plot, left, top } = frame;
  const digits = String(Math.max(0, plot.columns - 1)).length;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  for (const { index, at } of rulerTicks({
    start: zoom.x,
    cell: zoom.cellWidth,
    count: plot.columns,
    pixels: plot.width,
    label: digits * DIGIT + LABEL_GAP,
  })) {
    context.fillText(String(index), left + at, top - 12);
    context.fillRect(Math.round(left + at), top - TICK - 1, 1, TICK);
  }
}

/** A bracket beside one block, and its name where it fits. */
function paintRowBlock(scene: HeatScene, { name, start, end }: GateBlock): void {
  const { context, frame, theme } = scene;
  const { top, plot, names } = frame;
  const from = Math.max(top, yOf(scene, start));
  const to = Math.min(top + plot.height, yOf(scene, end));
  if (to - from < 3) return;
  context.fillStyle = theme.muted;
  context.fillRect(names - 5, from + 1.5, 1.5, to - from - 3);
  if (to - from < 13) return;
  context.fillStyle = theme.foreground;
  context.textAlign = "right";
  context.fillText(name, names - 10, (from + to) / 2);
}

function paintColumnBlock(scene: HeatScene, { name, start, end }: GateBlock): void {
  const { context, frame, theme } = scene;
  const { left, plot } = frame;
  const from = Math.max(left, xOf(scene, start));
  const to = Math.min(left + plot.width, xOf(scene, end));
  if (to - from < 3) return;
  context.fillStyle = theme.muted;
  context.fillRect(from + 1.5, 15, to - from - 3, 1.5);
  if (to - from < context.measureText(name).width + 4) return;
  context.fillStyle = theme.foreground;
  context.textAlign = "center";
  context.fillText(name, (from + to) / 2, 7);
}

/** Lines between gate blocks, across the cells. */
function paintBoundaries(scene: HeatScene): void {
  const { context, frame, shown, theme } = scene;
  if (shown === null) return;
  const { left, top, plot } = frame;
  const right = Math.min(left + plot.width, xOf(scene, plot.columns));
  const bottom = Math.min(top + plot.height, yOf(scene, plot.rows));
  for (const { start } of shown.blocks) {
    const isRow = shown.along === "rows";
    const at = Math.round(isRow ? yOf(scene, start) : xOf(scene, start));
    if (start === 0 || at <= (isRow ? top : left) || at >= (isRow ? bottom : right)) continue;
    for (const [colour, thickness] of [
      [theme.background, 3],
      [theme.foreground, 1],
    ] as const) {
      context.fillStyle = colour;
      const offset = (thickness - 1) / 2 + 1;
      if (isRow) context.fillRect(left, at - offset, right - left, thickness);
      else context.fillRect(at - offset, top, thickness, bottom - top);
    }
  }
}

/** Draws rulers and gate blocks around the cells. */
export function paintRulers(scene: HeatScene): void {
  const { shown } = scene;
  setFont(scene);
  const hasRows = scene.state.slice?.rowAxis !== null;
  if (hasRows) paintRowRuler(scene);
  if (scene.state.slice?.columnAxis !== null) paintColumnRuler(scene);
  for (const block of shown?.blocks ?? []) {
    if (shown?.along === "rows") paintRowBlock(scene, block);
    else paintColumnBlock(scene, block);
  }
  paintBoundaries(scene);
}

function paintBadge(scene: HeatScene, label: string, x: number, y: number): void {
  const { context, theme } = scene;
  const width = Math.max(16, context.measureText(label).width + 8);
  context.fillStyle = theme.badge;
  context.beginPath();
  context.roundRect(x - width / 2, y - 8, width, 16, 8);
  context.fill();
  context.fillStyle = theme.badgeText;
  context.textAlign = "center";
  context.fillText(label, x, y + 0.5);
}

function paintFrame(scene: HeatScene, cell: Cell, colour: string, thickness: number): void {
  const { context, zoom, theme } = scene;
  // A cell of a pixel is framed where it lies.
  const width = Math.max(LEAST_FRAME, zoom.cellWidth);
  const height = Math.max(LEAST_FRAME, zoom.cellHeight);
  const x = xOf(scene, cell.column) + (zoom.cellWidth - width) / 2;
  const y = yOf(scene, cell.row) + (zoom.cellHeight - height) / 2;
  context.strokeStyle = theme.background;
  context.lineWidth = thickness + 2;
  context.strokeRect(x - 0.5, y - 0.5, width, height);
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.strokeRect(x - 0.5, y - 0.5, width, height);
}

/** Draws the cursor, and the cell under the pointer. */
export function paintHeatCursor(scene: HeatScene, hover: Cell | null): void {
  const { context, frame, theme, state, zoom } = scene;
  const { left, top, plot } = frame;
  const { row, column } = state.cursor;
  context.save();
  context.beginPath();
  context.rect(left - 2, top - 2, plot.width + 4, plot.height + 4);
  context.clip();
  if (hover !== null) paintFrame(scene, hover, theme.foreground, 1);
  paintFrame(scene, state.cursor, theme.focus, 2);
  context.restore();
  setFont(scene, true);
  const [x, y] = [xOf(scene, column) + zoom.cellWidth / 2, yOf(scene, row) + zoom.cellHeight / 2];
  const hasColumn = state.slice?.columnAxis !== null && x >= left && x <= left + plot.width;
  const hasRow = state.slice?.rowAxis !== null && y >= top && y <= top + plot.height;
  if (hasColumn) paintBadge(scene, String(column), x, top - 12);
  if (hasRow) {
    const width = Math.max(16, context.measureText(String(row)).width + 8);
    paintBadge(scene, String(row), left - 4 - width / 2, y);
  }
}
