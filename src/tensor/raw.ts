/**
 * Values as stored, before they become numbers: exact for every dtype, 64-bit integers and complex numbers included.
 */
import { byteWidth, decodeValues, hostOrderCopy, wordWidth, type DType } from "./dtype";
import { gatherRowMajor, isRowMajor, rowMajorStrides } from "./strided";
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

/** Stored elements, row-major and contiguous, as raw values. `bytes` are not kept. */
export function rawOf(
  dtype: DType,
  shape: Shape,
  bytes: Uint8Array,
  littleEndian = true,
): RawValues {
  return {
    dtype,
    shape,
    bytes: new Uint8Array(hostOrderCopy(bytes, wordWidth(dtype), littleEndian)),
  };
}

/**
 * Raw values as numbers.
 * @throws UnsupportedError, with `subject`, for 64-bit integers beyond 2^53 and for complex numbers.
 */
export function decodeRaw({ dtype, shape, bytes }: RawValues, subject: string): Tensor {
  return { dtype, shape, data: decodeValues(bytes, dtype, hostIsLittleEndian, subject) };
}

/**
 * Numbers as raw values of a dtype, for readers that have them as numbers only; 64-bit integers are exact to 2^53.
 * Integers are rounded into range as typed arrays do. float16, bfloat16, 8-bit floats and complex numbers are not
 * encoded: no text format holds them.
 */
export function encodeRaw(
  dtype: DType,
  shape: Shape,
  values: Float32Array | Float64Array,
): RawValues {
  return { dtype, shape, bytes: new Uint8Array(encoded(dtype, values)) };
}

function encoded(dtype: DType, values: Float32Array | Float64Array): ArrayBuffer {
  switch (dtype) {
    case "float64":
      return Float64Array.from(values).buffer;
    case "int8":
      return Int8Array.from(values).buffer;
    case "int16":
      return Int16Array.from(values).buffer;
    case "int32":
      return Int32Array.from(values).buffer;
    case "int64":
      return BigInt64Array.from(values, BigInt).buffer;
    case "uint8":
    case "bool":
      return Uint8Array.from(values).buffer;
    case "uint16":
      return Uint16Array.from(values).buffer;
    case "uint32":
      return Uint32Array.from(values).buffer;
    case "uint64":
      return BigUint64Array.from(values, BigInt).buffer;
    default:
      return Float32Array.from(values).buffer;
  }
}

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

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
  const layout = { dtype, strides: moved, littleEndian: hostIsLittleEndian };
  return { dtype, shape, bytes: gatherRaw(bytes, layout, shape) };
}

interface StridedLayout {
  readonly dtype: DType;
  /** In elements. */
  readonly strides: readonly number[];
  readonly littleEndian: boolean;
}

/** Row-major copy of a strided view that starts with `bytes`; elements of any width, gathered as words of at most 8 bytes. */
export function gatherRaw(
  bytes: Uint8Array,
  { dtype, strides, littleEndian }: StridedLayout,
  size: Shape,
): Uint8Array<ArrayBuffer> {
  const buffer = hostOrderCopy(bytes, wordWidth(dtype), littleEndian);
  const words = gatherRowMajor(
    wordsOf(buffer, byteWidth(dtype)),
    ...wordLayout(dtype, size, strides),
  );
  return new Uint8Array(words.buffer);
}

type Words =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

function wordsOf(buffer: ArrayBuffer, width: number): Words {
  switch (width) {
    case 1:
      return new Uint8Array(buffer);
    case 2:
      return new Uint16Array(buffer);
    case 4:
      return new Uint32Array(buffer);
    default:
      return new BigUint64Array(buffer);
  }
}

/** An element of 16 bytes is two words: an axis of its own, innermost. */
function wordLayout(dtype: DType, size: Shape, strides: readonly number[]): [Shape, number[]] {
  const words = Math.max(1, byteWidth(dtype) / 8);
  if (words === 1) return [size, [...strides]];
  return [
    [...size, words],
    [...strides.map((stride) => stride * words), 1],
  ];
}
