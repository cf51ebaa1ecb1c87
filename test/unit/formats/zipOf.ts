/** Zip archives put together field by field, right ones and wrong ones; fast enough to make thousands a second. */
import { deflateRawSync } from "node:zlib";
import { crc32 } from "../../../src/formats/base/crc32";

/** A member, and what is written of it where that is not the truth. */
export interface ZippedMember {
  readonly name: string;
  readonly content: Uint8Array;
  /** Of deflate; 0 stores, which is the default. */
  readonly level?: number;
  /** What lies in the archive, instead of the content at the level. */
  readonly compressed?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc32?: number;
  readonly size?: number | bigint;
  readonly compressedSize?: number | bigint;
  readonly offset?: number | bigint;
  /** Fields that stand in the ZIP64 extra field of the directory; all of them where it is true. */
  readonly zip64?: boolean | readonly ("size" | "compressedSize" | "offset")[];
  /** The extra field instead of the one that `zip64` gives. */
  readonly extra?: Uint8Array;
  /** In a data descriptor instead of the local header. */
  readonly hasDescriptor?: boolean;
}

export interface ZipEnd {
  /** A ZIP64 end record, and all ones in the plain one. */
  readonly zip64?: boolean;
  /** Bytes before the first member that offsets do not count. */
  readonly prefix?: Uint8Array;
  readonly comment?: string;
}

const ones = 0xffffffff;

export function zipOf(members: readonly ZippedMember[], end: ZipEnd = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, content, entry } = partsOf(member, offset);
    parts.push(local, content);
    directory.push(entry);
    offset += local.length + content.length;
  }
  const listed = Buffer.concat(directory);
  const records = endOf(members.length, listed.length, offset, end);
  const whole = Buffer.concat([end.prefix ?? new Uint8Array(0), ...parts, listed, records]);
  return new Uint8Array(whole);
}

const fields = ["size", "compressedSize", "offset"] as const;
type Sizes = Record<(typeof fields)[number], bigint>;

function partsOf(
  member: ZippedMember,
  place: number,
): Record<"local" | "content" | "entry", Uint8Array> {
  const { level, hasDescriptor = false, compressed, content } = { level: 0, ...member };
  const data = compressed ?? (level === 0 ? content : deflateRawSync(content, { level }));
  const truth = {
    flags: 0,
    method: level > 0 || compressed !== undefined ? 8 : 0,
    crc32: crc32(content),
    size: content.length,
    compressedSize: data.length,
    offset: place,
    ...member,
  };
  const head = {
    name: Buffer.from(member.name),
    flags: truth.flags | (hasDescriptor ? 8 : 0),
    method: truth.method,
    crc32: truth.crc32,
    sizes: {
      size: BigInt(truth.size),
      compressedSize: BigInt(truth.compressedSize),
      offset: BigInt(truth.offset),
    },
  };
  const descriptor = numbers(
    ...([
      [0x08074b50, 4],
      [head.crc32, 4],
    ] as const),
    [BigInt.asUintN(32, head.sizes.compressedSize), 4],
    [BigInt.asUintN(32, head.sizes.size), 4],
  );
  return {
    local: localHeader(head, hasDescriptor),
    content: hasDescriptor ? Buffer.concat([data, descriptor]) : data,
    entry: directoryEntry(head, member),
  };
}

interface Head {
  readonly name: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly sizes: Sizes;
}

function localHeader(
  { name, flags, method, sizes, ...head }: Head,
  isUnknown: boolean,
): Uint8Array {
  const fixed = numbers(
    ...([
      [0x04034b50, 4],
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 4],
    ] as const),
    [isUnknown ? 0 : head.crc32, 4],
    [isUnknown ? 0 : BigInt.asUintN(32, sizes.compressedSize), 4],
    [isUnknown ? 0 : BigInt.asUintN(32, sizes.size), 4],
    ...([
      [name.length, 2],
      [0, 2],
    ] as const),
  );
  return Buffer.concat([fixed, name]);
}

function directoryEntry(
  { name, flags, method, sizes, ...head }: Head,
  { zip64 = false, extra }: ZippedMember,
): Uint8Array {
  const large = fields.filter((field) => zip64 === true || (zip64 && zip64.includes(field)));
  const values = large.map((field) => numbers([sizes[field], 8]));
  const zip64Field = Buffer.concat([numbers([1, 2], [8 * large.length, 2]), ...values]);
  const shownExtra = extra ?? (large.length === 0 ? new Uint8Array(0) : zip64Field);
  const shown = (field: (typeof fields)[number]): number =>
    large.includes(field) ? ones : Number(BigInt.asUintN(32, sizes[field]));
  const fixed = numbers(
    ...([
      [0x02014b50, 4],
      [20, 2],
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 4],
    ] as const),
    ...([
      [head.crc32, 4],
      [shown("compressedSize"), 4],
      [shown("size"), 4],
    ] as const),
    ...([
      [name.length, 2],
      [shownExtra.length, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
    ] as const),
    [shown("offset"), 4],
  );
  return Buffer.concat([fixed, name, shownExtra]);
}

function endOf(
  count: number,
  size: number,
  offset: number,
  { zip64 = false, comment = "" }: ZipEnd,
): Uint8Array {
  const plain = Buffer.concat([
    numbers(
      ...([
        [0x06054b50, 4],
        [0, 4],
      ] as const),
      ...([
        [zip64 ? 0xffff : count, 2],
        [zip64 ? 0xffff : count, 2],
      ] as const),
      ...([
        [zip64 ? ones : size, 4],
        [zip64 ? ones : offset, 4],
        [comment.length, 2],
      ] as const),
    ),
    Buffer.from(comment),
  ]);
  if (!zip64) return plain;
  return Buffer.concat([
    numbers(
      [0x06064b50, 4],
      [44, 8],
      [45, 2],
      [45, 2],
      [0, 8],
      [count, 8],
      [count, 8],
      [size, 8],
      [offset, 8],
    ),
    numbers([0x07064b50, 4], [0, 4], [offset + size, 8], [1, 4]),
    plain,
  ]);
}

/** Little-endian numbers of these many bytes. */
function numbers(
  ...fields: readonly (readonly [value: number | bigint, bytes: 2 | 4 | 8])[]
): Uint8Array {
  const result = Buffer.alloc(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) {
    if (bytes === 8) at = result.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), at);
    else at = result.writeUIntLE(Number(value), at, bytes);
  }
  return result;
}
