/**
 * Zip archives of tensors: our limits around the zip library.
 *
 * Spec:    APPNOTE.TXT of PKWARE, by way of @zip.js/zip.js; stored and deflated members, ZIP64.
 * Refuses: overlapping members, members that inflate out of proportion or to another size than declared,
 *          encrypted members, more members than `maxEntries`.
 * Member names are only ever compared, never used as paths: nothing is extracted. CRCs are checked.
 */
import { configure, ZipReader, type FileEntry } from "@zip.js/zip.js";
import { FormatError, isUnrollError, LimitError, UnsupportedError } from "../errors";
import { text, type TextArgument } from "../text";
import { ByteReader, endOfFile, MemorySource, SectionSource, type ByteSource } from "./bytes";
import { crc32 } from "./crc32";
import { assertTensorBytes, maxEntries } from "./limits";
import { ZipSource } from "./zipSource";

/** Real weights deflate to a half or less; arrays of zeros a thousandfold. The allowance is for such small arrays. */
const maxInflateRatio = 200;
const inflateAllowanceBytes = 2 ** 26;

/** Inflating costs a millisecond for each member, however small; an archive beyond this would keep one waiting. */
const maxDeflatedMembers = 2048;

const storedMethod = 0;

const localHeaderBytes = 30;
const localHeaderSignature = 0x04034b50;
/** Position of the name's length in a local header; the extra field's length follows. */
const localNameLengthOffset = 26;

/** A file inside the archive. */
export interface ZipMember {
  readonly name: string;
  /** Size of the content, in bytes. */
  readonly size: number;
  /**
   * Reads the whole content.
   * @throws FormatError when it is damaged: size or CRC-32 are not what the directory says.
   */
  read(): Promise<Uint8Array>;
  /** Reads `length` bytes at `offset`: of a stored member these alone; the CRC-32 is not checked then. */
  readRange(offset: number, length: number): Promise<Uint8Array>;
  /** Reads the first `length` bytes, or all if there are fewer; the CRC-32 is not checked. */
  readStart(length: number): Promise<Uint8Array>;
  /** The content as a file of its own: a stored member by ranges of the archive, a compressed one in memory. */
  source(): Promise<ByteSource>;
}

export interface ZipArchive {
  /** In the order of the directory, folders left out. */
  readonly members: readonly ZipMember[];
}

configure({ useWebWorkers: false });

/**
 * Reads the directory of a zip archive.
 * @throws FormatError when it is damaged or members overlap, LimitError when it would inflate out of proportion.
 */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const files = await readDirectory(source);
  assertDisjoint(source, files);
  assertInflatable(source, files);
  const cache: InflatedCache = { last: undefined };
  return { members: files.map((file) => makeMember(source, file, cache)) };
}

async function readDirectory(source: ByteSource): Promise<readonly FileEntry[]> {
  const reader = new ZipReader(await ZipSource.open(source), { filenameValidation: "tolerant" });
  const files: FileEntry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (!entry.directory) files.push(entry);
      if (files.length > maxEntries) {
        throw new LimitError(
          source.name,
          text("the number of zip members"),
          maxEntries,
          files.length,
        );
      }
    }
  } catch (error) {
    throw asTaggedError(
      error,
      (reason) =>
        new FormatError(
          source.name,
          text(
            "the zip directory at the end of the file is missing or damaged, the file may be cut short ({0})",
            reason,
          ),
          { cause: error },
        ),
    );
  }
  return files;
}

function assertDisjoint(source: ByteSource, files: readonly FileEntry[]): void {
  let end = 0;
  for (const file of [...files].sort((left, right) => left.offset - right.offset)) {
    if (file.offset < end) {
      throw new FormatError(
        source.name,
        text("the zip member {0} overlaps another one", file.filename),
        {
          offset: file.offset,
        },
      );
    }
    end = file.offset + localHeaderBytes + file.rawFilename.length + file.compressedSize;
    if (end > source.size)
      throw endOfFile(source.name, file.offset, end - file.offset, source.size);
  }
}

function assertInflatable(source: ByteSource, files: readonly FileEntry[]): void {
  const deflated = files.filter((file) => file.compressionMethod !== storedMethod).length;
  if (deflated > maxDeflatedMembers) {
    throw new LimitError(
      source.name,
      text("the number of compressed zip members"),
      maxDeflatedMembers,
      deflated,
    );
  }
  let stored = 0;
  let inflated = 0;
  for (const file of files) {
    stored += file.compressedSize;
    inflated += file.uncompressedSize;
  }
  const limit = inflateAllowanceBytes + maxInflateRatio * stored;
  if (inflated > limit) {
    throw new LimitError(
      source.name,
      text("the inflated size of the zip members in bytes"),
      limit,
      inflated,
    );
  }
}

