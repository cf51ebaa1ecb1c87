/**
 * Strides in elements: how views, column-major arrays and broadcasts lie in memory, and copying them to row-major.
 */
import { elementCount, type Shape } from "./tensor";

/** Arrays whose elements can be copied one by one. */
type Elements =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** Strides of a contiguous row-major (C order) array. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  }
  return strides;
}

/** Strides of a contiguous column-major (Fortran order) array. */
export function columnMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = 1; axis < shape.length; axis += 1) {
    strides[axis] = strides[axis - 1]! * shape[axis - 1]!;
  }
  return strides;
}

/** True when elements with these strides lie one after another in row-major order. */
export function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  const expected = rowMajorStrides(shape);
  return shape.every((size, axis) => size <= 1 || strides[axis] === expected[axis]);
}

/**
 * Elements from the first to the last that a view touches, counted from its own offset; 0 for an empty view.
 * Strides must not be negative.
 */
export function spannedElements(shape: Shape, strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return 1 + shape.reduce((last, size, axis) => last + (size - 1) * strides[axis]!, 0);
}

/**
 * Copies a strided view to a contiguous row-major array of the same element type.
 *
 * `source` starts at the view's first element and has at least `spannedElements(shape, strides)` elements.
 */
export function gatherRowMajor<Values extends Elements>(
  source: Values,
  shape: Shape,
  strides: readonly number[],
): Values {
  const count = elementCount(shape);
  const gathered = new (source.constructor as new (length: number) => Values)(count);
  const axes = shape.length;
  const index = new Array<number>(axes).fill(0);
  let position = 0;
  for (let target = 0; target < count; target += 1) {
    gathered[target] = source[position]!;
    // Count up like an odometer: the innermost axis moves first, an axis that is full carries to the next.
    for (let axis = axes - 1; axis >= 0; axis -= 1) {
      position += strides[axis]!;
      if ((index[axis] = index[axis]! + 1) < shape[axis]!) break;
      position -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}
