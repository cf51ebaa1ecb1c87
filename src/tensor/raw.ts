/**
 * Values exactly as they are stored, 64-bit integers and complex numbers included.
 */
import {
  hostIsLittleEndian,
  byteWidth,
  decodeValues,
  hostOrderCopy,
  swapWords,
  wordWidth,
  type DType,
} from "./dtype";
import { encodeValues } from "./encode";
import { gatherInto } from "./gather";
import { isRowMajor, rowMajorStrides } from "./strided";
import { elementCount, type Shape, type Tensor } from "./tensor";

/** Row-major and contiguous elements in this machine's byte order, in a buffer of their own that starts with them. */
export interface RawValues {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A rectangular part of a tensor, one start and size an axis; `size` is the shape of what is read. */
export interface Box {
  readonly start: readonly number[];
  readonly size: Shape;
}

/** The box that holds a whole tensor. */
export function wholeBox(shape: Shape): Box {
  return { start: shape.map(() => 0), size: shape };
}

interface RawOptions {
  readonly littleEndian?: boolean;
  readonly isOwn?: boolean;
}

/** Stored elements, row-major and contiguous, as raw values. Bytes that are the caller's own are taken over, not copied. */
export function rawOf(
  dtype: DType,
  shape: Shape,
  bytes: Uint8Array,
  { littleEndian = true, isOwn = false }: RawOptions = {},
): RawValues {
  const width = wordWidth(dtype);
  if (!isOwn || !isWholeBuffer(bytes)) {
    return { dtype, shape, bytes: new Uint8Array(hostOrderCopy(bytes, width, littleEndian)) };
  }
  swapWords(bytes, width, littleEndian);
  return { dtype, shape, bytes };
}

function isWholeBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
}

/**
 * Raw values as numbers.
 * @throws UnsupportedError, with `subject`, for 64-bit integers beyond 2^53 and for complex numbers.
 */
export function decodeRaw({ dtype, shape, bytes }: RawValues, subject: string): Tensor {
  return { dtype, shape, data: decodeValues(bytes, dtype, hostIsLittleEndian, subject) };
}

/**
 * Numbers as raw values of a dtype, for readers that have them as numbers only. Floats are rounded to the nearest one
 * of the dtype, ties to even; integers wrap as typed arrays do; complex numbers are two values each. `remainders`, added
 * to the values, make 64-bit integers beyond 2^53 exact.
 */
export function encodeRaw(
  dtype: DType,
  shape: Shape,
  values: ArrayLike<number>,
  remainders?: ArrayLike<number>,
): RawValues {
  return { dtype, shape, bytes: new Uint8Array(encodeValues(dtype, values, remainders)) };
}

/** Copies a box out of values in memory. The box must lie within them. */
export function cropRaw(values: RawValues, { start, size }: Box): RawValues {
  const { dtype, shape } = values;
  const width = byteWidth(dtype);
  const bytes = new Uint8Array(elementCount(size) * width);
  const strides = rowMajorStrides(shape);
  const run = (size.at(-1) ?? 1) * width;
  const index = size.map(() => 0);
  for (let target = 0; target < bytes.length; target += run) {
    const source = index.reduce((sum, at, axis) => sum + (start[axis]! + at) * strides[axis]!, 0);
    bytes.set(values.bytes.subarray(source * width, source * width + run), target);
    for (let axis = size.length - 2; axis >= 0; axis -= 1) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < size[axis]!) break;
      index[axis] = 0;
    }
  }
  return { dtype, shape: size, bytes };
}

/** Axis `k` of the result is axis `axes[k]` of the values, as numpy.transpose has it. */
export function transposeRaw(values: RawValues, axes: readonly number[]): RawValues {
  const { dtype, bytes } = values;
  const strides = rowMajorStrides(values.shape);
  const shape = axes.map((axis) => values.shape[axis]!);
  const moved = axes.map((axis) => strides[axis]!);
  if (isRowMajor(shape, moved)) return { dtype, shape, bytes };
  return stridedRaw(dtype, bytes, shape, moved);
}

/** Row-major copy of a strided view, strides in elements; `bytes` begin with its first element, at a whole one. */
export function stridedRaw(
  dtype: DType,
  bytes: Uint8Array,
  size: Shape,
  strides: readonly number[],
): RawValues {
  const width = byteWidth(dtype);
  const target = new Uint8Array(elementCount(size) * width);
  gatherInto(target, bytes, width, { size, strides, targetStrides: rowMajorStrides(size), to: 0 });
  return { dtype, shape: size, bytes: target };
}