/** The member inflated last: parts of one tensor are asked for one after another. */
interface InflatedCache {
  last: { readonly file: FileEntry; readonly bytes: Promise<Uint8Array> } | undefined;
}

function makeMember(source: ByteSource, file: FileEntry, cache: InflatedCache): ZipMember {
  const name = file.filename;
  const size = file.uncompressedSize;
  const isStored = file.compressionMethod === storedMethod && file.compressedSize === size;
  const assertReadable = (): void => {
    if (!file.encrypted) return;
    throw new UnsupportedError(
      source.name,
      text("the zip member {0} is encrypted; unpack it first", name),
    );
  };
  const read = async (): Promise<Uint8Array> => {
    assertReadable();
    assertTensorBytes(source.name, name, size);
    if (isStored) return readStored(source, file, { start: 0, length: size });
    if (cache.last?.file !== file) cache.last = { file, bytes: inflate(source, file, size) };
    return cache.last.bytes;
  };
  return {
    name,
    size,
    read,
    readStart: async (wanted) => {
      assertReadable();
      const length = Math.min(wanted, size);
      return isStored
        ? readStored(source, file, { start: 0, length })
        : inflate(source, file, length);
    },
    source: async () => {
      assertReadable();
      if (!isStored) return new MemorySource(source.name, await read());
      return new SectionSource(source.name, source, {
        start: await storedStart(source, file),
        size,
      });
    },
    readRange: async (start, length) => {
      assertReadable();
      if (start + length > size) throw endOfFile(`${source.name}: ${name}`, start, length, size);
      if (isStored) return readStored(source, file, { start, length });
      return (await read()).subarray(start, start + length);
    },
  };
}

/** Reads a stored member straight from the file: the library's streams cost a millisecond for each. */
async function readStored(
  source: ByteSource,
  file: FileEntry,
  { start, length }: { readonly start: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = await source.read((await storedStart(source, file)) + start, length);
  if (length === file.uncompressedSize && crc32(bytes) !== file.crc32) {
    throw damagedMember(source, file, text("its CRC-32 does not match"));
  }
  return bytes;
}

/** Where the content of a stored member begins in the archive. */
async function storedStart(source: ByteSource, file: FileEntry): Promise<number> {
  const header = new ByteReader(
    source.name,
    await source.read(file.offset, localHeaderBytes),
    file.offset,
  );
  if (header.uint32() !== localHeaderSignature) {
    throw damagedMember(source, file, text("its local header is not where the directory says"));
  }
  header.bytes(localNameLengthOffset - 4);
  return file.offset + localHeaderBytes + header.uint16() + header.uint16();
}

async function inflate(source: ByteSource, file: FileEntry, length: number): Promise<Uint8Array> {
  const sink = new BoundedSink(length);
  try {
    await file.getData(sink.stream, { checkCrc32: true });
  } catch (error) {
    if (sink.full && length < file.uncompressedSize) return sink.bytes();
    throw asTaggedError(error, (reason) => damagedMember(source, file, reason, error));
  }
  if (!sink.full) {
    throw damagedMember(source, file, text("{0} bytes instead of {1}", sink.received, length));
  }
  return sink.bytes();
}

function damagedMember(
  source: ByteSource,
  file: FileEntry,
  reason: TextArgument,
  cause?: unknown,
): FormatError {
  return new FormatError(
    source.name,
    text("the zip member {0} is damaged: {1}", file.filename, reason),
    { offset: file.offset, cause },
  );
}

/** Keeps errors of ours as they are; the library's become what `wrap` makes of their message. */
function asTaggedError(error: unknown, wrap: (reason: string) => Error): Error {
  if (isUnrollError(error)) return error;
  return wrap(error instanceof Error ? error.message : String(error));
}

/** Collects at most `limit` bytes of a stream and breaks it off at the next one. */
class BoundedSink {
  readonly stream: WritableStream<Uint8Array>;
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #received = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.stream = new WritableStream<Uint8Array>({
      write: (chunk) => {
        this.#accept(chunk);
      },
    });
  }

  get received(): number {
    return this.#received;
  }

  get full(): boolean {
    return this.#received === this.#limit;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#received);
    let position = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, position);
      position += chunk.length;
    }
    this.#chunks = [];
    return bytes;
  }

  #accept(chunk: Uint8Array): void {
    const room = this.#limit - this.#received;
    const part = chunk.slice(0, room);
    this.#chunks.push(part);
    this.#received += part.length;
    if (chunk.length > room) throw new Error("more data than declared");
  }
}
