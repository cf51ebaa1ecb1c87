/**
 * A file on disk as a `ByteSource`: opened read-only, read by ranges.
 */
import { readSync } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { NotFoundError } from "../core/errors";
import { endOfFile, type SyncByteSource } from "../formats/base/bytes";
import { text, type Text } from "../core/text";

/** Holds a file handle until `close`. */
export class FileSource implements SyncByteSource {
  readonly name: string;
  readonly size: number;
  readonly givesOwnBytes = true;
  readonly #handle: FileHandle;

  private constructor(name: string, size: number, handle: FileHandle) {
    this.name = name;
    this.size = size;
    this.#handle = handle;
  }

  /**
   * Opens the file at `path`; sentences call it `name`.
   * @throws NotFoundError when there is no file of this path, or it may not be read.
   */
  static async open(path: string, name: string = basename(path)): Promise<FileSource> {
    try {
      // Before opening: opening a pipe would wait for its writer.
      if (!(await stat(path)).isFile()) {
        throw new NotFoundError(name, text("this is a folder or a device"), [], {
          remedies: [{ do: "name-a-file" }],
        });
      }
      const handle = await open(path, "r");
      return new FileSource(name, (await handle.stat()).size, handle);
    } catch (error) {
      if (error instanceof NotFoundError) throw error;
      throw new NotFoundError(name, reasonOf(error), [], { cause: error });
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    // Compared first: the length may be a lie of the file, and nothing is allocated for a lie.
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw endOfFile(this.name, offset, length, this.size);
    }
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(
        bytes,
        filled,
        length - filled,
        offset + filled,
      );
      // The file was cut off after it was opened.
      if (bytesRead === 0) throw endOfFile(this.name, offset, length, offset + filled);
      filled += bytesRead;
    }
    return bytes;
  }

  readSync(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw endOfFile(this.name, offset, length, this.size);
    }
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const at = offset + filled;
      const count = readSync(this.#handle.fd, bytes, filled, length - filled, at);
      if (count === 0) throw endOfFile(this.name, offset, length, at);
      filled += count;
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function reasonOf(error: unknown): Text {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return text("there is no such file");
    case "EACCES":
    case "EPERM":
      return text("you do not have permission to read the file");
    default:
      return text("the file cannot be opened ({0})", code);
  }
}
