/**
 * A two-dimensional slice of a tensor: its two axes, and the box behind a window of it.
 */
import { NotFoundError } from "../core/errors";
import { text } from "../core/text";
import type { Box } from "./raw";
import { formatShape, type Shape } from "./tensor";

/** The part of a complex number that is drawn. Real numbers have `real` only. */
export type ComplexPart = "real" | "imaginary" | "magnitude" | "phase";

/** Two axes of a tensor laid out as rows and columns, the others held at an index. */
export interface Slice {
  /** null: one row (a vector or scalar). */
  readonly rowAxis: number | null;
  /** null: one column. */
  readonly columnAxis: number | null;
  /** One index an axis; the entries of the row and column axes are ignored. */
  readonly index: readonly number[];
  readonly part: ComplexPart;
}

/** Half-open ranges of rows and columns of a slice. */
export interface Window {
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
}

/** Bits of `Tile.flags`: the kinds of non-finite values in a block. */
export const TILE_NAN = 1;
export const TILE_POSITIVE_INFINITY = 2;
export const TILE_NEGATIVE_INFINITY = 4;

/** Percentiles that statistics give. */
export const PERCENTILES = [0.1, 1, 5, 25, 50, 75, 95, 99, 99.9] as const;

/** Rows and columns of a slice: the sizes of its axes, 1 where it has none. */
export function sliceExtent(shape: Shape, slice: Slice): { rows: number; columns: number } {
  const sizeOf = (axis: number | null): number => (axis === null ? 1 : (shape[axis] ?? 0));
  return { rows: sizeOf(slice.rowAxis), columns: sizeOf(slice.columnAxis) };
}

/** All rows and columns of a slice. */
export function wholeWindow(shape: Shape, slice: Slice): Window {
  const { rows, columns } = sliceExtent(shape, slice);
  return { rowStart: 0, rowEnd: rows, columnStart: 0, columnEnd: columns };
}

/** True when the column axis comes before the row axis in memory, so that the window's row-major box is transposed. */
export function isTurned({ rowAxis, columnAxis }: Slice): boolean {
  return rowAxis !== null && columnAxis !== null && rowAxis > columnAxis;
}

/** The same elements with rows and columns exchanged. */
export function turnedSlice(slice: Slice): Slice {
  return { ...slice, rowAxis: slice.columnAxis, columnAxis: slice.rowAxis };
}

/** The same elements as a window of the transposed slice. */
export function turnedWindow(window: Window): Window {
  return {
    rowStart: window.columnStart,
    rowEnd: window.columnEnd,
    columnStart: window.rowStart,
    columnEnd: window.rowEnd,
  };
}

/**
 * The box of a window of a slice of the tensor `name`.
 * @throws NotFoundError when the tensor has no such axes, index or window.
 */
export function windowBox(name: string, shape: Shape, slice: Slice, window: Window): Box {
  const { rowAxis, columnAxis, index } = slice;
  const start = shape.map((_, axis) => index[axis] ?? -1);
  const size = shape.map(() => 1);
  if (rowAxis !== null && rowAxis === columnAxis) throw missingPart(name, shape, slice);
  const ranges = [
    [rowAxis, window.rowStart, window.rowEnd],
    [columnAxis, window.columnStart, window.columnEnd],
  ] as const;
  for (const [axis, from, to] of ranges) {
    const extent = axis === null ? 1 : shape[axis];
    if (extent === undefined || !isRange(from, to, extent)) throw missingPart(name, shape, slice);
    if (axis === null) continue;
    start[axis] = from;
    size[axis] = to - from;
  }
  const isInside = start.every((at, axis) => isRange(at, at + size[axis]!, shape[axis]!));
  if (!isInside || index.length !== shape.length) throw missingPart(name, shape, slice);
  return { start, size };
}

function isRange(from: number, to: number, extent: number): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= extent;
}

function missingPart(name: string, shape: Shape, { index }: Slice): NotFoundError {
  return new NotFoundError(
    name,
    text(
      "a tensor of shape {0} has no such part, index {1}",
      formatShape(shape),
      formatShape(index),
    ),
  );
}
