/**
 * Writes zip archives with uncompressed members, in a stream.
 *
 * Spec:    APPNOTE.TXT of PKWARE, 4.3.6 to 4.3.16. Sizes, places and counts beyond 32 (16) bits are written as ZIP64.
 * Layout:  (local header (30) | name | ZIP64 sizes | content | data descriptor)… | directory | end records
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { crc32 } from "../base/crc32";

/** Takes bytes one after another; the next come when it is done with them. */
type Sink = (bytes: Uint8Array) => Promise<void> | void;

/** What is too large for its field stands elsewhere, and all ones in its place. */
const saturated = 0xffffffff;
const saturatedCount = 0xffff;

/** Version 2.0 of the format; 4.5 is the first with ZIP64. */
const plainVersion = 20;
const zip64Version = 45;

const zip64ExtraId = 1;

/** Names are UTF-8; the CRC-32 follows the content in a data descriptor. */
const utf8Flag = 0x800;
const descriptorFlag = 8;

/** 1 January 1980, the first day of the format: equal tensors give equal files. */
const day = (1 << 5) | 1;

interface Written {
  readonly name: Uint8Array;
  readonly offset: number;
  readonly size: number;
  readonly crc32: number;
  readonly flags: number;
}

/** Holds what the directory will say of the members written so far. */
export class ZipWriter {
  readonly #sink: Sink;
  readonly #members: Written[] = [];
  #offset = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Writes a member. No two have the same name, and none a name of 64 KiB. */
  async addWhole(name: string, bytes: Uint8Array): Promise<void> {
    const offset = this.#offset;
    const member = {
      name: encode(name),
      offset,
      size: bytes.length,
      crc32: crc32(bytes),
      flags: 0,
    };
    await this.#write(localHeader(member));
    await this.#write(bytes);
    this.#members.push(member);
  }

  /**
   * Writes a member of `size` bytes, which come in parts; its CRC-32 stands behind them.
   * @throws FormatError when the parts have another size together.
   */
  async add(name: string, size: number, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const start = { name: encode(name), offset: this.#offset, size, flags: descriptorFlag };
    await this.#write(localHeader({ ...start, crc32: 0 }));
    let remainder = 0;
    let length = 0;
    for await (const part of parts) {
      remainder = crc32(part, remainder);
      length += part.length;
      await this.#write(part);
    }
    if (length !== size) {
      throw new FormatError(name, text("{0} bytes instead of {1}", length, size));
    }
    const member = { ...start, crc32: remainder };
    await this.#write(descriptor(member));
    this.#members.push(member);
  }

  /** Writes the directory, which ends the archive. */
  async close(): Promise<void> {
    const start = this.#offset;
    for (const member of this.#members) await this.#write(directoryHeader(member));
    await this.#write(endRecords(this.#members.length, start, this.#offset - start));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.length;
    await this.#sink(bytes);
  }
}

/** Little-endian numbers one after another. */
class Fields {
  readonly #numbers: (readonly [value: number, bytes: 2 | 4 | 8])[] = [];

  uint16(...values: readonly number[]): this {
    for (const value of values) this.#numbers.push([value, 2]);
    return this;
  }

  uint32(...values: readonly number[]): this {
    for (const value of values) this.#numbers.push([value, 4]);
    return this;
  }

  uint64(...values: readonly number[]): this {
    for (const value of values) this.#numbers.push([value, 8]);
    return this;
  }

  /** The numbers, and `tail` behind them. */
  bytes(tail: Uint8Array = new Uint8Array(0)): Uint8Array {
    const length = this.#numbers.reduce((sum, [, bytes]) => sum + bytes, 0);
    const result = new Uint8Array(length + tail.length);
    const view = new DataView(result.buffer);
    let at = 0;
    for (const [value, bytes] of this.#numbers) {
      if (bytes === 2) view.setUint16(at, value, true);
      else if (bytes === 4) view.setUint32(at, value, true);
      else view.setBigUint64(at, BigInt(value), true);
      at += bytes;
    }
    result.set(tail, length);
    return result;
  }
}

/** Where a data descriptor follows, the sizes stand there and in the directory alone. */
function localHeader({ name, size, crc32: remainder, flags }: Written): Uint8Array {
  const known = flags === descriptorFlag ? 0 : size;
  // This extra field has both sizes where it has one.
  const extra = zip64Extra(size < saturated ? [] : [known, known]);
  const shown = size < saturated ? known : saturated;
  return new Fields()
    .uint32(0x04034b50)
    .uint16(versionWith(extra), utf8Flag | flags, 0, 0, day)
    .uint32(remainder, shown, shown)
    .uint16(name.length, extra.length)
    .bytes(joined(name, extra));
}

function descriptor({ size, crc32: remainder }: Written): Uint8Array {
  const fields = new Fields().uint32(0x08074b50, remainder);
  return (size < saturated ? fields.uint32(size, size) : fields.uint64(size, size)).bytes();
}

function directoryHeader({ name, offset, size, crc32: remainder, flags }: Written): Uint8Array {
  const extra = zip64Extra([size, size, offset].filter((value) => value >= saturated));
  const shown = Math.min(size, saturated);
  return new Fields()
    .uint32(0x02014b50)
    .uint16(versionWith(extra), versionWith(extra), utf8Flag | flags, 0, 0, day)
    .uint32(remainder, shown, shown)
    .uint16(name.length, extra.length, 0, 0, 0)
    .uint32(0, Math.min(offset, saturated))
    .bytes(joined(name, extra));
}

function endRecords(count: number, offset: number, size: number): Uint8Array {
  const shownCount = Math.min(count, saturatedCount);
  const end = new Fields()
    .uint32(0x06054b50)
    .uint16(0, 0, shownCount, shownCount)
    .uint32(Math.min(size, saturated), Math.min(offset, saturated))
    .uint16(0)
    .bytes();
  if (count < saturatedCount && offset < saturated && size < saturated) return end;
  const end64Bytes = 56;
  const end64 = new Fields()
    .uint32(0x06064b50)
    .uint64(end64Bytes - 12)
    .uint16(zip64Version, zip64Version)
    .uint32(0, 0)
    .uint64(count, count, size, offset);
  const locator = new Fields()
    .uint32(0x07064b50, 0)
    .uint64(offset + size)
    .uint32(1);
  return joined(end64.bytes(), locator.bytes(end));
}

function zip64Extra(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array(0);
  return new Fields()
    .uint16(zip64ExtraId, 8 * values.length)
    .uint64(...values)
    .bytes();
}

function encode(name: string): Uint8Array {
  return new TextEncoder().encode(name);
}

function versionWith(extra: Uint8Array): number {
  return extra.length === 0 ? plainVersion : zip64Version;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
