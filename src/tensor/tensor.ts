/**
 * Shapes, entries and tensors: what every reader returns and every computation takes.
 */
import { ShapeError } from "../core/errors";
import type { Text } from "../core/text";
import type { DType } from "./dtype";

/** Sizes of the axes, outermost first. `[]` is a scalar. */
export type Shape = readonly number[];

/** A named tensor in an archive, not read yet. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Bytes of the values as stored: element count × byte width. */
  readonly byteLength: number;
  /** Only of an entry that no file holds as it is: what it was made of. */
  readonly origin?: TensorOrigin;
}

/** How a tensor in our layout came from a file that has another one, such as a kernel of Keras. */
export interface TensorOrigin {
  /** Names of the entries it was made from. */
  readonly from: readonly string[];
  /** What was done, e.g. "transposed, gates i o f c → i f g o". */
  readonly how: Text;
}

/** A tensor in memory: row-major and contiguous, decoded to numbers. */
export interface Tensor {
  /** The dtype it was stored in. */
  readonly dtype: DType;
  readonly shape: Shape;
  /** Floats of 32 bits and fewer arrive as Float32Array (exact), everything else as Float64Array. */
  readonly data: Float32Array | Float64Array;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  // The sizes in a hostile file may multiply to Infinity, and Infinity times zero is NaN.
  return shape.includes(0) ? 0 : shape.reduce((count, size) => count * size, 1);
}

/** The index in a row-major shape of its element number `position`. */
export function indexAt(position: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = position;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

/** True when both shapes have the same sizes in the same order. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

/** True for a matrix whose two sizes are exchanged, where that can be told. */
export function isTransposed(found: Shape, expected: Shape): boolean {
  return (
    found.length === 2 && !sameShape(found, expected) && sameShape([...found].reverse(), expected)
  );
}

/** `[7, 5, 10]`, the way PyTorch prints a size. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** @throws ShapeError when `actual` is not `expected`; `subject` and `reason` go into its sentence. */
export function assertShape(subject: string, actual: Shape, expected: Shape, reason?: Text): void {
  if (!sameShape(actual, expected)) throw new ShapeError(subject, expected, actual, reason);
}

/** Zeros of the same element type as `values`. */
export function zerosLike<Values extends Tensor["data"]>(values: Values, length: number): Values {
  return (
    values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)
  ) as Values;
}

/** Rows of at most this many values are copied one by one: a view of each row would take longer. */
const shortRow = 16;

/** Exchanges the first two axes of row-major values of the given 3-D shape. */
export function swapLeadingAxes<Values extends Tensor["data"]>(data: Values, shape: Shape): Values {
  const [rows = 0, columns = 0, size = 0] = shape;
  const swapped = zerosLike(data, elementCount(shape));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * size;
      const to = (column * rows + row) * size;
      if (size > shortRow) swapped.set(data.subarray(from, from + size), to);
      else copyShort(data, from, swapped, to, size);
    }
  }
  return swapped;
}

function copyShort(
  data: Tensor["data"],
  from: number,
  into: Tensor["data"],
  to: number,
  size: number,
): void {
  for (let k = 0; k < size; k++) into[to + k] = data[from + k]!;
}
