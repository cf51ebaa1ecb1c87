/**
 * Tensors that lie in a range of bytes with strides: any part of them, read by the bytes it needs.
 */
import { byteWidth, hostOrderCopy, wordWidth, type DType } from "../tensor/dtype";
import { rawOf, type Box, type RawValues } from "../tensor/raw";
import { gatherRowMajor, isRowMajor, spannedElements } from "../tensor/strided";
import { elementCount, type Shape } from "../tensor/tensor";
import { assertTensorBytes } from "./limits";

/** Bytes that can be read by ranges: a part of a file, or a member of an archive. */
export interface ByteRange {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Where the values of a tensor are, checked against the size of `bytes`. Strides and offset are in elements. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly littleEndian: boolean;
  readonly strides: readonly number[];
  readonly offset: number;
  readonly bytes: ByteRange;
}

/**
 * Reads a box of a stored tensor; `subject` is the file and the tensor.
 * @throws LimitError when the box, or what lies between its elements, does not fit a buffer.
 */
export async function readStoredBox(
  file: string,
  name: string,
  stored: StoredTensor,
  { start, size }: Box,
): Promise<RawValues> {
  const { dtype, strides, littleEndian } = stored;
  const width = byteWidth(dtype);
  const first = start.reduce((sum, at, axis) => sum + at * strides[axis]!, stored.offset);
  const span = spannedElements(size, strides);
  assertTensorBytes(file, name, Math.max(span, elementCount(size)) * width);
  const bytes = await stored.bytes.read(first * width, span * width);
  if (isRowMajor(size, strides)) return rawOf(dtype, size, bytes, littleEndian);
  return { dtype, shape: size, bytes: gatherBytes(bytes, stored, size) };
}

/** Elements of any width, gathered as words of at most 8 bytes. */
function gatherBytes(
  bytes: Uint8Array,
  { dtype, strides, littleEndian }: StoredTensor,
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
