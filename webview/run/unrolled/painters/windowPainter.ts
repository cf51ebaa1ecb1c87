/**
 * Paints one window of values into a rectangle: colours, grid, hatches, frames, numbers.
 */
import type { WindowData } from "../../../../src/protocol/run/windowMessages";
import {
  CELL_PADDING,
  FRAME_FROM,
  GRID_FROM,
  NUMBER_HEIGHT,
} from "../../../../src/drawing/base/cellSizes";
import {
  colourOf,
  inkOfValue,
  themeInkOn,
  type ColourScale,
} from "../../../../src/drawing/base/colourScale";
import { formatCell, formatUlps, MIN_CELL_CHARACTERS } from "../../../../src/drawing/base/numbers";
import { edgeLines } from "../../../../src/drawing/base/paths";
import { markGrid } from "../../../../src/drawing/base/rasterize";
import {
  drawIrregular,
  drawNumber,
  hatchPattern,
  type Hatch,
  type Rect,
} from "../../../shared/pictures/marks";
import type { Scene } from "./scene";
import { outsideMark } from "../../../../src/drawing/base/outsideShare";
import { tileImage, type TileImage } from "./tileImages";

export interface WindowStyle {
  readonly scale: ColourScale;
  /** True for Δ, where only values outside tolerance are coloured, framed and hatched. */
  readonly isDelta: boolean;
  /** True for Δ in units in the last place. */
  readonly isUlps?: boolean;
  /** True where a cell is one element, so that its number may be printed. */
  readonly isExact: boolean;
  /** Whole numbers, which have no decimals to print. */
  readonly isWhole?: boolean;
  /** True where what agrees steps back: beside the reference, in a lane that differs somewhere. */
  readonly isVeiled?: boolean;
  /** Values of another zoom, stretched until the right ones are here. */
  readonly isStale?: boolean;
  /** The part of the canvas that may be drawn to. */
  readonly clip: Rect;
}

function drawGrid(scene: Scene, data: WindowData, at: Rect, clip: Rect): void {
  const { context, theme } = scene;
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  context.fillStyle = theme.background;
  if (cell.width >= GRID_FROM) {
    for (let column = 1; column <= data.columns; column++) {
      context.fillRect(Math.round(at.x + column * cell.width) - 1, clip.y - 1, 1, clip.height + 2);
    }
  }
  if (cell.height >= GRID_FROM) {
    for (let row = 1; row < data.rows; row++) {
      context.fillRect(at.x, Math.round(at.y + row * cell.height) - 1, at.width, 1);
    }
  }
}

/** Fills the cells of a mask with a hatch, or all others with a colour, at screen resolution, where the content is scrolled to. */
function drawMasked(
  scene: Scene,
  mask: HTMLCanvasElement,
  fill: Hatch | { readonly others: string },
  { at, clip }: { at: Rect; clip: Rect },
): void {
  const { context, dpr, scratch, scrollTop } = scene;
  const brush = scratch.getContext("2d");
  const x = Math.floor(clip.x * dpr);
  const y = Math.floor((clip.y - scrollTop) * dpr);
  const width = Math.ceil(clip.width * dpr) + 1;
  const height = Math.ceil(clip.height * dpr) + 1;
  if (brush === null || width <= 1 || height <= 1) return;
  const isOthers = "others" in fill;
  const style = isOthers ? fill.others : hatchPattern(brush, fill, dpr);
  if (style === null) return;
  brush.save();
  brush.imageSmoothingEnabled = false;
  brush.clearRect(x, y, width, height);
  const top = (at.y - scrollTop) * dpr;
  const cells = [at.x * dpr, top, at.width * dpr, at.height * dpr] as const;
  brush.drawImage(mask, ...cells);
  brush.globalCompositeOperation = isOthers ? "source-out" : "source-in";
  brush.fillStyle = style;
  brush.fillRect(...cells);
  brush.restore();
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(scratch, x, y, width, height, x, y, width, height);
  context.restore();
}

/** Frames what is outside tolerance, and nothing else: cells, or groups of cells that are too small for a frame. */
function drawFrames(
  scene: Scene,
  data: WindowData,
  image: TileImage,
  { at, clip }: { at: Rect; clip: Rect },
): void {
  const { context, theme } = scene;
  const grid = markGrid(data, at, FRAME_FROM);
  context.strokeStyle = theme.error;
  context.lineWidth = theme.isHighContrast ? 2 : 1.5;
  context.beginPath();
  for (const [from, to] of edgeLines(image.edges(grid), grid, at, clip)) {
    context.moveTo(...from);
    context.lineTo(...to);
  }
  context.stroke();
}

