/**
 * Tensors in a range of bytes with strides; a part is read from only the bytes it needs.
 *
 * A part whose elements lie close together is one read. Where they lie far apart, as a column of a row-major tensor or
 * a row of a column-major one, the part is read in slabs along its widest stride, so that memory stays small.
 */
import { LimitError } from "../../core/errors";
import { byteWidth, swapWords, wordWidth, type DType } from "../../tensor/dtype";
import { rawOf, type Box, type RawValues } from "../../tensor/raw";
import { gatherInto } from "../../tensor/gather";
import { isRowMajor, rowMajorStrides, spannedElements } from "../../tensor/strided";
import { elementCount, type Shape } from "../../tensor/tensor";
import type { ByteSource } from "./bytes";
import { assertTensorBytes } from "./limits";

/** Bytes that can be read by ranges: a part of a file, or a member of an archive. */
export interface ByteRange {
  readonly size: number;
  /** True when a part costs as much as everything before it: it is then read once, in one piece. */
  readonly sequential?: boolean;
  /** As of a `ByteSource`. */
  readonly givesOwnBytes?: boolean;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A part of a source, which the caller has checked to lie within it. */
export function rangeIn(source: ByteSource, start: number, size: number): ByteRange {
  return {
    size,
    givesOwnBytes: source.givesOwnBytes === true,
    read: (offset, length) => source.read(start + offset, length),
  };
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

/** A read costs about as much as this many bytes of a longer one. */
const gapBytes = 2 ** 16;

/** Slabs are read one after another, each into a buffer of at most this size. */
const slabBytes = 2 ** 24;

/** A view may repeat its storage (stride 0); copied out it must not be a thousand times the file. */
const maxExpandedBytes = 2 ** 26;

/** Axes of a part that is being read, widest stride first, and where its elements go. */
interface Slab {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly targetStrides: readonly number[];
}

/**
 * Reads a box of a stored tensor; the sentences call it `{file}: {name}`.
 * @throws LimitError when the box does not fit a buffer, or repeats a small storage without end.
 */
export async function readStoredBox(
  file: string,
  name: string,
  stored: StoredTensor,
  { start, size }: Box,
): Promise<RawValues> {
  const { dtype, strides, littleEndian, bytes } = stored;
  const width = byteWidth(dtype);
  const boxBytes = elementCount(size) * width;
  assertTensorBytes(file, name, boxBytes);
  if (boxBytes > Math.max(bytes.size, maxExpandedBytes)) {
    throw new LimitError(
      file,
      { of: "repeated-bytes", tensor: name, storedBytes: bytes.size },
      Math.max(bytes.size, maxExpandedBytes),
      boxBytes,
    );
  }
  if (boxBytes === 0) return { dtype, shape: size, bytes: new Uint8Array(0) };
  const first = start.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), stored.offset);
  if (isRowMajor(size, strides)) {
    const read = await bytes.read(first * width, boxBytes);
    return rawOf(dtype, size, read, { littleEndian, isOwn: bytes.givesOwnBytes === true });
  }
  const reader = new BoxReader(stored, new Uint8Array(boxBytes));
  const slab = slabOf(size, strides);
  if (bytes.sequential === true) {
    assertTensorBytes(file, name, spannedElements(size, strides) * width);
    await reader.readOnce(slab, first, 0);
  } else {
    await reader.read(slab, first, 0);
  }
  swapWords(reader.target, wordWidth(dtype), littleEndian);
  return { dtype, shape: size, bytes: reader.target };
}

/** The axes that have more than one element, ordered by stride. */
function slabOf(size: Shape, strides: readonly number[]): Slab {
  const target = rowMajorStrides(size);
  const axes = size
    .map((length, axis) => ({ length, stride: strides[axis] ?? 0, target: target[axis] ?? 0 }))
    .filter(({ length }) => length > 1)
    .sort((left, right) => right.stride - left.stride);
  return {
    size: axes.map(({ length }) => length),
    strides: axes.map(({ stride }) => stride),
    targetStrides: axes.map((axis) => axis.target),
  };
}

class BoxReader {
  readonly target: Uint8Array<ArrayBuffer>;
  readonly #bytes: ByteRange;
  readonly #width: number;

  constructor({ bytes, dtype }: StoredTensor, target: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#width = byteWidth(dtype);
    this.target = target;
  }

  /** Reads a slab from element `first` on, to element `to` of the target. */
  async read(slab: Slab, first: number, to: number): Promise<void> {
    const [count = 1] = slab.size;
    const span = spannedElements(slab.size, slab.strides);
    if (count === 1 || span * this.#width <= gapBytes) return this.readOnce(slab, first, to);
    const [stride = 0] = slab.strides;
    const [targetStride = 0] = slab.targetStrides;
    const inner = dropAxis(slab);
    const innerSpan = spannedElements(inner.size, inner.strides);
    if ((stride - innerSpan) * this.#width > gapBytes) {
      for (let index = 0; index < count; index += 1) {
        await this.read(inner, first + index * stride, to + index * targetStride);
      }
      return;
    }
    const together = slabLength(slabBytes / this.#width, stride, innerSpan);
    if (together >= count) return this.readOnce(slab, first, to);
    for (let index = 0; index < count; index += together) {
      const part = { ...slab, size: [Math.min(together, count - index), ...inner.size] };
      const [at, target] = [first + index * stride, to + index * targetStride];
      // One index alone may be more than a slab: then it is divided along its next axis.
      await (together === 1 ? this.read(inner, at, target) : this.readOnce(part, at, target));
    }
  }

  async readOnce(slab: Slab, first: number, to: number): Promise<void> {
    const width = this.#width;
    const span = spannedElements(slab.size, slab.strides);
    const bytes = await this.#bytes.read(first * width, span * width);
    gatherInto(this.target, aligned(bytes, Math.min(width, 8)), width, { ...slab, to });
  }
}

function dropAxis({ size, strides, targetStrides }: Slab): Slab {
  return {
    size: size.slice(1),
    strides: strides.slice(1),
    targetStrides: targetStrides.slice(1),
  };
}

/** How many indices of the widest axis are read together, so that their span is at most `limit` elements. */
function slabLength(limit: number, stride: number, innerSpan: number): number {
  if (stride === 0) return Infinity;
  return Math.max(1, Math.floor((limit - innerSpan) / stride) + 1);
}

/** The same bytes where words of this width can be read. */
function aligned(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
}
