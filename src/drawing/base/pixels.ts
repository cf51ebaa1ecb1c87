/**
 * Cells to pixels, one pixel a cell, as RGBA bytes in row-major order; no DOM.
 */

/** Number of cells. @throws RangeError when a part has another number of them. */
export function countCells(
  what: string,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  parts: readonly { readonly length: number }[],
): number {
  const count = rows * columns;
  const lengths = parts.map(({ length }) => length);
  if (lengths.some((length) => length !== count)) {
    throw new RangeError(`${what} of ${rows} × ${columns} cells has ${lengths.join(", ")}`);
  }
  return count;
}

/**
 * The colours of cells: `offsetOf` is where a cell's colour stands in the table of RGB bytes, negative for a cell
 * without one, which stays transparent.
 */
export function cellPixels(
  count: number,
  table: Uint8ClampedArray,
  offsetOf: (cell: number) => number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(count * 4);
  for (let cell = 0; cell < count; cell++) {
    const offset = offsetOf(cell);
    if (offset < 0) continue;
    const pixel = cell * 4;
    pixels[pixel] = table[offset]!;
    pixels[pixel + 1] = table[offset + 1]!;
    pixels[pixel + 2] = table[offset + 2]!;
    pixels[pixel + 3] = 255;
  }
  return pixels;
}

/** Opaque where `marks` has this value, and transparent elsewhere; null where none has. */
export function maskPixels(marks: Uint8Array, value: 0 | 1): Uint8ClampedArray<ArrayBuffer> | null {
  if (!marks.includes(value)) return null;
  const pixels = new Uint8ClampedArray(marks.length * 4);
  for (let cell = 0; cell < marks.length; cell++) {
    if (marks[cell] === value) pixels[cell * 4 + 3] = 255;
  }
  return pixels;
}
