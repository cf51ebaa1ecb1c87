/**
 * Strides in elements: the memory layout of views, column-major arrays and broadcasts.
 */
import type { Shape } from "./tensor";

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
