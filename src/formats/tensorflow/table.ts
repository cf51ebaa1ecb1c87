/**
 * The table of a checkpoint: values by keys, in blocks.
 *
 * Source: LevelDB's doc/table_format.md, as tensorflow/core/lib/io/table_builder.cc and format.cc write it.
 * Layout: blocks | index block | footer: place of the meta index, place of the index, magic (u64)
 *         block: entries (shared key bytes, own key bytes, value bytes, key, value)… | restarts (u32)… | their number |
 *                compression (u8) | masked CRC-32C (u32)
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { endOfFile, type ByteSource } from "../base/bytes";
import { crc32c } from "../base/crc32";
import { maxEntries } from "../base/limits";
import { VarintReader } from "../base/varints";
import { unpackSnappy } from "./snappy";

const footerBytes = 48;
const trailerBytes = 5;
/** 0xdb4775248b80fb57 */
const magic = { low: 0x8b80fb57, high: 0xdb477524 } as const;

/** An entry takes some hundred bytes; a block is 256 kB unless one entry of it is larger. */
const maxBlockBytes = 2 ** 26;

/** Keys and values that are kept. */
const maxKeptBytes = 2 ** 27;

const compression = { none: 0, snappy: 1 } as const;

/** A key, which may be any bytes, and its value. */
export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

/**
 * Reads all entries of a table.
 * @throws FormatError when it is damaged, UnsupportedError for an unknown compression, LimitError when it passes a bound.
 */
export async function readTable(source: ByteSource): Promise<readonly TableEntry[]> {
  if (source.size < footerBytes) throw endOfFile(source.name, 0, footerBytes, source.size);
  const footer = await source.read(source.size - footerBytes, footerBytes);
  if (!hasMagic(footer)) {
    throw new FormatError(
      source.name,
      text("it does not end as the table of a TensorFlow checkpoint does"),
      {
        offset: source.size - 8,
      },
    );
  }
  const places = new VarintReader(footer);
  // The meta index holds nothing that is read.
  placeAt(source.name, places);
  const blocks = entriesOf(source.name, await readBlock(source, placeAt(source.name, places)));
  const entries: TableEntry[] = [];
  let kept = 0;
  for (const { value } of blocks) {
    const block = await readBlock(source, placeAt(source.name, new VarintReader(value)));
    for (const entry of entriesOf(source.name, block)) {
      entries.push(entry);
      kept += entry.key.length + entry.value.length;
      assertWithin(source.name, "tensor-count", maxEntries, entries.length);
      assertWithin(source.name, "table-bytes", maxKeptBytes, kept);
    }
  }
  return entries;
}

function hasMagic(footer: Uint8Array): boolean {
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  return (
    view.getUint32(footerBytes - 8, true) === magic.low &&
    view.getUint32(footerBytes - 4, true) === magic.high
  );
}

function placeAt(file: string, reader: VarintReader): Place {
  const offset = numberAt(file, reader);
  return { offset, size: numberAt(file, reader) };
}

function numberAt(file: string, reader: VarintReader): number {
  if (!reader.next()) throw damaged(file, text("a number in it has no end"));
  return reader.unsigned;
}

async function readBlock(source: ByteSource, { offset, size }: Place): Promise<Uint8Array> {
  const { name } = source;
  assertWithin(name, "table-block-bytes", maxBlockBytes, size);
  if (offset + size + trailerBytes > source.size) {
    throw endOfFile(name, offset, size + trailerBytes, source.size);
  }
  const stored = await source.read(offset, size + trailerBytes);
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  if (view.getUint32(size + 1, true) !== maskedCrc32c(stored.subarray(0, size + 1))) {
    throw damaged(
      name,
      text(
        "the table of a TensorFlow checkpoint is damaged: the CRC-32C of a block does not match",
      ),
      offset,
    );
  }
  const content = stored.subarray(0, size);
  const kind = stored[size] ?? compression.none;
  if (kind === compression.none) return content;
  if (kind !== compression.snappy) {
    throw new UnsupportedError(
      name,
      text("a block of the table is compressed by a method that is not read ({0})", kind),
    );
  }
  const bytes = unpackSnappy(content, maxBlockBytes);
  if (bytes === null) throw damaged(name, text("a block cannot be unpacked"), offset);
  return bytes;
}

/** Each key begins with a part of the one before. */
function* entriesOf(file: string, block: Uint8Array): Generator<TableEntry, void> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const restarts = block.length < 4 ? 0 : view.getUint32(block.length - 4, true);
  const end = block.length - 4 - 4 * restarts;
  if (block.length < 4 || end < 0) throw damaged(file, text("a block of the table has no end"));
  const reader = new VarintReader(block.subarray(0, end));
  let before: Uint8Array = new Uint8Array(0);
  while (reader.at < end) {
    const [shared, own, length] = [0, 0, 0].map(() => numberAt(file, reader)) as [
      number,
      number,
      number,
    ];
    const keyEnd = reader.at + own;
    if (shared > before.length || keyEnd + length > end) {
      throw damaged(file, text("an entry of the table leaves its block"));
    }
    const key = new Uint8Array(shared + own);
    key.set(before.subarray(0, shared));
    key.set(block.subarray(reader.at, keyEnd), shared);
    yield { key, value: block.subarray(keyEnd, keyEnd + length) };
    reader.at = keyEnd + length;
    before = key;
  }
}

/** CRC-32C as TensorFlow stores it: rotated, with a constant added, since a checksum of checksums says little. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}

function assertWithin(
  file: string,
  of: "tensor-count" | "table-bytes" | "table-block-bytes",
  limit: number,
  found: number,
): void {
  if (found > limit) throw new LimitError(file, { of }, limit, found);
}

function damaged(file: string, problem: Text, offset?: number): FormatError {
  return new FormatError(file, problem, offset === undefined ? {} : { offset });
}
