/**
 * Marks besides colours: hatches, and glyphs for NaN and the infinities.
 */
import { boxOfText, type Rect } from "../../../src/drawing/base/boxes";
import { RIM_WIDTH, type NumberInk } from "../../../src/drawing/base/colourScale";
import { IRREGULAR_GLYPHS, type Irregular } from "../../../src/drawing/base/irregular";
import type { Theme } from "./theme";

export type Context = CanvasRenderingContext2D;

export type { Rect } from "../../../src/drawing/base/boxes";

/** Smallest cell that a word fits into, and that a symbol fits into, in CSS pixels. */
const WORD = { width: 26, height: 13 } as const;
const SYMBOL = 7;
/** A single bad value still shows. */
const SMALLEST_MARK = 3;

export interface Hatch {
  readonly colour: string;
  readonly alpha: number;
  /** Distance between lines, CSS pixels. */
  readonly spacing: number;
}

/** A pattern of diagonal lines in device pixels. */
export function hatchPattern(context: Context, hatch: Hatch, dpr: number): CanvasPattern | null {
  const size = Math.max(4, Math.round(hatch.spacing * dpr));
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const brush = tile.getContext("2d");
  if (brush === null) return null;
  brush.strokeStyle = hatch.colour;
  brush.globalAlpha = hatch.alpha;
  brush.lineWidth = dpr;
  brush.beginPath();
  for (const offset of [-size, 0, size]) {
    brush.moveTo(offset, size);
    brush.lineTo(offset + size, 0);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat");
}

function drawSymbol(context: Context, kind: Irregular, centre: { x: number; y: number }): void {
  const { x, y } = centre;
  const reach = 2.5;
  context.beginPath();
  if (kind === "nan") {
    context.moveTo(x - reach, y - reach);
    context.lineTo(x + reach, y + reach);
    context.moveTo(x - reach, y + reach);
    context.lineTo(x + reach, y - reach);
  } else {
    const tip = kind === "+inf" ? -reach : reach;
    context.moveTo(x - reach, y - tip);
    context.lineTo(x, y + tip);
    context.lineTo(x + reach, y - tip);
  }
  context.stroke();
}

/** Draws NaN or an infinity over its cell: a word, a symbol, or a mark that cannot be missed. */
export function drawIrregular(context: Context, theme: Theme, kind: Irregular, cell: Rect): void {
  const { x, y, width, height } = cell;
  const centre = { x: x + width / 2, y: y + height / 2 };
  if (width < SYMBOL || height < SYMBOL) {
    const wide = Math.max(SMALLEST_MARK, width);
    const high = Math.max(SMALLEST_MARK, height);
    context.fillStyle = theme.background;
    context.fillRect(centre.x - wide / 2 - 1, centre.y - high / 2 - 1, wide + 2, high + 2);
    context.fillStyle = theme.foreground;
    context.fillRect(centre.x - wide / 2, centre.y - high / 2, wide, high);
    return;
  }
  context.fillStyle = theme.background;
  context.fillRect(x, y, width, height);
  context.strokeStyle = theme.foreground;
  context.lineWidth = 1;
  context.strokeRect(x + 1.5, y + 1.5, width - 3, height - 3);
  if (width < WORD.width || height < WORD.height) {
    drawSymbol(context, kind, centre);
    return;
  }
  context.fillStyle = theme.foreground;
  context.font = `bold ${Math.min(12, height - 3)}px ${theme.monoFont}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(IRREGULAR_GLYPHS[kind], centre.x, centre.y + 0.5);
}

/** Writes a text that is vertically centred at `y`, and tells where it lies. */
export function writeText(context: Context, text: string, x: number, y: number): Rect {
  context.textBaseline = "middle";
  context.fillText(text, x, y);
  return boxOfText(context.measureText(text), x, y);
}

/** Writes the first of some texts that `width` has room for, the longest of which come first; nothing where none has. */
export function writeFitting(
  context: Context,
  texts: readonly string[],
  { x, y, width }: Pick<Rect, "x" | "y" | "width">,
): Rect[] {
  const fitting = texts.find((each) => context.measureText(each).width <= width);
  return fitting === undefined ? [] : [writeText(context, fitting, x, y)];
}

/** Writes a number into a cell, its rim first. */
export function drawNumber(
  context: Context,
  written: string,
  { x, y }: { readonly x: number; readonly y: number },
  { ink, rim }: NumberInk,
): void {
  if (rim !== null) {
    context.strokeStyle = rim;
    context.lineWidth = RIM_WIDTH;
    context.lineJoin = "round";
    context.strokeText(written, x, y);
  }
  context.fillStyle = ink;
  context.fillText(written, x, y);
}
