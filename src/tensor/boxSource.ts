/**
 * Tensors that are rearranged while they are read: a box of the result is put together from boxes of others.
 */
import { byteWidth, type DType } from "./dtype";
import { stridedRaw, transposeRaw, type Box, type RawValues } from "./raw";
import { pasteRaw, pickRaw } from "./rawParts";
import { rowMajorStrides } from "./strided";
import { elementCount, type Shape } from "./tensor";

/** Reads a part that lies within the tensor. */
export type ReadBox = (box: Box) => Promise<RawValues>;

export interface BoxSource {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly readBox: ReadBox;
}

/** Axis `k` of the result is axis `axes[k]` of the source. */
export function transposed(source: BoxSource, axes: readonly number[]): ReadBox {
  return async ({ start, size }) => {
    const box: { start: number[]; size: number[] } = { start: [], size: [] };
    axes.forEach((axis, index) => {
      box.start[axis] = start[index]!;
      box.size[axis] = size[index]!;
    });
    return transposeRaw(await source.readBox(box), axes);
  };
}

/** The same elements in row-major order under another shape. */
export function reshaped(source: BoxSource, shape: Shape): ReadBox {
  const strides = rowMajorStrides(shape);
  return async ({ start, size }) => {
    if (size.includes(0)) return { ...source, shape: size, bytes: new Uint8Array() };
    const first = flatIndex(start, strides);
    const last = flatIndex(
      start.map((at, axis) => at + size[axis]! - 1),
      strides,
    );
    const { box, base } = enclosingBox(source.shape, first, last);
    const width = byteWidth(source.dtype);
    const { dtype, bytes } = await source.readBox(box);
    const from = bytes.subarray((first - base) * width, (last + 1 - base) * width);
    return stridedRaw(dtype, from, size, strides);
  };
}

/** A selection of indices of an axis: index `k` of the result is index `at(k)`. */
export interface Picks {
  readonly count: number;
  readonly at: (index: number) => number;
  /** True when the indices are consecutive and ascending. */
  readonly isRun: boolean;
}

/** Some indices of one axis, in any order. */
export function picked(source: BoxSource, axis: number, picks: Picks): ReadBox {
  return async ({ start, size }) => {
    const [from, count] = [start[axis]!, size[axis]!];
    if (picks.isRun || count === 0) {
      const first = count === 0 ? 0 : picks.at(from);
      return source.readBox({ start: replaced(start, axis, first), size });
    }
    let [low, high] = [Infinity, -Infinity];
    for (let index = from; index < from + count; index += 1) {
      const at = picks.at(index);
      low = Math.min(low, at);
      high = Math.max(high, at);
    }
    const box = { start: replaced(start, axis, low), size: replaced(size, axis, high + 1 - low) };
    const values = await source.readBox(box);
    return pickRaw(values, axis, { count, at: (index) => picks.at(from + index) - low });
  };
}

/** Tensors concatenated along an axis. */
export function joined(parts: readonly BoxSource[], axis: number): ReadBox {
  return async ({ start, size }) => {
    const { dtype } = parts[0]!;
    const bytes = new Uint8Array(elementCount(size) * byteWidth(dtype));
    const whole = { dtype, shape: size, bytes };
    const [from, end] = [start[axis]!, start[axis]! + size[axis]!];
    let offset = 0;
    for (const part of parts) {
      const low = Math.max(from, offset);
      const high = Math.min(end, offset + part.shape[axis]!);
      if (low < high) {
        const values = await part.readBox({
          start: replaced(start, axis, low - offset),
          size: replaced(size, axis, high - low),
        });
        pasteRaw(whole, values, { axis, at: low - from });
      }
      offset += part.shape[axis]!;
    }
    return whole;
  };
}

function replaced(values: readonly number[], axis: number, value: number): number[] {
  return values.map((each, index) => (index === axis ? value : each));
}

function flatIndex(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
}

/** The smallest box of a row-major tensor that is one run of elements and holds those from `first` to `last`. */
function enclosingBox(
  shape: Shape,
  first: number,
  last: number,
): { readonly box: Box; readonly base: number } {
  const strides = rowMajorStrides(shape);
  const start = shape.map(() => 0);
  const size = [...shape];
  let base = 0;
  for (const [axis, stride] of strides.entries()) {
    const low = Math.floor((first - base) / stride);
    const high = Math.floor((last - base) / stride);
    start[axis] = low;
    size[axis] = high + 1 - low;
    base += low * stride;
    if (low !== high) break;
  }
  return { box: { start, size }, base };
}
