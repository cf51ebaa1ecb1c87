/**
 * Tensors that lie in a range of bytes with strides: any part of them, read by the bytes it needs.
 */
import { byteWidth, type DType } from "../tensor/dtype";
import { gatherRaw, rawOf, type Box, type RawValues } from "../tensor/raw";
import { isRowMajor, spannedElements } from "../tensor/strided";
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
  return { dtype, shape: size, bytes: gatherRaw(bytes, stored, size) };
}
