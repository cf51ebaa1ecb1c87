/**
 * Numbers in blocks of 256 whose parts have scales of their own ("K-quants"), and how they become float32.
 *
 * Source: ggml/src/ggml-common.h (the structs block_q2_K, …) and ggml-quants.c (dequantize_row_…). float32 after each
 *         step, as C has it.
 */
import { littleFloat, halfFloat, type BlockType } from "./block";

/** Numbers of a block. */
const superLength = 256;

const { fround } = Math;

/** scales (16) | 2 bits each (64) | d | least: four bits of scale and of minimum for each 16 numbers. */
function unpackQ2(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const d = halfFloat(bytes, at + 80);
  const least = halfFloat(bytes, at + 82);
  for (let index = 0; index < superLength; index += 1) {
    const scales = bytes[at + (index >> 4)] ?? 0;
    const q = ((bytes[at + 16 + lowByte(index)] ?? 0) >> lowShift(index)) & 3;
    const scale = fround(d * (scales & 0x0f));
    values[to + index] = fround(scale * q) - fround(least * (scales >> 4));
  }
}

/** third bits (32) | 2 bits each (64) | scales of 6 bits (12) | d */
function unpackQ3(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const d = halfFloat(bytes, at + 108);
  for (let index = 0; index < superLength; index += 1) {
    const part = index >> 4;
    const low = bytes[at + 96 + (part & 7)] ?? 0;
    const high = ((bytes[at + 104 + (part & 3)] ?? 0) >> (2 * (part >> 2))) & 3;
    const scale = ((part < 8 ? low & 0x0f : low >> 4) | (high << 4)) - 32;
    const q = ((bytes[at + 32 + lowByte(index)] ?? 0) >> lowShift(index)) & 3;
    const hasThird = ((bytes[at + (index & 31)] ?? 0) >> (index >> 5)) & 1;
    values[to + index] = fround(d * scale) * (hasThird === 1 ? q : q - 4);
  }
}

/** The byte with two bits of a number: 32 bytes for each half of the block. */
function lowByte(index: number): number {
  return 32 * (index >> 7) + (index & 31);
}

/** The place of the two bits: those of 32 numbers lie above those of the 32 before. */
function lowShift(index: number): number {
  return 2 * ((index >> 5) & 3);
}

/** d | least | scales and minima of 6 bits (12) | 4 bits each (128) */
function unpackQ4(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  unpackScaled(bytes, { at, scales: at + 4, low: at + 16, high: null }, values, to);
}

/** d | least | scales and minima of 6 bits (12) | fifth bits (32) | 4 bits each (128) */
function unpackQ5(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  unpackScaled(bytes, { at, scales: at + 4, low: at + 48, high: at + 16 }, values, to);
}

interface ScaledPlaces {
  readonly at: number;
  readonly scales: number;
  readonly low: number;
  readonly high: number | null;
}

/** Eight parts of 32 numbers: d · scale · q − least · minimum. */
function unpackScaled(
  bytes: Uint8Array,
  { at, scales, low, high }: ScaledPlaces,
  values: Float32Array,
  to: number,
): void {
  const d = halfFloat(bytes, at);
  const least = halfFloat(bytes, at + 2);
  for (let part = 0; part < 8; part += 1) {
    const scale = fround(d * sixBits(bytes, scales, part));
    const minimum = fround(least * sixBits(bytes, scales, part + 8));
    for (let index = 0; index < 32; index += 1) {
      const byte = bytes[low + 32 * (part >> 1) + index] ?? 0;
      const fifth = high === null ? 0 : ((bytes[high + index] ?? 0) >> part) & 1;
      const q = ((part & 1) === 0 ? byte & 0x0f : byte >> 4) | (fifth << 4);
      values[to + 32 * part + index] = fround(scale * q) - minimum;
    }
  }
}

/**
 * Of eight scales and, from 8 on, eight minima: the first four of each are the lower six bits of bytes 0 to 3 and 4 to 7,
 * whose upper two bits belong to the last four; the lower four of these are halves of bytes 8 to 11.
 */
function sixBits(bytes: Uint8Array, scales: number, index: number): number {
  const part = index & 7;
  const own = index < 8 ? 0 : 4;
  if (part < 4) return (bytes[scales + own + part] ?? 0) & 63;
  const halves = bytes[scales + 4 + part] ?? 0;
  const upper = (bytes[scales + own + part - 4] ?? 0) >> 6;
  return (index < 8 ? halves & 0x0f : halves >> 4) | (upper << 4);
}

/** lower 4 bits (128) | upper 2 bits (64) | scales of 8 bits with sign (16) | d */
function unpackQ6(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const d = halfFloat(bytes, at + 208);
  for (let index = 0; index < superLength; index += 1) {
    const [half, quarter] = [index >> 7, (index >> 5) & 3];
    const byte = bytes[at + 64 * half + 32 * (quarter & 1) + (index & 31)] ?? 0;
    const upper = ((bytes[at + 128 + 32 * half + (index & 31)] ?? 0) >> (2 * quarter)) & 3;
    const q = ((quarter < 2 ? byte & 0x0f : byte >> 4) | (upper << 4)) - 32;
    values[to + index] = fround(d * signed(bytes, at + 192 + (index >> 4))) * q;
  }
}

/** d, a float32 | 8 bits each (256) | their sums, which are not needed */
function unpackQ8(bytes: Uint8Array, at: number, values: Float32Array, to: number): void {
  const d = littleFloat(bytes, at);
  for (let index = 0; index < superLength; index += 1) {
    values[to + index] = d * signed(bytes, at + 4 + index);
  }
}

function signed(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) >> 24;
}

/** By the number of the type in a file. */
export const superBlockTypes: readonly (readonly [number, BlockType])[] = [
  [10, { name: "Q2_K", length: superLength, bytes: 84, unpack: unpackQ2 }],
  [11, { name: "Q3_K", length: superLength, bytes: 110, unpack: unpackQ3 }],
  [12, { name: "Q4_K", length: superLength, bytes: 144, unpack: unpackQ4 }],
  [13, { name: "Q5_K", length: superLength, bytes: 176, unpack: unpackQ5 }],
  [14, { name: "Q6_K", length: superLength, bytes: 210, unpack: unpackQ6 }],
  [15, { name: "Q8_K", length: superLength, bytes: 292, unpack: unpackQ8 }],
];
