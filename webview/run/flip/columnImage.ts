/**
 * A column of small cells as an image.
 */
import { Lru } from "../../../src/core/lru";
import type { Rgb } from "../../../src/drawing/base/colourScale";

/** Columns of a few pictures. */
const MOST_KEPT = 4_000;
const urls = new Lru<string, string>(MOST_KEPT, () => 1);
/** What is not finite has no colour of the scale. */
const IRREGULAR: Rgb = [255, 0, 255];

/** The address of an image of one pixel a cell, top to bottom; `null` where a value is still to come. */
export function columnImage(cells: readonly (Rgb | "irregular" | null)[]): string {
  const key = cells.join(";");
  const known = urls.get(key);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = Math.max(1, cells.length);
  const image = new ImageData(1, canvas.height);
  cells.forEach((cell, row) => {
    if (cell === null) return;
    image.data.set([...(cell === "irregular" ? IRREGULAR : cell), 255], 4 * row);
  });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  const url = canvas.toDataURL();
  urls.set(key, url);
  return url;
}
