/**
 * Reads boxes of tensors in blocks: the blocks that a box touches, a run of rows at a time.
 */
import type { Box, RawValues } from "../../tensor/raw";
import { rowMajorStrides } from "../../tensor/strided";
import { elementCount, type Shape } from "../../tensor/tensor";
import { assertTensorBytes } from "../base/limits";
import type { ByteRange } from "../base/stored";
import type { BlockType } from "./block";

export interface BlockedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly block: BlockType;
  /** The blocks of all rows, one after another. */
  readonly bytes: ByteRange;
}

/** Numbers that are unpacked at a time. */
const slabLength = 2 ** 22;

/**
 * A part of a tensor as float32.
 * @throws LimitError when the part does not fit a buffer.
 */
export async function readBlocksBox(
  file: string,
  tensor: BlockedTensor,
  { start, size }: Box,
): Promise<RawValues> {
  const count = elementCount(size);
  assertTensorBytes(file, tensor.name, 4 * count);
  const values = new Float32Array(count);
  for (const { first, length, to } of runsOf(tensor.shape, { start, size })) {
    for (let at = 0; at < length; at += slabLength) {
      const part = Math.min(slabLength, length - at);
      values.set(await unpack(tensor, first + at, part), to + at);
    }
  }
  return { dtype: "float32", shape: size, bytes: new Uint8Array(values.buffer) };
}

interface Run {
  /** Index of its first number in the tensor. */
  readonly first: number;
  readonly length: number;
  /** Where it goes in the box. */
  readonly to: number;
}

/** The runs of numbers that lie one after another in the tensor: a row each, or many where rows are whole. */
function* runsOf(shape: Shape, { start, size }: Box): Generator<Run, void> {
  if (size.includes(0)) return;
  const strides = rowMajorStrides(shape);
  // Axes from this one on are whole: their numbers lie together.
  let axis = size.length;
  while (axis > 0 && size[axis - 1] === shape[axis - 1]) axis -= 1;
  const cut = Math.max(0, axis - 1);
  const length = elementCount(size.slice(cut));
  const outer = size.slice(0, cut);
  const total = elementCount(outer);
  for (let index = 0; index < total; index += 1) {
    let rest = index;
    let first = start
      .slice(cut)
      .reduce((sum, at, each) => sum + at * (strides[cut + each] ?? 0), 0);
    for (let at = cut - 1; at >= 0; at -= 1) {
      first += ((start[at] ?? 0) + (rest % (outer[at] ?? 0))) * (strides[at] ?? 0);
      rest = Math.floor(rest / (outer[at] ?? 0));
    }
    yield { first, length, to: index * length };
  }
}

async function unpack(
  { block, bytes }: BlockedTensor,
  first: number,
  length: number,
): Promise<Float32Array> {
  const from = Math.floor(first / block.length);
  const to = Math.ceil((first + length) / block.length);
  const packed = await bytes.read(from * block.bytes, (to - from) * block.bytes);
  const values = new Float32Array((to - from) * block.length);
  for (let index = 0; index < to - from; index += 1) {
    block.unpack(packed, index * block.bytes, values, index * block.length);
  }
  return values.subarray(first - from * block.length, first - from * block.length + length);
}
