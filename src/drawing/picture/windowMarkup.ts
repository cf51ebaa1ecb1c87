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
import {
  DIGIT,
  element,
  fitted,
  group,
  label,
  MONO,
  path,
  rect,
  rgb,
  widthOf,
  type Rect,
} from "./svg";
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
  /** Of tokens, which are whole numbers: their words, as far as a vocabulary names them. */
  readonly words: ReadonlyMap<number, string> | null;
  readonly encodePng: EncodePng;
}

/** A window in a rectangle, which may be a part of a larger one. */
export function windowMarkup(
  data: WindowData,
  at: Rect,
  style: WindowStyle,
  whole: Rect = at,
): string {
  if (data.rows === 0 || data.columns === 0) return "";
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  const isSmall = Math.min(cell.width, cell.height) < CELL_FROM;
  const isImage = isSmall || data.rows * data.columns > MAX_CELLS;
  return [
    isImage ? imageOf(data, { at, whole }, style) : cellsOf(data, at, style),
    style.isDelta
      ? path(outlinePath(data, at, whole), { stroke: style.theme.error, "stroke-width": 1.5 })
      : "",
    marksOf(data, at, style.theme),
    isImage ? "" : numbersOf(data, at, style) + wordsOf(data, at, style),
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

/**
 * An image on the page ends within a pixel, which has the colour of the ground as well: where another one lies beside it,
 * the last column goes on under that.
 */
function imageOf(
  data: WindowData,
  { at, whole }: { readonly at: Rect; readonly whole: Rect },
  { scale, isDelta, encodePng }: WindowStyle,
): string {
  const goesOn = (end: number, wholeEnd: number): number => (end < wholeEnd - 0.01 ? 1 : 0);
  const more = {
    columns: goesOn(at.x + at.width, whole.x + whole.width),
    rows: goesOn(at.y + at.height, whole.y + whole.height),
  };
  const bytes = encodePng(indexedImage(data, scale, { onlyOutside: isDelta, more }));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return element("image", {
    ...at,
    width: at.width * (1 + more.columns / data.columns),
    height: at.height * (1 + more.rows / data.rows),
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

const WORD_SIZE = 12;
const RIM = { "stroke-width": RIM_WIDTH, "stroke-linejoin": "round", "paint-order": "stroke" };

/** A number as its cell has room for it; nothing of a token that has a word. */
function numberText(
  value: number,
  characters: number,
  { isDelta, isUlps, words }: WindowStyle,
): string {
  if (words !== null) return words.has(value) ? "" : String(value);
  return isUlps ? formatUlps(value, characters) : formatCell(value, characters, isDelta);
}

function numbersOf(data: WindowData, at: Rect, style: WindowStyle): string {
  const { isDelta, isExact, words, scale } = style;
  const cell = { width: at.width / data.columns, height: at.height / data.rows };
  const size = Math.min(12, cell.height - 2);
  const characters = Math.floor((cell.width - CELL_PADDING) / (size * DIGIT));
  const isTooNarrow = characters < (words === null ? MIN_CELL_CHARACTERS : 1);
  if (!isExact || cell.height < NUMBER_HEIGHT || isTooNarrow) return "";
  const texts: string[] = [];
  for (let index = 0; index < data.values.length; index++) {
    if (!hasColour(data, index)) continue;
    const value = data.values[index]!;
    const written = numberText(value, characters, style);
    if (written.length > characters) continue;
    const { x, y, width, height } = cellAt(data, at, index);
    const { ink, rim } = inkOfValue(scale, shownValue(data, index, isDelta));
    const around = rim === null ? {} : { stroke: rim, ...RIM };
    texts.push(label(x + width / 2, y + height / 2, written, { fill: ink, ...around }));
  }
  return group({ "font-family": MONO, "font-size": size, "text-anchor": "middle" }, texts);
}

/** Words of tokens: in a narrow cell upwards, where it can be read and one that is cut cannot. */
function wordsOf(data: WindowData, at: Rect, { words, theme, isExact }: WindowStyle): string {
  if (!isExact || words === null || words.size === 0) return "";
  const texts: string[] = [];
  for (let index = 0; index < data.values.length; index++) {
    const word = words.get(data.values[index]!);
    if (word === undefined || data.valid[index] === 0) continue;
    const cell = cellAt(data, at, index);
    if (Math.min(cell.width, cell.height) < WORD_SIZE + 2) continue;
    const isUpright = widthOf(word, WORD_SIZE) > cell.width && cell.height > cell.width;
    const room = (isUpright ? cell.height : cell.width) - CELL_PADDING;
    const [x, y] = [cell.x + cell.width / 2, cell.y + cell.height / 2];
    const turned = isUpright ? { transform: `rotate(-90 ${x} ${y})` } : {};
    texts.push(label(x, y, fitted(word, WORD_SIZE, room), turned));
  }
  return group({ "font-size": WORD_SIZE, "text-anchor": "middle", fill: theme.ink }, texts);
}
