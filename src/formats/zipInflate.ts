/**
 * Compressed members of a zip archive, inflated by the zip library and bounded by what the directory says of them.
 */
import { isUnrollError } from "../errors";
import { text, type TextArgument } from "../text";
import type { ByteSource } from "./bytes";
import type { DirectoryEntry } from "./zipDirectory";
import { ZipReader, type FileEntry } from "./zipLibrary";
import { ZipSource } from "./zipSource";

/** Why a member could not be inflated. */
export interface InflateFailure {
  readonly problem: TextArgument;
  readonly cause: unknown;
}

/** Inflates members of one archive. The library reads the directory once more, when the first one is asked for. */
export class Inflater {
  readonly #source: ByteSource;
  #entries: Promise<ReadonlyMap<number, FileEntry>> | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * Inflates `length` bytes at `start` of a member; what is before them is inflated and dropped. A member that is read
   * to its end has its CRC-32 and size checked.
   */
  async read(
    file: DirectoryEntry,
    start: number,
    length: number,
  ): Promise<Uint8Array | InflateFailure> {
    const isToEnd = start + length === file.size;
    const sink = new RangeSink(start, length, isToEnd);
    try {
      this.#entries ??= readEntries(this.#source);
      const entry = (await this.#entries).get(file.offset);
      if (entry?.compressedSize !== file.compressedSize || entry.uncompressedSize !== file.size) {
        return { problem: text("its sizes are ambiguous"), cause: undefined };
      }
      await entry.getData(sink.stream, { checkCrc32: true });
    } catch (cause) {
      if (isUnrollError(cause)) throw cause;
      if (!isToEnd && sink.isFull) return sink.bytes;
      return { problem: cause instanceof Error ? cause.message : String(cause), cause };
    }
    if (sink.isFull) return sink.bytes;
    return {
      problem: text("{0} bytes instead of {1}", sink.received, file.size),
      cause: undefined,
    };
  }
}

/** The compressed members as the library sees them, by the position of their local headers. */
async function readEntries(source: ByteSource): Promise<ReadonlyMap<number, FileEntry>> {
  const reader = new ZipReader(await ZipSource.open(source), { filenameValidation: "tolerant" });
  const entries = new Map<number, FileEntry>();
  for await (const entry of reader.getEntriesGenerator()) {
    if (!entry.directory && entry.compressionMethod !== 0) entries.set(entry.offset, entry);
  }
  return entries;
}

/** Keeps a range of a stream and breaks the stream off behind it, or at the first byte behind the declared end. */
class RangeSink {
  readonly stream: WritableStream<Uint8Array>;
  readonly bytes: Uint8Array;
  readonly #start: number;
  readonly #isToEnd: boolean;
  #received = 0;

  constructor(start: number, length: number, isToEnd: boolean) {
    this.bytes = new Uint8Array(length);
    this.#start = start;
    this.#isToEnd = isToEnd;
    this.stream = new WritableStream<Uint8Array>({
      write: (chunk) => {
        this.#accept(chunk);
      },
    });
  }

  /** Bytes of the stream so far, those before the range included. */
  get received(): number {
    return this.#received;
  }

  get isFull(): boolean {
    return this.#received >= this.#start + this.bytes.length;
  }

  #accept(chunk: Uint8Array): void {
    const end = this.#start + this.bytes.length;
    const from = Math.max(0, this.#start - this.#received);
    const until = Math.min(chunk.length, end - this.#received);
    if (from < until) {
      this.bytes.set(chunk.subarray(from, until), this.#received + from - this.#start);
    }
    this.#received += chunk.length;
    if (this.#received > end) throw new Error("more data than declared");
    if (this.#received === end && !this.#isToEnd) throw new Error("the rest is not needed");
  }
}
