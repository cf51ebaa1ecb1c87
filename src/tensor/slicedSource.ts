/**
 * A slice of a tensor as a tensor of its own: a matrix, a vector or a scalar.
 */
import { byteWidth } from "./dtype";
import type { RawValues } from "./raw";
import { isTurned, sliceExtent, turnedSlice, turnedWindow, windowBox, type Slice } from "./slice";
import type { TensorSource } from "./source";

/** Rows and columns of a slice, those that it has; complex numbers keep both parts. */
export function slicedSource(source: TensorSource, slice: Slice): TensorSource {
  const { rows, columns } = sliceExtent(source.shape, slice);
  const axes = [slice.rowAxis, slice.columnAxis].filter((axis) => axis !== null);
  const hasRows = slice.rowAxis !== null;
  const shape = axes.map((axis) => (axis === slice.rowAxis ? rows : columns));
  return {
    ...source,
    shape,
    readBox: async ({ start, size }) => {
      const [rowStart = 0, columnStart = 0] = hasRows ? start : [0, start[0]];
      const [height = 1, width = 1] = hasRows ? size : [1, size[0]];
      const window = {
        rowStart,
        rowEnd: rowStart + height,
        columnStart,
        columnEnd: columnStart + width,
      };
      const turned = isTurned(slice);
      const box = turned
        ? windowBox(source.name, source.shape, turnedSlice(slice), turnedWindow(window))
        : windowBox(source.name, source.shape, slice, window);
      const raw = await source.readBox(box);
      return { ...(turned ? turnedRaw(raw, width, height) : raw), shape: size };
    },
  };
}

/** Rows and columns exchanged. */
function turnedRaw(raw: RawValues, rows: number, columns: number): RawValues {
  const width = byteWidth(raw.dtype);
  const bytes = new Uint8Array(raw.bytes.length);
  for (let row = 0, from = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, from += width) {
      const to = (column * rows + row) * width;
      for (let byte = 0; byte < width; byte += 1) bytes[to + byte] = raw.bytes[from + byte]!;
    }
  }
  return { ...raw, bytes };
}
