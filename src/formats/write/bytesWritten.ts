/**
 * What a writer writes, in memory.
 */
import { concat } from "./encode";
import type { ByteSink } from "./exportTensors";

/** The bytes that `write` hands to its sink. @throws what `write` throws. */
export async function bytesWritten(
  write: (sink: ByteSink) => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  await write((bytes) => {
    // A writer may use its buffer again.
    parts.push(bytes.slice());
    return Promise.resolve();
  });
  return concat(parts);
}
