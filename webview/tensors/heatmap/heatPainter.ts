/**
 * Paints the visible cells of the heatmap: colours, grid, numbers, marks.
 */
import { TILE_NAN, TILE_POSITIVE_INFINITY } from "../../../src/protocol/archive/messages";
import { drawIrregular, drawNumber, type Rect } from "../../shared/pictures/marks";
import type { Irregular } from "../../../src/drawing/base/irregular";
import { inkAt, placer } from "../../../src/drawing/tensors/colourMap";
import { cellNumber } from "../../../src/drawing/tensors/quantities";
import { blocksOf } from "../../../src/drawing/tensors/tilePlan";
import { visibleWindow } from "../../../src/drawing/tensors/viewport";
import { paintProfile } from "./profilePainter";
import { NUMBER_HEIGHT } from "./heatData";
import { heatImage, type PlacedTile } from "./heatImages";
import { xOf, yOf, type HeatScene } from "./heatScene";

/** Cells of at least this size are separated by a line of background. */
const GRID_FROM = 6;
/** A mark is never smaller, so that one bad value shows at every zoom. */
const SMALLEST_MARK = 13;
const CELL_PADDING = 6;

function tileRect(scene: HeatScene, { request }: PlacedTile): Rect {
  const { rowStart, rowEnd, columnStart, columnEnd } = request;
  const [x, y] = [xOf(scene, columnStart), yOf(scene, rowStart)];
  return { x, y, width: xOf(scene, columnEnd) - x, height: yOf(scene, rowEnd) - y };
}

function clipToPlot({ context, frame }: HeatScene): void {
  const { left, top, plot } = frame;
  context.beginPath();
  context.rect(left, top, plot.width, plot.height);
  context.clip();
}

function paintColours(scene: HeatScene, placed: PlacedTile): void {
  const { context, images, map } = scene;
  const { x, y, width, height } = tileRect(scene, placed);
  context.drawImage(heatImage(images, placed.tile, map).colours, x, y, width, height);
}

/** Lines of background between the cells. */
function paintGrid(scene: HeatScene): void {
  const { context, frame, zoom, theme } = scene;
  const { rowStart, rowEnd, columnStart, columnEnd } = visibleWindow(frame.plot, zoom);
  const [right, bottom] = [xOf(scene, columnEnd), yOf(scene, rowEnd)];
  context.fillStyle = theme.background;
  if (zoom.cellWidth >= GRID_FROM) {
    for (let column = columnStart + 1; column <= columnEnd; column++) {
      context.fillRect(Math.round(xOf(scene, column)) - 1, frame.top, 1, bottom - frame.top);
    }
  }
  if (zoom.cellHeight >= GRID_FROM) {
    for (let row = rowStart + 1; row <= rowEnd; row++) {
      context.fillRect(frame.left, Math.round(yOf(scene, row)) - 1, right - frame.left, 1);
    }
  }
}

function kindOf(flags: number): Irregular {
  if ((flags & TILE_NAN) !== 0) return "nan";
  return (flags & TILE_POSITIVE_INFINITY) !== 0 ? "+inf" : "-inf";
}

/** Enlarges a cell around its middle to a visible size. */
function markRect({ x, y, width, height }: Rect): Rect {
  const [wide, high] = [Math.max(SMALLEST_MARK, width), Math.max(SMALLEST_MARK, height)];
  return { x: x + (width - wide) / 2, y: y + (height - high) / 2, width: wide, height: high };
}

/** Marks of cells that are large enough for one each. */
function paintLargeMarks(scene: HeatScene, placed: PlacedTile): void {
  const { rows, columns } = placed.tile;
  const { flags } = placed.tile;
  forVisible(scene, placed, (row, column) => {
    const here = flags[row * columns + column] ?? 0;
    if (here === 0) return;
    const at = tileRect(scene, placed);
    const [width, height] = [at.width / columns, at.height / rows];
    const cell = { x: at.x + column * width, y: at.y + row * height };
    drawIrregular(scene.context, scene.theme, kindOf(here), {
      ...cell,
      width: width - 1,
      height: height - 1,
    });
  });
}