/** How numbers are printed in cells with room for so many characters; null where none fits. */
function cellLabel(
  { isDelta, isUlps = false, isWhole = false }: WindowStyle,
  characters: number,
): ((value: number) => string) | null {
  if (!isWhole) {
    if (characters < MIN_CELL_CHARACTERS) return null;
    return (value) =>
      isUlps ? formatUlps(value, characters) : formatCell(value, characters, isDelta);
  }
  if (characters < 1) return null;
  return (value) => (String(value).length <= characters ? String(value) : "");
}

function drawNumbers(scene: Scene, data: WindowData, at: Rect, style: WindowStyle): void {
  const { context, theme } = scene;
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  const size = Math.min(12, cell.height - 2);
  context.font = `${size}px ${theme.monoFont}`;
  const characterWidth = context.measureText("0").width;
  const characters = Math.floor((cell.width - CELL_PADDING) / characterWidth);
  const labelOf = cellLabel(style, characters);
  if (cell.height < NUMBER_HEIGHT || labelOf === null) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const { clip, isDelta, scale } = style;
  const firstColumn = Math.max(0, Math.floor((clip.x - at.x) / cell.width));
  const lastColumn = Math.min(data.columns, Math.ceil((clip.x + clip.width - at.x) / cell.width));
  const firstRow = Math.max(0, Math.floor((clip.y - at.y) / cell.height));
  const lastRow = Math.min(data.rows, Math.ceil((clip.y + clip.height - at.y) / cell.height));
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const index = row * data.columns + column;
      const value = data.values[index] ?? NaN;
      if (data.valid[index] === 0 || !Number.isFinite(value)) continue;
      const isQuiet = isDelta && data.outside[index] === 0;
      const ink = isQuiet
        ? { ink: themeInkOn(colourOf(scale, 0), theme.muted), rim: null }
        : inkOfValue(scale, value);
      const x = at.x + (column + 0.5) * cell.width;
      const y = at.y + (row + 0.5) * cell.height + 0.5;
      drawNumber(context, labelOf(value), { x, y }, ink);
    }
  }
}

function drawGlyphs(scene: Scene, data: WindowData, image: TileImage, at: Rect): void {
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  const gap = Math.min(cell.width, cell.height) >= GRID_FROM ? 1 : 0;
  for (const { kind, row, column } of image.irregular) {
    drawIrregular(scene.context, scene.theme, kind, {
      x: at.x + column * cell.width,
      y: at.y + row * cell.height,
      width: cell.width - gap,
      height: cell.height - gap,
    });
  }
}

/** Puts a veil over all that is not outside tolerance. */
function drawVeil(scene: Scene, { outside }: TileImage, place: { at: Rect; clip: Rect }): void {
  const { context, theme } = scene;
  const { x, y, width, height } = place.at;
  context.fillStyle = theme.veil;
  if (outside === null) context.fillRect(x, y, width, height);
  else drawMasked(scene, outside, { others: theme.veil }, place);
}

/** Draws a window; the context is clipped to `style.clip` by the caller. */
export function paintWindow(scene: Scene, data: WindowData, at: Rect, style: WindowStyle): void {
  const { context, images, theme } = scene;
  const { scale, isDelta, clip } = style;
  const image = tileImage(images, data, scale, isDelta);
  context.imageSmoothingEnabled = false;
  context.drawImage(image.colours, at.x, at.y, at.width, at.height);
  if (style.isStale !== true) drawGrid(scene, data, at, clip);
  const place = { at, clip };
  if (image.padding !== null) {
    drawMasked(scene, image.padding, { colour: theme.muted, alpha: 0.5, spacing: 8 }, place);
  }
  const hasNumbers = style.isExact && at.height / data.rows >= NUMBER_HEIGHT;
  if (isDelta && image.outside !== null) {
    const alpha = theme.isHighContrast ? 0.5 : 0.22;
    if (outsideMark(data) === "hatched") {
      drawMasked(scene, image.outside, { colour: theme.foreground, alpha, spacing: 10 }, place);
    }
    drawFrames(scene, data, image, place);
  }
  drawGlyphs(scene, data, image, at);
  if (hasNumbers) drawNumbers(scene, data, at, style);
  if (style.isVeiled === true) drawVeil(scene, image, place);
}
