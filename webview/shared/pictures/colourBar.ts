/**
 * A colour scale as a bar.
 */
import { TABLE_SIZE } from "../../../src/drawing/base/colourScale";

/** Paints `table`, RGB triples in its order, on a canvas. */
export function paintColourBar(
  canvas: Element | undefined,
  table: Uint8Array | Uint8ClampedArray,
): void {
  if (!(canvas instanceof HTMLCanvasElement)) return;
  canvas.width = TABLE_SIZE;
  canvas.height = 1;
  const image = new ImageData(TABLE_SIZE, 1);
  for (let index = 0; index < TABLE_SIZE; index++) {
    image.data.set(table.subarray(index * 3, index * 3 + 3), index * 4);
    image.data[index * 4 + 3] = 255;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
