/**
 * The least and the largest of 64-bit integers with all of their digits, which doubles round.
 */
import type { Box } from "../tensor/raw";
import { readSlabs, type TensorSource } from "../tensor/source";
import type { WorkProgress } from "../core/workProgress";

/** Both as text, since messages and JSON have no such numbers. */
export type ExactRange = readonly [least: string, largest: string];

/** Reads all values of a region; `source` is of a dtype of 64-bit integers, and the region holds a value. */
export async function readExactRange(
  source: TensorSource,
  region: Box,
  progress: WorkProgress,
): Promise<ExactRange | null> {
  let least: bigint | null = null;
  let largest: bigint | null = null;
  for await (const { raw } of readSlabs(source, region)) {
    const { bytes } = raw;
    const values =
      source.dtype === "uint64"
        ? new BigUint64Array(bytes.buffer)
        : new BigInt64Array(bytes.buffer);
    for (const value of values) {
      if (least === null || value < least) least = value;
      if (largest === null || value > largest) largest = value;
    }
    progress.advance(values.length);
  }
  return least === null || largest === null ? null : [String(least), String(largest)];
}
