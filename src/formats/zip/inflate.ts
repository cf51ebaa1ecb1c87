/**
 * Compressed members of a zip archive, inflated by the zip library and bounded by what the directory says of them.
 */
import { isUnrollError } from "../../errors";
import { text } from "../../text";
import type { ByteSource } from "../bytes";
import type { DirectoryEntry } from "./directory";
import { ZipReader, type FileEntry } from "./library";
import { blockBytes, InflatePass, type InflateFailure } from "./pass";
import { ZipSource } from "./source";

/** Inflated blocks that are kept, of all members: what is read a little later than what is behind it. */
const maxKeptBlocks = 64;

/** Passes that wait for somebody to ask for more: a member may be read in several places at a time. */
const maxPasses = 4;

interface OpenPass {
  readonly file: DirectoryEntry;
  readonly pass: InflatePass;
}

/** Inflates members of one archive. The library reads the directory once more, when the first one is asked for. */
export class Inflater {
  readonly #source: ByteSource;
  #entries: Promise<ReadonlyMap<number, FileEntry>> | undefined;
  /** By member and number; the one used last is the last. */
  readonly #blocks = new Map<string, Uint8Array>();
  /** The one used last is the last. */
  #passes: readonly OpenPass[] = [];
  /** Parts are read one after another: two that went on with one pass at the same time would mix its blocks. */
  #reading: Promise<unknown> = Promise.resolve();

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
      const entry = await this.#entryOf(file);
      if (entry === undefined) return ambiguous;
      await entry.getData(sink.stream, { checkCrc32: true });
    } catch (cause) {
      if (!isToEnd && sink.isFull) return sink.bytes;
      return failureOf(cause);
    }
    if (sink.isFull) return sink.bytes;
    return {
      problem: text("{0} bytes instead of {1}", sink.received, file.size),
      cause: undefined,
    };
  }

  /**
   * Inflates `length` bytes at `start` of a member that is read part by part: parts in order take one pass over it, and
   * a part that lies before the last ones another pass. The CRC-32 and the size are checked where a pass reaches the end.
   */
  readPart(
    file: DirectoryEntry,
    start: number,
    length: number,
  ): Promise<Uint8Array | InflateFailure> {
    const part = this.#reading.then(() => this.#joinBlocks(file, start, length));
    this.#reading = part.catch(() => undefined);
    return part;
  }

  async #joinBlocks(
    file: DirectoryEntry,
    start: number,
    length: number,
  ): Promise<Uint8Array | InflateFailure> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const place = start + filled;
      const index = Math.floor(place / blockBytes);
      const block = this.#kept(file, index) ?? (await this.#inflateTo(file, index));
      if (!(block instanceof Uint8Array)) return block;
      const from = place - index * blockBytes;
      const part = block.subarray(from, from + length - filled);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  #kept(file: DirectoryEntry, index: number): Uint8Array | undefined {
    const key = keyOf(file, index);
    const block = this.#blocks.get(key);
    if (block !== undefined) {
      this.#blocks.delete(key);
      this.#blocks.set(key, block);
    }
    return block;
  }

  /** Goes on with the pass that is nearest before a block, or begins one. */
  async #inflateTo(file: DirectoryEntry, index: number): Promise<Uint8Array | InflateFailure> {
    const start = index * blockBytes;
    let open: OpenPass | undefined;
    try {
      open = this.#nearest(file, start) ?? (await this.#begin(file));
      if (open === undefined) return ambiguous;
      this.#passes = [...this.#passes.filter((each) => each !== open), open];
      for (;;) {
        const { position } = open.pass;
        const block = await open.pass.next();
        if (!(block instanceof Uint8Array)) {
          this.#close(open);
          return block;
        }
        this.#keep(file, position / blockBytes, block);
        if (open.pass.position === file.size) this.#close(open);
        if (position === start) return block;
      }
    } catch (cause) {
      if (open !== undefined) this.#close(open);
      return failureOf(cause);
    }
  }

  #nearest(file: DirectoryEntry, start: number): OpenPass | undefined {
    let nearest: OpenPass | undefined;
    for (const open of this.#passes) {
      const { position } = open.pass;
      if (open.file !== file || position > start) continue;
      if (position >= (nearest?.pass.position ?? 0)) nearest = open;
    }
    return nearest;
  }

  async #begin(file: DirectoryEntry): Promise<OpenPass | undefined> {
    const entry = await this.#entryOf(file);
    if (entry === undefined) return undefined;
    const [oldest] = this.#passes;
    if (oldest !== undefined && this.#passes.length >= maxPasses) this.#close(oldest);
    return { file, pass: new InflatePass(entry) };
  }

  #close(open: OpenPass): void {
    open.pass.dispose();
    this.#passes = this.#passes.filter((each) => each !== open);
  }

  #keep(file: DirectoryEntry, index: number, block: Uint8Array): void {
    this.#blocks.set(keyOf(file, index), block);
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined && this.#blocks.size > maxKeptBlocks) this.#blocks.delete(oldest);
  }

  /** undefined where the library sees another member than the directory has. */
  async #entryOf(file: DirectoryEntry): Promise<FileEntry | undefined> {
    this.#entries ??= readEntries(this.#source);
    const entry = (await this.#entries).get(file.offset);
    const isSame =
      entry?.compressedSize === file.compressedSize && entry.uncompressedSize === file.size;
    return isSame ? entry : undefined;
  }
}

const ambiguous: InflateFailure = {
  problem: text("its sizes are ambiguous"),
  cause: undefined,
};

/** @throws our own errors, which say more. */
function failureOf(cause: unknown): InflateFailure {
  if (isUnrollError(cause)) throw cause;
  return { problem: cause instanceof Error ? cause.message : String(cause), cause };
}

function keyOf({ offset }: DirectoryEntry, index: number): string {
  return `${offset} ${index}`;
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
