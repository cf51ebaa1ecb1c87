/**
 * A window as an image with a palette: a byte for each cell. No DOM.
 */
import type { WindowData } from "../../protocol/run/windowMessages";
import { TABLE_SIZE, tableOffset, type ColourScale } from "../base/colourScale";

/** An image whose pixels are places in a palette; the last place is transparent. */
export interface IndexedImage {
  readonly width: number;
  readonly height: number;
  /** Row-major, a byte a pixel. */
  readonly pixels: Uint8Array;
  /** 256 × 3 bytes. */
  readonly palette: Uint8Array;
}

/** The bytes of a PNG file. */
export type EncodePng = (image: IndexedImage) => Uint8Array;

/** Colours of the scale: odd, so that 0 keeps one of its own. Behind them those of what lies beyond its ends. */
const COLOURS = 253;
/** Where nothing is drawn: padding, and what is not finite. */
export const TRANSPARENT = 255;

export interface ImageOptions {
  /** True where what is inside tolerance has the colour of 0. */
  readonly onlyOutside: boolean;
  /** How many times more the last column and the last row are drawn: under the image that lies beside it. */
  readonly more: { readonly columns: number; readonly rows: number };
}

export function indexedImage(
  data: WindowData,
  scale: ColourScale,
  { onlyOutside, more }: ImageOptions,
): IndexedImage {
  const { rows, columns, values, valid, outside } = data;
  const [width, height] = [columns + more.columns, rows + more.rows];
  const pixels = new Uint8Array(width * height).fill(TRANSPARENT);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    const row = Math.min(Math.floor(pixel / width), rows - 1);
    const cell = row * columns + Math.min(pixel % width, columns - 1);
    const value = values[cell]!;
    if (valid[cell] === 0 || !Number.isFinite(value)) continue;
    const shown = onlyOutside && outside[cell] === 0 ? 0 : value;
    pixels[pixel] = placeOf(tableOffset(scale, shown) / 3);
  }
  return { width, height, pixels, palette: paletteOf(scale) };
}

/** The place in the palette of a place in the table of the scale. */
function placeOf(index: number): number {
  if (index >= TABLE_SIZE) return COLOURS + index - TABLE_SIZE;
  return Math.round((index / (TABLE_SIZE - 1)) * (COLOURS - 1));
}

function paletteOf({ table }: ColourScale): Uint8Array {
  const palette = new Uint8Array(3 * (TRANSPARENT + 1));
  for (let colour = 0; colour < COLOURS; colour++) {
    const from = 3 * Math.round((colour / (COLOURS - 1)) * (TABLE_SIZE - 1));
    palette.set(table.subarray(from, from + 3), 3 * colour);
  }
  palette.set(table.subarray(3 * TABLE_SIZE, 3 * (TABLE_SIZE + 2)), 3 * COLOURS);
  return palette;
}
