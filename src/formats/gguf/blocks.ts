/**
 * Numbers in blocks of 32 that share a scale, and how they become float32; and the list of all kinds.
 *
 * Source: ggml/src/ggml-common.h (the structs block_q4_0, …) and ggml-quants.c (dequantize_row_…).
 */
import { halfFloat, type BlockType } from "./block";
import { superBlockTypes } from "./superBlocks";

/** Numbers of a block. */
const blockLength = 32;

/** Numbers that a byte has one half of: the first 16 in the lower ones. */
const half = 16;

/** (q − 8) · d */
function unpackQ4_0(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const scale = halfFloat(bytes, at);
  for (let index = 0; index < half; index += 1) {
    const byte = bytes[at + 2 + index] ?? 0;
    values[to + index] = ((byte & 0x0f) - 8) * scale;
    values[to + index + half] = ((byte >> 4) - 8) * scale;
  }
}

/** q · d + m */
function unpackQ4_1(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const scale = halfFloat(bytes, at);
  const least = halfFloat(bytes, at + 2);
  for (let index = 0; index < half; index += 1) {
    const byte = bytes[at + 4 + index] ?? 0;
    // float32 after each step, as C has it.
    values[to + index] = Math.fround((byte & 0x0f) * scale) + least;
    values[to + index + half] = Math.fround((byte >> 4) * scale) + least;
  }
}

/** The fifth bits of 32 numbers. */
function highBits(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

/** (q − 16) · d */
function unpackQ5_0(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const scale = halfFloat(bytes, at);
  const high = highBits(bytes, at + 2);
  for (let index = 0; index < half; index += 1) {
    const byte = bytes[at + 6 + index] ?? 0;
    const first = (byte & 0x0f) | (((high >>> index) & 1) << 4);
    const second = (byte >> 4) | (((high >>> (index + half)) & 1) << 4);
    values[to + index] = (first - 16) * scale;
    values[to + index + half] = (second - 16) * scale;
  }
}

/** q · d + m */
function unpackQ5_1(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const scale = halfFloat(bytes, at);
  const least = halfFloat(bytes, at + 2);
  const high = highBits(bytes, at + 4);
  for (let index = 0; index < half; index += 1) {
    const byte = bytes[at + 8 + index] ?? 0;
    const first = (byte & 0x0f) | (((high >>> index) & 1) << 4);
    const second = (byte >> 4) | (((high >>> (index + half)) & 1) << 4);
    values[to + index] = Math.fround(first * scale) + least;
    values[to + index + half] = Math.fround(second * scale) + least;
  }
}

/** q · d */
function unpackQ8_0(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const scale = halfFloat(bytes, at);
  for (let index = 0; index < blockLength; index += 1) {
    values[to + index] = (((bytes[at + 2 + index] ?? 0) << 24) >> 24) * scale;
  }
}

/** By the number of the type in a file. */
export const blockTypes: ReadonlyMap<number, BlockType> = new Map([
  [2, { name: "Q4_0", length: blockLength, bytes: 18, unpack: unpackQ4_0 }],
  [3, { name: "Q4_1", length: blockLength, bytes: 20, unpack: unpackQ4_1 }],
  [6, { name: "Q5_0", length: blockLength, bytes: 22, unpack: unpackQ5_0 }],
  [7, { name: "Q5_1", length: blockLength, bytes: 24, unpack: unpackQ5_1 }],
  [8, { name: "Q8_0", length: blockLength, bytes: 34, unpack: unpackQ8_0 }],
  ...superBlockTypes,
]);

/** Names of types that are not read, by their numbers (ggml.h, enum ggml_type). */
export const unreadTypes: ReadonlyMap<number, string> = new Map([
  [9, "Q8_1"],
  ...["IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS"].map(
    (name, index) => [16 + index, name] as const,
  ),
  [29, "IQ1_M"],
  [34, "TQ1_0"],
  [35, "TQ2_0"],
  [39, "MXFP4"],
]);
