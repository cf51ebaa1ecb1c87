/**
 * A member of a zip archive: read as a whole or in parts, stored or deflated.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { ByteReader, endOfFile, MemorySource, SectionSource, type ByteSource } from "../base/bytes";
import { crc32 } from "../base/crc32";
import { assertTensorBytes } from "../base/limits";
import type { DirectoryEntry } from "./directory";
import { InflatedParts } from "./parts";
import { InflatePass, type Deflated } from "./pass";

/**
 * Limits of a member that is inflated as a whole. Real weights deflate to a half or less, arrays of zeros to a
 * thousandth; beyond these limits a member is read part by part only.
 */
const maxInflateRatio = 200;
const inflateAllowanceBytes = 2 ** 26;

/** A compressed member up to this size is kept whole for the next read; larger ones are kept block by block. */
const maxKeptBytes = 2 ** 26;

/** Headers and short members are read ahead, because lists of arrays are read in sequence. */
const windowBytes = 2 ** 16;
const maxShortBytes = 2 ** 12;

const storedMethod = 0;
const deflatedMethod = 8;

/** Names of other methods (APPNOTE.TXT 4.4.5). */
const methodNames: ReadonlyMap<number, string> = new Map([
  [1, "shrink"],
  [6, "implode"],
  [9, "Deflate64"],
  [12, "bzip2"],
  [14, "LZMA"],
  [93, "Zstandard"],
  [95, "xz"],
  [98, "PPMd"],
  [99, "AES"],
]);

/** Fixed part of a local header, in bytes; name and extra field follow. */
export const localHeaderBytes = 30;
const localHeaderSignature = 0x04034b50;
/** Position of the name's length in a local header; the extra field's length follows. */
const localNameLengthOffset = 26;

/** A file inside the archive. */
export interface ZipMember {
  readonly name: string;
  /** Size of the content, in bytes. */
  readonly size: number;
  /** True when a part may cost as much as everything before it: the member is compressed. */
  readonly sequential: boolean;
  /** As of a `ByteSource`: never of a compressed member, whose content may be kept. */
  readonly givesOwnBytes: boolean;
  /**
   * Reads the whole content.
   * @throws FormatError when it is damaged: size or CRC-32 are not what the directory says.
   */
  read(): Promise<Uint8Array>;
  /** Reads `length` bytes at `offset`: of a stored member these alone; the CRC-32 is not checked then. */
  readRange(offset: number, length: number): Promise<Uint8Array>;
  /** Reads the first `length` bytes, or all if there are fewer; the CRC-32 is not checked. */
  readStart(length: number): Promise<Uint8Array>;
  /** The content as a source of its own: a stored member is read by ranges, a compressed one inflated as a whole. */
  source(): Promise<ByteSource>;
}

/**
 * The source of an archive and the caches that its members share: a read-ahead window, blocks of large members, and the
 * latest small one. Owned by the archive; holds memory only, so nothing has to be disposed.
 */
export class Shared {
  readonly source: ByteSource;
  readonly parts = new InflatedParts();
  /** The compressed member read last: parts of one tensor are asked for one after another. */
  last: { readonly file: DirectoryEntry; readonly bytes: Promise<Uint8Array> } | undefined;
  #window: { readonly start: number; readonly bytes: Uint8Array } = {
    start: 0,
    bytes: new Uint8Array(0),
  };

  constructor(source: ByteSource) {
    this.source = source;
  }

  async read(start: number, length: number): Promise<Uint8Array> {
    if (length > maxShortBytes) return this.source.read(start, length);
    let window = this.#window;
    if (start < window.start || start + length > window.start + window.bytes.length) {
      const available = Math.min(windowBytes, this.source.size - start);
      if (available < length) return this.source.read(start, length);
      window = { start, bytes: await this.source.read(start, available) };
      this.#window = window;
    }
    return window.bytes.slice(start - window.start, start - window.start + length);
  }
}

/** One member of an archive; keeps only the position of its content. Owned by the archive. */
export class Member implements ZipMember {
  readonly #shared: Shared;
  readonly #file: DirectoryEntry;
  /** Where the content begins in the archive, once that was looked up. */
  #start: number | undefined;

  constructor(shared: Shared, file: DirectoryEntry) {
    this.#shared = shared;
    this.#file = file;
  }

  get name(): string {
    return this.#file.name;
  }

  get size(): number {
    return this.#file.size;
  }

  get sequential(): boolean {
    return this.#file.method !== storedMethod;
  }

