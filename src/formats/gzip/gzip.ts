/**
 * Unpacks gzip in memory, within limits.
 *
 * Spec:   RFC 1952: header | Deflate | CRC-32 | size modulo 2^32; members one after another are one content.
 * Checks: CRC-32 and size of every member. What follows the last one is left, as gzip leaves it.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { ByteReader, MemorySource, type ByteSource } from "../base/bytes";
import { crc32 } from "../base/crc32";
import { startsWith } from "../base/refused";
import { excessBytes, Inflate, paddingBytes } from "../zip/inflate";

const magic = [0x1f, 0x8b] as const;
const deflateMethod = 8;
const flag = { checksum: 2, extra: 4, name: 8, comment: 16 } as const;
const fixedHeaderBytes = 10;
const trailerBytes = 8;

/** A header holds a file's name and a comment; more than this is none. */
const maxHeaderBytes = 2 ** 16;

/** What is unpacked is kept in memory; real weights deflate to a half or less, arrays of zeros to a thousandth. */
const maxUnpackedBytes = 2 ** 30;
const maxRatio = 200;
const allowanceBytes = 2 ** 26;
const firstBytes = 2 ** 16;

/** Read at a time; many files are one member, others a member for every 64 KiB. */
const readBytes = 2 ** 17;

/** True when the first bytes are those of a gzip file. */
export function looksLikeGzip(head: Uint8Array): boolean {
  return startsWith(head, magic);
}

/** The name without the ending that says gzip. */
export function withoutGzip(name: string): string {
  return name.replace(/\.gz$/i, "").replace(/\.tgz$/i, ".tar");
}

/**
 * The content of a gzip file, under the file's own name.
 * @throws FormatError when it is damaged, LimitError when it unpacks to more than is kept in memory.
 */
export async function unpackGzip(source: ByteSource): Promise<MemorySource> {
  const unpacking = new Unpacking(source);
  do await unpacking.addMember();
  while (await unpacking.hasMore());
  return new MemorySource(source.name, unpacking.content);
}

/** Members are unpacked one behind the other into one buffer, which grows. */
class Unpacking {
  readonly #source: ByteSource;
  readonly #limit: number;
  /** In the gzip file. */
  #position = 0;
  #bytes = new Uint8Array(firstBytes + excessBytes);
  #length = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#limit = Math.min(maxUnpackedBytes, allowanceBytes + maxRatio * source.size);
  }

  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** True where another member follows. */
  async hasMore(): Promise<boolean> {
    if (this.#source.size - this.#position < fixedHeaderBytes + trailerBytes) return false;
    return looksLikeGzip(await this.#source.read(this.#position, magic.length));
  }

  async addMember(): Promise<void> {
    const { name } = this.#source;
    await this.#skipHeader();
    const start = this.#length;
    await this.#inflate(start);
    const trailer = new ByteReader(name, await this.#read(trailerBytes), this.#position);
    this.#position += trailerBytes;
    const unpacked = this.#bytes.subarray(start, this.#length);
    if (trailer.uint32() !== crc32(unpacked))
      throw this.#damaged(text("its CRC-32 does not match"));
    const size = trailer.uint32();
    if (size !== unpacked.length % 2 ** 32) {
      throw this.#damaged(text("{0} bytes instead of {1}", unpacked.length, size));
    }
  }

  async #skipHeader(): Promise<void> {
    const { name } = this.#source;
    const head = new ByteReader(name, await this.#read(maxHeaderBytes, 0), this.#position);
    head.bytes(magic.length);
    if (head.uint8() !== deflateMethod) {
      throw new UnsupportedError(name, text("it is compressed by a method that gzip has not"));
    }
    const flags = head.uint8();
    head.bytes(6);
    if ((flags & flag.extra) !== 0) head.bytes(head.uint16());
    if ((flags & flag.name) !== 0) skipText(head);
    if ((flags & flag.comment) !== 0) skipText(head);
    if ((flags & flag.checksum) !== 0) head.bytes(2);
    this.#position = head.offset;
  }

  /** Writes a member behind `start`, and moves behind its data. */
  async #inflate(start: number): Promise<void> {
    const first = this.#position;
    const inflate = new Inflate((problem) => this.#damaged(problem));
    for (;;) {
      const limit = this.#bytes.length - excessBytes;
      this.#length = inflate.inflate({ bytes: this.#bytes, start, limit }, this.#length);
      if (inflate.isDone) break;
      if (this.#length >= limit) this.#grow();
      else await this.#feed(inflate, first);
    }
    // Beyond the limit by less than one repetition.
    this.#assertWithin(this.#length);
    this.#position = first + Math.ceil(inflate.state.bit / 8);
  }

  async #feed(inflate: Inflate, first: number): Promise<void> {
    const start = inflate.byte;
    const left = this.#source.size - first - start;
    const length = Math.min(readBytes, left);
    const bytes = new Uint8Array(length + paddingBytes);
    bytes.set(await this.#source.read(first + start, length));
    inflate.feed({ bytes, start, length, isEnd: length === left });
  }

  #grow(): void {
    this.#assertWithin(this.#length + 1);
    const grown = new Uint8Array(Math.min(2 * this.#length, this.#limit) + excessBytes);
    grown.set(this.content);
    this.#bytes = grown;
  }

  #assertWithin(length: number): void {
    if (length <= this.#limit) return;
    const bound = { of: "gunzipped-bytes", storedBytes: this.#source.size } as const;
    throw new LimitError(this.#source.name, bound, this.#limit, length);
  }

  /** The next bytes: `least` of them or more, up to `wanted`. */
  async #read(wanted: number, least = wanted): Promise<Uint8Array> {
    const left = this.#source.size - this.#position;
    return this.#source.read(this.#position, Math.max(least, Math.min(wanted, left)));
  }

  #damaged(problem: Text): FormatError {
    return new FormatError(this.#source.name, text("the gzip data are damaged: {0}", problem), {
      offset: this.#position,
    });
  }
}

/** Moves behind a text that ends in a zero. */
function skipText(head: ByteReader): void {
  while (head.uint8() !== 0);
}
