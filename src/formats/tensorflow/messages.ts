/**
 * The messages of a checkpoint: header, entries, and the names in the graph of objects.
 *
 * Source: tensorflow/core/protobuf/tensor_bundle.proto, trackable_object_graph.proto; framework/tensor_shape.proto.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { ByteReader } from "../base/bytes";
import { VarintReader } from "../base/varints";

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a message: `number` is its value where it is one, else `bytes` are. */
interface Field {
  readonly field: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

const noBytes = new Uint8Array(0);

export interface BundleHeader {
  readonly shards: number;
  readonly isBigEndian: boolean;
}

/** A tensor as the table has it; nothing of it has been checked yet. */
export interface BundleEntry {
  /** tensorflow/core/framework/types.proto, DataType. */
  readonly type: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  /** Masked; 0 where there is none. */
  readonly crc32c: number;
  /** True where the values stand in several other entries. */
  readonly isSliced: boolean;
}

/** Reads the value of the empty key. @throws FormatError when it is no message. */
export function readBundleHeader(file: string, bytes: Uint8Array): BundleHeader {
  let shards = 1;
  let isBigEndian = false;
  for (const { field, number } of fieldsOf(file, bytes)) {
    if (field === 1) shards = number;
    else if (field === 2) isBigEndian = number === 1;
  }
  return { shards, isBigEndian };
}

/** Reads the value of a tensor's key. @throws FormatError when it is no message. */
export function readBundleEntry(file: string, bytes: Uint8Array): BundleEntry {
  const entry = { type: 0, shape: [] as number[], shard: 0, offset: 0, size: 0, crc32c: 0 };
  let isSliced = false;
  for (const { field, number, bytes: content } of fieldsOf(file, bytes)) {
    if (field === 1) entry.type = number;
    else if (field === 2) entry.shape = sizesOf(file, content);
    else if (field === 3) entry.shard = number;
    else if (field === 4) entry.offset = number;
    else if (field === 5) entry.size = number;
    else if (field === 6) entry.crc32c = number;
    else if (field === 7) isSliced = true;
  }
  return { ...entry, isSliced };
}

/**
 * Full names of variables by the keys of their tensors, out of a TrackableObjectGraph.
 * @throws FormatError when it is no message.
 */
export function readObjectNames(file: string, bytes: Uint8Array): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of fieldsOf(file, bytes)) {
    if (node.field !== 1) continue;
    for (const attribute of fieldsOf(file, node.bytes)) {
      if (attribute.field !== 2) continue;
      const [, full, key] = textsOf(file, attribute.bytes);
      if (full !== undefined && key !== undefined) names.set(key, full);
    }
  }
  return names;
}

function sizesOf(file: string, bytes: Uint8Array): number[] {
  const sizes: number[] = [];
  for (const { field, bytes: dimension } of fieldsOf(file, bytes)) {
    if (field !== 2) continue;
    let size = 0;
    for (const inner of fieldsOf(file, dimension)) if (inner.field === 1) size = inner.number;
    sizes.push(size);
  }
  return sizes;
}

/** The texts of fields 1 to 3. */
function textsOf(file: string, bytes: Uint8Array): readonly (string | undefined)[] {
  const texts: (string | undefined)[] = [undefined, undefined, undefined];
  for (const { field, bytes: content } of fieldsOf(file, bytes)) {
    if (field <= texts.length) texts[field - 1] = new TextDecoder().decode(content);
  }
  return texts;
}

function* fieldsOf(file: string, bytes: Uint8Array): Generator<Field, void> {
  const reader = new VarintReader(bytes);
  while (reader.at < bytes.length) {
    const tag = varint(file, reader);
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case wire.varint:
        if (!reader.next()) throw damaged(file);
        yield { field, number: reader.signed, bytes: noBytes };
        break;
      case wire.bytes: {
        const length = varint(file, reader);
        yield { field, number: 0, bytes: take(file, reader, length) };
        break;
      }
      case wire.fixed32:
        yield {
          field,
          number: new ByteReader(file, take(file, reader, 4)).uint32(),
          bytes: noBytes,
        };
        break;
      case wire.fixed64:
        take(file, reader, 8);
        break;
      default:
        throw damaged(file);
    }
  }
}

function varint(file: string, reader: VarintReader): number {
  if (!reader.next()) throw damaged(file);
  return reader.unsigned;
}

function take(file: string, reader: VarintReader, length: number): Uint8Array {
  const { at, bytes } = reader;
  if (at + length > bytes.length) throw damaged(file);
  reader.at += length;
  return bytes.subarray(at, at + length);
}

function damaged(file: string): FormatError {
  return new FormatError(
    file,
    text("a value of the table is no message of a checkpoint; the file is damaged"),
  );
}