  get givesOwnBytes(): boolean {
    return !this.sequential && this.#shared.source.givesOwnBytes === true;
  }

  async read(): Promise<Uint8Array> {
    this.#assertReadable();
    assertTensorBytes(this.#shared.source.name, this.name, this.size);
    this.#assertInProportion();
    return this.sequential ? this.#inflated() : this.#stored(0, this.size);
  }

  async readStart(wanted: number): Promise<Uint8Array> {
    this.#assertReadable();
    const length = Math.min(wanted, this.size);
    return this.sequential ? this.#inflatedStart(length) : this.#stored(0, length);
  }

  async readRange(start: number, length: number): Promise<Uint8Array> {
    this.#assertReadable();
    const { source } = this.#shared;
    if (start + length > this.size) {
      throw endOfFile(`${source.name}: ${this.name}`, start, length, this.size);
    }
    if (!this.sequential) return this.#stored(start, length);
    if (this.size > maxKeptBytes) {
      return this.#shared.parts.read(await this.#deflated(), start, length);
    }
    return (await this.#inflated()).subarray(start, start + length);
  }

  async source(): Promise<ByteSource> {
    const { source } = this.#shared;
    if (this.sequential) return new MemorySource(source.name, await this.read());
    this.#assertReadable();
    return new SectionSource(source.name, source, {
      start: await this.#contentStart(),
      size: this.size,
    });
  }

  #assertInProportion(): void {
    const { name, compressedSize, size } = this.#file;
    const limit = inflateAllowanceBytes + maxInflateRatio * compressedSize;
    if (size <= limit) return;
    const bound = { of: "inflated-bytes", member: name, storedBytes: compressedSize } as const;
    throw new LimitError(this.#shared.source.name, bound, limit, size);
  }

  #assertReadable(): void {
    const { encrypted, name, method, compressedSize, size } = this.#file;
    const file = this.#shared.source.name;
    if (encrypted) {
      throw new UnsupportedError({ file }, text("the zip member {0} is encrypted", name), {
        remedies: [{ do: "unpack" }],
      });
    }
    if (method !== storedMethod && method !== deflatedMethod) {
      const what = methodNames.get(method) ?? String(method);
      throw new UnsupportedError(
        { file },
        text("the zip member {0} is compressed by a method that is not read ({1})", name, what),
        {
          data: { found: what },
          remedies: [{ do: "unpack" }, { do: "pack-with", method: "Deflate" }],
        },
      );
    }
    if (method === storedMethod && compressedSize !== size) {
      throw this.#damaged(text("{0} bytes instead of {1}", compressedSize, size));
    }
  }

  #inflated(): Promise<Uint8Array> {
    const shared = this.#shared;
    if (shared.last?.file === this.#file) return shared.last.bytes;
    const bytes = this.#inflatedStart(this.size);
    shared.last = this.size <= maxKeptBytes ? { file: this.#file, bytes } : undefined;
    return bytes;
  }

  async #inflatedStart(length: number): Promise<Uint8Array> {
    return new InflatePass(await this.#deflated(), length).next();
  }

  /** The compressed bytes, whose position the local header gives. */
  async #deflated(): Promise<Deflated> {
    const start = await this.#contentStart();
    return {
      ...this.#file,
      read: (offset, length) => this.#shared.read(start + offset, length),
      damaged: (problem) => this.#damaged(problem),
    };
  }

  async #stored(start: number, length: number): Promise<Uint8Array> {
    const { size, crc32: expected } = this.#file;
    const data = await this.#contentStart();
    const bytes = await this.#shared.read(data + start, length);
    if (length === size && crc32(bytes) !== expected) {
      throw this.#damaged(text("its CRC-32 does not match"));
    }
    return bytes;
  }

  async #contentStart(): Promise<number> {
    this.#start ??= await this.#findStart();
    return this.#start;
  }

  async #findStart(): Promise<number> {
    const { source } = this.#shared;
    const { offset } = this.#file;
    const head = await this.#shared.read(offset, localHeaderBytes);
    const header = new ByteReader(source.name, head, offset);
    if (header.uint32() !== localHeaderSignature) {
      throw this.#damaged(text("its local header is not where the directory says"));
    }
    header.bytes(localNameLengthOffset - 4);
    return offset + localHeaderBytes + header.uint16() + header.uint16();
  }

  #damaged(reason: Text): FormatError {
    const { name, offset } = this.#file;
    return new FormatError(
      this.#shared.source.name,
      text("the zip member {0} is damaged: {1}", name, reason),
      { offset },
    );
  }
}
