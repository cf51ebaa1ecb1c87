/**
 * A window of values as markup: colours, padding, what is outside tolerance, numbers, and values off the scale.
 */
import type { WindowData } from "../../protocol/run/windowMessages";
import { CELL_PADDING, GRID_FROM, NUMBER_HEIGHT } from "../base/cellSizes";
import { colourOf, inkOfValue, RIM_WIDTH, type ColourScale } from "../base/colourScale";
import { IRREGULAR_GLYPHS } from "../base/irregular";
import { formatCell, formatUlps, MIN_CELL_CHARACTERS } from "../base/numbers";
import { outlinePath } from "../base/paths";
import { irregularCells } from "../base/rasterize";
import { indexedImage, type EncodePng } from "./image";
import { DIGIT, element, group, label, MONO, path, rect, rgb, type Rect } from "./svg";
import type { PictureTheme } from "./theme";

/** Cells smaller than this are an image; so are windows of many cells. */
const CELL_FROM = 4;
const MAX_CELLS = 3_000;
/** More marks of values off the scale are no longer told apart. */
const MAX_MARKS = 500;

export interface WindowStyle {
  readonly scale: ColourScale;
  readonly theme: PictureTheme;
  /** True for Δ, where only what is outside tolerance has colour, and is framed. */
  readonly isDelta: boolean;
  /** True for Δ in units in the last place. */
  readonly isUlps: boolean;
  /** True where a cell is one element, so that its number may be printed. */
  readonly isExact: boolean;
  /** Whole numbers, which have no decimals to print. */
  readonly isWhole: boolean;
  readonly encodePng: EncodePng;
}

/** A window in a rectangle. */
export function windowMarkup(data: WindowData, at: Rect, style: WindowStyle): string {
  if (data.rows === 0 || data.columns === 0) return "";
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  const isSmall = Math.min(cell.width, cell.height) < CELL_FROM;
  const isImage = isSmall || data.rows * data.columns > MAX_CELLS;
  return [
    isImage ? imageOf(data, at, style) : cellsOf(data, at, style),
    style.isDelta
      ? path(outlinePath(data, at), { stroke: style.theme.error, "stroke-width": 1.5 })
      : "",
    marksOf(data, at, style.theme),
    isImage ? "" : numbersOf(data, at, style),
  ].join("");
}

function cellAt(data: WindowData, at: Rect, index: number): Rect {
  const width = at.width / data.columns;
  const height = at.height / data.rows;
  const column = index % data.columns;
  const row = Math.floor(index / data.columns);
  const [gapX, gapY] = [width, height].map((length) => (length >= GRID_FROM ? 1 : 0));
  return {
    x: at.x + column * width,
    y: at.y + row * height,
    width: width - (gapX ?? 0),
    height: height - (gapY ?? 0),
  };
}

/** The value whose colour a cell has; in a difference, what agrees is quiet. */
function shownValue({ values, outside }: WindowData, index: number, isDelta: boolean): number {
  return isDelta && outside[index] === 0 ? 0 : values[index]!;
}

function hasColour({ values, valid }: WindowData, index: number): boolean {
  return valid[index] !== 0 && Number.isFinite(values[index]);
}

function cellsOf(data: WindowData, at: Rect, { scale, isDelta }: WindowStyle): string {
  const cells: string[] = [];
  for (let index = 0; index < data.values.length; index++) {
    if (!hasColour(data, index)) continue;
    const colour = colourOf(scale, shownValue(data, index, isDelta));
    cells.push(rect(cellAt(data, at, index), { fill: rgb(colour) }));
  }
  return group({ "shape-rendering": "crispEdges" }, cells);
}

function imageOf(data: WindowData, at: Rect, { scale, isDelta, encodePng }: WindowStyle): string {
  const bytes = encodePng(indexedImage(data, scale, isDelta));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return element("image", {
    ...at,
    preserveAspectRatio: "none",
    "image-rendering": "pixelated",
    href: `data:image/png;base64,${btoa(binary)}`,
  });
}

/** Values that have no place on the scale: a box in ink, with their sign where there is room. */
function marksOf(data: WindowData, at: Rect, theme: PictureTheme): string {
  const marks = irregularCells(data).slice(0, MAX_MARKS);
  return marks
    .map(({ kind, row, column }) => {
      const cell = cellAt(data, at, row * data.columns + column);
      const box = { ...cell, width: Math.max(3, cell.width), height: Math.max(3, cell.height) };
      const size = Math.min(11, box.height - 3, box.width / 2);
      const glyph = IRREGULAR_GLYPHS[kind];
      const x = box.x + box.width / 2;
      const written = { "font-size": size, "text-anchor": "middle", fill: theme.background };
      return (
        rect(box, { fill: theme.ink }) +
        (size < 6 ? "" : label(x, box.y + box.height / 2, glyph, written))
      );
    })
    .join("");
}

const RIM = { "stroke-width": RIM_WIDTH, "stroke-linejoin": "round", "paint-order": "stroke" };

function numbersOf(data: WindowData, at: Rect, style: WindowStyle): string {
  const { isDelta, isExact, isWhole, isUlps, scale } = style;
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  const size = Math.min(12, cell.height - 2);
  const characters = Math.floor((cell.width - CELL_PADDING) / (size * DIGIT));
  const isTooNarrow = characters < (isWhole ? 1 : MIN_CELL_CHARACTERS);
  if (!isExact || cell.height < NUMBER_HEIGHT || isTooNarrow) return "";
  const texts: string[] = [];
  for (let index = 0; index < data.values.length; index++) {
    if (!hasColour(data, index)) continue;
    const value = data.values[index]!;
    const exact = isUlps ? formatUlps(value, characters) : formatCell(value, characters, isDelta);
    const written = isWhole ? String(value) : exact;
    if (written.length > characters) continue;
    const { x, y, width, height } = cellAt(data, at, index);
    const { ink, rim } = inkOfValue(scale, shownValue(data, index, isDelta));
    const around = rim === null ? {} : { stroke: rim, ...RIM };
    texts.push(label(x + width / 2, y + height / 2, written, { fill: ink, ...around }));
  }
  return group({ "font-family": MONO, "font-size": size, "text-anchor": "middle" }, texts);
}
