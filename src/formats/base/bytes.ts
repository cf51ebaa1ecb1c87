/**
 * Random access to the bytes of a file, and a bounds-checked cursor over bytes read from it.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { decodeUtf8 } from "./utf8";

/** A readable file. Implementations: `src/node/fileSource.ts` (file handle), `MemorySource` (bytes in memory). */
export interface ByteSource {
  /** The name of the file in sentences: its base name, or the path as the user gave it. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** True when each read gives a buffer of its own, which the caller may change and pass on; false when not given. */
  readonly givesOwnBytes?: boolean;
  /**
   * Reads exactly `length` bytes at `offset`.
   * @throws FormatError when the file ends before `offset + length`.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same at once, where the bytes can be had so: for libraries that do not wait. */
  readSync?(offset: number, length: number): Uint8Array;
}

/** A source that can be read at once. */
export type SyncByteSource = ByteSource & Required<Pick<ByteSource, "readSync">>;

/** A file whose bytes are in memory already. Returns views: callers do not write to what they read. */
export class MemorySource implements SyncByteSource {
  readonly name: string;
  readonly #bytes: Uint8Array;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to reject
  async read(offset: number, length: number): Promise<Uint8Array> {
    return this.readSync(offset, length);
  }

  readSync(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw endOfFile(this.name, offset, length, this.size);
    }
    return this.#bytes.subarray(offset, offset + length);
  }
}

/** A part of another source, read by ranges of it. */
export class SectionSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly givesOwnBytes: boolean;
  readonly readSync?: NonNullable<ByteSource["readSync"]>;
  readonly #whole: ByteSource;
  readonly #start: number;

  /** @throws FormatError when `whole` ends before the section does. */
  constructor(name: string, whole: ByteSource, { start, size }: { start: number; size: number }) {
    if (start + size > whole.size) throw endOfFile(name, start, size, whole.size);
    this.name = name;
    this.size = size;
    this.givesOwnBytes = whole.givesOwnBytes === true;
    this.#whole = whole;
    this.#start = start;
    if (whole.readSync !== undefined) {
      this.readSync = (offset, length) => {
        this.#assertWithin(offset, length);
        return whole.readSync?.(start + offset, length) ?? new Uint8Array();
      };
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#assertWithin(offset, length);
    return this.#whole.read(this.#start + offset, length);
  }

  #assertWithin(offset: number, length: number): void {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw endOfFile(this.name, offset, length, this.size);
    }
  }
}

/** The error of a read past the end of a file; every `ByteSource` uses this one. */
export function endOfFile(name: string, offset: number, length: number, size: number): FormatError {
  return new FormatError(
    name,
    text(
      "the file ends too early: {0} bytes are needed, {1} are left",
      length,
      Math.max(0, size - offset),
    ),
    { offset },
  );
}

/** A cursor over bytes that came from `file` at absolute position `base`. Every read is checked against the end. */
export class ByteReader {
  readonly #file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  readonly #size: number;
  #position = 0;
  #missing = 0;

  constructor(file: string, bytes: Uint8Array, base = 0) {
    this.#file = file;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#size = bytes.byteLength;
  }

  /** Absolute position in the file, in bytes. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** Bytes between the cursor and the end. */
  get remaining(): number {
    return this.#size - this.#position;
  }

  /** Bytes that a read was refused for; 0 while every one was granted. */
  get missing(): number {
    return this.#missing;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** Big-endian float64, as pickle stores it. */
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** The next `length` bytes, as a view. `length` may come from the file: it is compared before it is used. */
  bytes(length: number | bigint): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, this.#position);
  }

  /** The next `length` bytes as UTF-8. */
  utf8(length: number | bigint): string {
    const start = this.#advance(length);
    return decodeUtf8(this.#bytes, start, this.#position);
  }

  /** The text up to the next newline, without it. */
  lineText(): string {
    const line = this.line();
    return decodeUtf8(line, 0, line.length);
  }

  /** The bytes up to the next newline, without it. */
  line(): Uint8Array {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw this.#tooShort(this.remaining + 1);
    const line = this.#bytes.subarray(this.#position, end);
    this.#position = end + 1;
    return line;
  }

  /** Moves past `length` bytes and returns where they start in the view. */
  #advance(length: number | bigint): number {
    if (length > this.remaining) throw this.#tooShort(length);
    const start = this.#position;
    this.#position += Number(length);
    return start;
  }

  #tooShort(length: number | bigint): FormatError {
    this.#missing = Number(length) - this.remaining;
    return new FormatError(
      this.#file,
      text(
        "the data ends too early: {0} bytes are needed, {1} are left",
        String(length),
        this.remaining,
      ),
      { offset: this.offset },
    );
  }
}
