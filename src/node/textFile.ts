/**
 * Texts that people write, such as run files and maps.
 */
import { FormatError } from "../core/errors";
import { text } from "../core/text";
import { MemorySource, type ByteSource } from "../formats/base/bytes";
import { FileSource } from "./fileSource";

/** A run file is written by hand or by Save Run; a larger one is something else under its name. */
const maxTextBytes = 4 * 1024 * 1024;

/** The text of a file. @throws FormatError for what is too large to be written by a person, or no UTF-8. */
export async function textOf(source: ByteSource, name: string): Promise<string> {
  if (source.size > maxTextBytes) {
    throw new FormatError(name, text("this is no text of a person: it has {0} bytes", source.size));
  }
  try {
    const bytes = await source.read(0, source.size);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new FormatError(name, text("this is no UTF-8 text"), { cause: error });
  }
}

/** The text of a file on this computer. @throws NotFoundError, and what `textOf` throws. */
export async function readText(path: string, name: string): Promise<string> {
  const source = await FileSource.open(path, name);
  try {
    return await textOf(source, name);
  } finally {
    await source.close();
  }
}

/** The text of these bytes. @throws what `textOf` throws. */
export function textOfBytes(bytes: Uint8Array, name: string): Promise<string> {
  return textOf(new MemorySource(name, bytes), name);
}
