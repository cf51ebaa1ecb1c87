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

/** Colours of the palette: odd, so that 0 keeps one of its own. */
const COLOURS = 255;
/** Where nothing is drawn: padding, and what is not finite. */
export const TRANSPARENT = 255;

/** With `onlyOutside`, what is inside tolerance has the colour of 0. */
export function indexedImage(
  data: WindowData,
  scale: ColourScale,
  onlyOutside: boolean,
): IndexedImage {
  const { rows, columns, values, valid, outside } = data;
  const pixels = new Uint8Array(rows * columns).fill(TRANSPARENT);
  const last = TABLE_SIZE - 1;
  for (let cell = 0; cell < pixels.length; cell++) {
    const value = values[cell]!;
    if (valid[cell] === 0 || !Number.isFinite(value)) continue;
    const shown = onlyOutside && outside[cell] === 0 ? 0 : value;
    pixels[cell] = Math.round((tableOffset(scale, shown) / 3 / last) * (COLOURS - 1));
  }
  const palette = new Uint8Array(3 * (COLOURS + 1));
  for (let colour = 0; colour < COLOURS; colour++) {
    const from = 3 * Math.round((colour / (COLOURS - 1)) * last);
    palette.set(scale.table.subarray(from, from + 3), 3 * colour);
  }
  return { width: columns, height: rows, pixels, palette };
}
