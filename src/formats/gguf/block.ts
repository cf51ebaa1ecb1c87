/** What a kind of block is, and the scales that blocks begin or end with. */
import { decodeValues } from "../../tensor/dtype";

/** A kind of block. */
export interface BlockType {
  readonly name: string;
  /** Numbers of a block. */
  readonly length: number;
  /** Of a block. */
  readonly bytes: number;
  /** Writes the numbers of the block that begins at `at` to `values` from `to` on. */
  readonly unpack: (bytes: Uint8Array, at: number, values: Float32Array, to: number) => void;
}

/** A float16, little-endian. */
export function halfFloat(bytes: Uint8Array, at: number): number {
  return decodeValues(bytes.subarray(at, at + 2), "float16")[0] ?? NaN;
}

/** A float32, little-endian. */
export function littleFloat(bytes: Uint8Array, at: number): number {
  return decodeValues(bytes.subarray(at, at + 4), "float32")[0] ?? NaN;
}
