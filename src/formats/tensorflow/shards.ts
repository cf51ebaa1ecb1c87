/**
 * The data files of a checkpoint, `.data-00000-of-0000N` beside its index.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { DType } from "../../tensor/dtype";
import { rowMajorStrides } from "../../tensor/strided";
import type { ByteSource } from "../base/bytes";
import type { Siblings } from "../base/siblings";
import type { ByteRange, StoredTensor } from "../base/stored";
import type { BundleEntry, BundleHeader } from "./messages";
import { maskedCrc32c } from "./table";

/** The data files, each opened when something of it is first read. */
export class Shards {
  readonly file: string;
  readonly #header: BundleHeader;
  readonly #siblings: Siblings | undefined;
  readonly #sources = new Map<number, Promise<ByteSource>>();

  constructor(file: string, header: BundleHeader, siblings: Siblings | undefined) {
    this.file = file;
    this.#header = header;
    this.#siblings = siblings;
  }

  /** The values of an entry that has been checked. */
  stored(name: string, entry: BundleEntry, dtype: DType): StoredTensor {
    const { shape } = entry;
    return {
      dtype,
      shape,
      littleEndian: !this.#header.isBigEndian,
      strides: rowMajorStrides(shape),
      offset: 0,
      bytes: this.range(name, entry),
    };
  }

  /** The bytes of a tensor; all of them are compared with their checksum. */
  range(name: string, { shard, offset, size, crc32c }: BundleEntry): ByteRange {
    return {
      size,
      read: async (at, length) => {
        const source = await this.#source(shard);
        const bytes = await source.read(offset + at, length);
        if (length === size && crc32c !== 0 && maskedCrc32c(bytes) !== crc32c) {
          throw new FormatError(source.name, text("the CRC-32C of {0} does not match", name), {
            offset,
            data: { tensor: name },
          });
        }
        return bytes;
      },
    };
  }

  #source(shard: number): Promise<ByteSource> {
    const known = this.#sources.get(shard);
    if (known !== undefined) return known;
    const opening = this.#open(shard);
    this.#sources.set(shard, opening);
    return opening;
  }

  async #open(shard: number): Promise<ByteSource> {
    const name = this.#nameOf(shard);
    if (this.#siblings === undefined) {
      throw new UnsupportedError(
        this.file,
        text("its values are in {0}, which cannot be opened from here", name),
      );
    }
    return this.#siblings.open(name);
  }

  #nameOf(shard: number): string {
    const base = this.file.slice(
      Math.max(this.file.lastIndexOf("/"), this.file.lastIndexOf("\\")) + 1,
    );
    const digits = (count: number): string => String(count).padStart(5, "0");
    const { shards } = this.#header;
    return `${base.replace(/\.index$/i, "")}.data-${digits(shard)}-of-${digits(shards)}`;
  }
}
