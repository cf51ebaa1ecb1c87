/** What every input must do: open, or be refused by an error of ours; the same for all that is done with what it lists. */
import { isUnrollError, type UnrollError } from "../../../src/core/errors";
import type { Archive } from "../../../src/formats/base/archive";
import { MemorySource } from "../../../src/formats/base/bytes";
import { openArchive } from "../../../src/formats/open";
import type { Box } from "../../../src/tensor/raw";
import type { TensorEntry } from "../../../src/tensor/tensor";
import { useAll } from "./use";

/** Larger tensors are read in part. */
const maxWholeBytes = 2 ** 20;
const maxSide = 8;
const maxRead = 50;

/** Longer sentences are no sentences. */
const maxSentence = 2000;

/**
 * Opens an input and reads from it; where it `isUsed`, does with it whatever can be done. Returns the error that it was
 * refused with; throws anything else.
 */
export async function survive(
  file: string,
  bytes: Uint8Array,
  isUsed: boolean,
): Promise<UnrollError | undefined> {
  try {
    const archive = await openArchive(new MemorySource(file, bytes));
    for (const entry of archive.entries.slice(0, maxRead)) await readSome(archive, entry);
    if (isUsed) await useAll(file, bytes.length, archive);
    return undefined;
  } catch (error) {
    return assertSentence(file, error);
  }
}

async function readSome(archive: Archive, entry: TensorEntry): Promise<void> {
  const box = cornerOf(entry);
  try {
    const { bytes, shape } = await archive.readBox(entry, box);
    const count = shape.reduce((product, size) => product * size, 1);
    if (count > 0 && bytes.length % count !== 0)
      throw new Error(`${bytes.length} bytes of ${count}`);
    if (entry.byteLength <= maxWholeBytes) await archive.read(entry);
  } catch (error) {
    if (!isUnrollError(error)) throw error;
  }
}

function cornerOf({ shape, byteLength }: TensorEntry): Box {
  const isSmall = byteLength <= maxWholeBytes;
  const side = shape.length > 4 ? 2 : maxSide;
  const size = shape.map((length) => (isSmall ? length : Math.min(length, side)));
  return { start: shape.map((length, axis) => length - (size[axis] ?? 0)), size };
}

function assertSentence(file: string, error: unknown): UnrollError {
  if (!isUnrollError(error)) throw error;
  const { message } = error;
  if (!message.startsWith(file) || message.length > maxSentence) {
    throw new Error(`no sentence: ${message.slice(0, maxSentence)}`);
  }
  return error;
}