/** Marks of small cells: one where several would lie on each other. */
function paintSmallMarks(scene: HeatScene, placed: PlacedTile, taken: Set<number>): void {
  const { context, theme, images, map, width, height } = scene;
  const { tile } = placed;
  const at = tileRect(scene, placed);
  const [cellWidth, cellHeight] = [at.width / tile.columns, at.height / tile.rows];
  for (const { row, column, flags } of heatImage(images, tile, map).flagged) {
    const [x, y] = [at.x + column * cellWidth, at.y + row * cellHeight];
    if (x < -cellWidth || y < -cellHeight || x > width || y > height) continue;
    const rect = markRect({ x, y, width: cellWidth, height: cellHeight });
    const bin = Math.round(y / SMALLEST_MARK) * 10_000 + Math.round(x / SMALLEST_MARK);
    if (taken.has(bin)) continue;
    taken.add(bin);
    // Clear of its neighbours, which may have any colour.
    context.fillStyle = theme.background;
    context.fillRect(rect.x - 1.5, rect.y - 1.5, rect.width + 3, rect.height + 3);
    drawIrregular(context, theme, kindOf(flags), rect);
  }
}

/** Calls `visit` for each cell of a tile that is on screen. */
function forVisible(
  scene: HeatScene,
  placed: PlacedTile,
  visit: (row: number, column: number) => void,
): void {
  const { frame } = scene;
  const { tile } = placed;
  const at = tileRect(scene, placed);
  const [cellWidth, cellHeight] = [at.width / tile.columns, at.height / tile.rows];
  const range = (start: number, cell: number, from: number, pixels: number): [number, number] => [
    Math.max(0, Math.floor((from - start) / cell)),
    Math.ceil((from + pixels - start) / cell),
  ];
  const [firstRow, endRow] = range(at.y, cellHeight, frame.top, frame.plot.height);
  const [firstColumn, endColumn] = range(at.x, cellWidth, frame.left, frame.plot.width);
  for (let row = firstRow; row < Math.min(tile.rows, endRow); row++) {
    for (let column = firstColumn; column < Math.min(tile.columns, endColumn); column++) {
      visit(row, column);
    }
  }
}

function paintNumbers(scene: HeatScene, placed: PlacedTile): void {
  const { context, map, state, theme, zoom } = scene;
  const { tile } = placed;
  const dtype = state.info?.dtype ?? "float32";
  context.font = `${Math.min(12, zoom.cellHeight - 3)}px ${theme.monoFont}`;
  const characters = Math.floor((zoom.cellWidth - CELL_PADDING) / context.measureText("0").width);
  if (zoom.cellHeight < NUMBER_HEIGHT || characters < 1) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const placeOf = placer(map);
  const at = tileRect(scene, placed);
  const { rowStart, columnStart } = placed.request;
  forVisible(scene, placed, (row, column) => {
    const index = row * tile.columns + column;
    const value = tile.values[index] ?? NaN;
    if (!Number.isFinite(value) || tile.flags[index] !== 0) return;
    const written = cellNumber(
      value,
      dtype,
      characters,
      scene.data.exactAt(rowStart + row, columnStart + column),
    );
    if (written === null) return;
    const x = at.x + (column + 0.5) * zoom.cellWidth - 0.5;
    const y = at.y + (row + 0.5) * zoom.cellHeight + 0.5;
    drawNumber(context, written, { x, y }, inkAt(map, placeOf(value)));
  });
}

function paintMarks(scene: HeatScene, tiles: readonly PlacedTile[]): void {
  const taken = new Set<number>();
  for (const placed of tiles) {
    const at = tileRect(scene, placed);
    const cell = Math.min(at.width / placed.tile.columns, at.height / placed.tile.rows);
    if (cell >= SMALLEST_MARK) paintLargeMarks(scene, placed);
    else paintSmallMarks(scene, placed, taken);
  }
}

function outline({ context, theme, frame, zoom }: HeatScene): void {
  const { left, top, plot } = frame;
  const width = Math.min(plot.width, (plot.columns - zoom.x) * zoom.cellWidth);
  const height = Math.min(plot.height, (plot.rows - zoom.y) * zoom.cellHeight);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
}

/** Draws all cells, with the values that are here. */
export function paintHeat(scene: HeatScene): void {
  const { context, frame, zoom, theme } = scene;
  const { tiles, still } = scene.data;
  context.save();
  clipToPlot(scene);
  context.imageSmoothingEnabled = false;
  context.fillStyle = theme.quiet;
  const width = (frame.plot.columns - zoom.x) * zoom.cellWidth;
  const height = (frame.plot.rows - zoom.y) * zoom.cellHeight;
  context.fillRect(frame.left, frame.top, width, height);
  for (const placed of [...still, ...tiles]) paintColours(scene, placed);
  paintGrid(scene);
  paintMarks(scene, tiles.length > 0 ? tiles : still);
  const { rows, columns } = blocksOf(zoom, scene.dpr);
  if (rows === 1 && columns === 1) for (const placed of tiles) paintNumbers(scene, placed);
  context.restore();
  if (theme.isHighContrast) outline(scene);
  paintProfile(scene, tiles.length > 0 ? tiles : still);
}
