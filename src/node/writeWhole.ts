/**
 * Files that are written whole or not at all, part by part.
 */
import { open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { UnsupportedError } from "../core/errors";
import type { ByteSink } from "../formats/write/exportTensors";
import { text } from "../core/text";
import { beginPartial, endPartial, partialName } from "./partialFiles";

/**
 * Lets `write` fill a file beside `path`, which takes its place in one step: no program sees half of it, and where `write`
 * fails the file is as it was.
 * @throws UnsupportedError when the folder or the file cannot be written; what `write` throws.
 */
export async function writeWhole<Result>(
  path: string,
  write: (sink: ByteSink) => Promise<Result>,
): Promise<Result> {
  const refuse = (error: unknown): never => {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const reason = text("the file cannot be written ({0})", code);
    throw new UnsupportedError(basename(path), reason, { cause: error });
  };
  const partial = partialName(path);
  const handle = await open(partial, "wx").catch(refuse);
  beginPartial(partial);
  try {
    const result = await write(async (bytes) => {
      for (let at = 0; at < bytes.length;) {
        at += (await handle.write(bytes, at).catch(refuse)).bytesWritten;
      }
    }).finally(() => handle.close());
    await rename(partial, path).catch(refuse);
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    endPartial(partial);
  }
}

/** Puts bytes in the place of a file in one step. @throws UnsupportedError when it cannot be written. */
export function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  return writeWhole(path, (sink) => sink(bytes));
}
