/**
 * TensorFlow checkpoints (tf.train.Checkpoint, tf.train.Saver since version 2 of its format): `.index` with the names,
 * `.data-00000-of-0000N` beside it with the values.
 *
 * Source:  tensorflow/core/util/tensor_bundle/tensor_bundle.cc.
 * Reads:   all numeric tensors, of every shard, in both byte orders; CRC-32C is checked where a tensor is read whole.
 * Skips:   text, and partitioned variables, with a note each. Of the graph of objects only names are read.
 */
import { FormatError, isUnrollError, LimitError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { byteWidth, type DType } from "../../tensor/dtype";
import { rowMajorStrides } from "../../tensor/strided";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { missingEntry, readThroughBox, type Archive } from "../base/archive";
import { ByteReader, type ByteSource } from "../base/bytes";
import { maxAxes } from "../base/limits";
import { NoteList } from "../base/notes";
import type { Siblings } from "../base/siblings";
import { readStoredBox, type ByteRange, type StoredTensor } from "../base/stored";
import { VarintReader } from "../base/varints";
import {
  readBundleEntry,
  readBundleHeader,
  readObjectNames,
  type BundleEntry,
  type BundleHeader,
} from "./messages";
import { maskedCrc32c, readTable } from "./table";

/** tensorflow/core/framework/types.proto, DataType. */
const dtypes: ReadonlyMap<number, DType> = new Map([
  [1, "float32"],
  [2, "float64"],
  [3, "int32"],
  [4, "uint8"],
  [5, "int16"],
  [6, "int8"],
  [8, "complex64"],
  [9, "int64"],
  [10, "bool"],
  [14, "bfloat16"],
  [17, "uint16"],
  [18, "complex128"],
  [19, "float16"],
  [22, "uint32"],
  [23, "uint64"],
  [24, "float8_e5m2"],
  [25, "float8_e4m3fn"],
]);
const textType = 7;

/** The tensor that describes the objects a TF2 checkpoint was saved from. */
const objectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";
const maxGraphBytes = 2 ** 27;

/** Behind the way to a variable through the objects. */
const variableSuffix = "/.ATTRIBUTES/VARIABLE_VALUE";

/** Training has a few; models in a thousand shards have no checkpoint of this kind. */
const maxShards = 1024;

/** Keys of the parts of partitioned variables begin with this byte. */
const sliceMark = 0;

interface Placed {
  readonly entry: BundleEntry;
  readonly dtype: DType;
}

/**
 * Lists the tensors of a checkpoint; `siblings` have its values.
 * @throws FormatError when the table is damaged, LimitError when it passes a bound.
 */
export async function readCheckpoint(source: ByteSource, siblings?: Siblings): Promise<Archive> {
  const { name: file } = source;
  const notes = new NoteList();
  const table = await readTable(source);
  const shards = new Shards(file, headerOf(file, table), siblings);
  const decoder = new TextDecoder();
  const found = new Map<string, Placed>();
  let graph: BundleEntry | undefined;
  for (const { key, value } of table) {
    if (key.length === 0 || key[0] === sliceMark) continue;
    const name = decoder.decode(key);
    const entry = readBundleEntry(file, value);
    if (name === objectGraphKey) graph = entry;
    else {
      const dtype = dtypeOf(file, name, entry);
      if (typeof dtype === "string") found.set(name, { entry, dtype });
      else if (dtype !== null) notes.add(dtype);
    }
  }
  const names = await namesOf(shards, [...found.keys()], graph, notes);
  const tensors = new Map<TensorEntry, Placed>();
  for (const [key, placed] of found) {
    const { entry, dtype } = placed;
    const name = names.get(key) ?? key;
    tensors.set({ name, dtype, shape: entry.shape, byteLength: entry.size }, placed);
  }
  const readBox: Archive["readBox"] = async (wanted, box) => {
    const placed = tensors.get(wanted);
    if (placed === undefined) throw missingEntry(file, wanted);
    return readStoredBox(file, wanted.name, shards.stored(wanted.name, placed), box);
  };
  return {
    format: "tensorflow",
    entries: [...tensors.keys()],
    notes: notes.list(),
    declared: [],
    read: (wanted) => readThroughBox(file, wanted, readBox),
    readBox,
  };
}

function headerOf(file: string, table: Awaited<ReturnType<typeof readTable>>): BundleHeader {
  const first = table.find(({ key }) => key.length === 0);
  if (first === undefined) {
    throw new FormatError(file, text("this is a table, but none of a TensorFlow checkpoint"));
  }
  const header = readBundleHeader(file, first.value);
  if (header.shards < 1 || header.shards > maxShards) {
    throw new LimitError(file, { of: "file-count" }, maxShards, header.shards);
  }
  return header;
}

/** The dtype of a tensor, a note about one that is not read, or null for what needs none. */
function dtypeOf(file: string, name: string, entry: BundleEntry): DType | Text | null {
  const { type, shape, size, offset, shard, isSliced } = entry;
  if (isSliced) return text("{0} is partitioned, its parts are not read", name);
  if (type === textType) return text("{0} holds text, not read", name);
  const dtype = dtypes.get(type);
  if (dtype === undefined) return text("{0} is of type {1}, not read", name, type);
  const count = elementCount(shape);
  const isPossible =
    shape.length <= maxAxes &&
    [...shape, count, offset, shard].every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!isPossible || count * byteWidth(dtype) !== size) {
    throw new FormatError(
      file,
      text("{0} has shape [{1}] and {2} bytes, which do not fit", name, shape.join(", "), size),
      { data: { tensor: name, found: size } },
    );
  }
  return dtype;
}

/** The data files, each opened when something of it is first read. */
class Shards {
  readonly file: string;
  readonly #header: BundleHeader;
  readonly #siblings: Siblings | undefined;
  readonly #sources = new Map<number, Promise<ByteSource>>();

  constructor(file: string, header: BundleHeader, siblings: Siblings | undefined) {
    this.file = file;
    this.#header = header;
    this.#siblings = siblings;
  }

  stored(name: string, { entry, dtype }: Placed): StoredTensor {
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

/**
 * The names under which tensors are shown, by their keys: the variables' own where each has one, else the way to them
 * through the objects without what all of them end in.
 */
async function namesOf(
  shards: Shards,
  keys: readonly string[],
  graph: BundleEntry | undefined,
  notes: NoteList,
): Promise<ReadonlyMap<string, string>> {
  const short = new Map(keys.map((key) => [key, key.replace(variableSuffix, "")]));
  if (graph === undefined || graph.size > maxGraphBytes)
    return isDistinct(short) ? short : new Map();
  try {
    const full = await readFullNames(shards, graph);
    const own = new Map(keys.map((key) => [key, full.get(key) ?? ""]));
    if (isDistinct(own)) return own;
  } catch (error) {
    if (!isUnrollError(error)) throw error;
    notes.add(text("the names of its variables are not read: {0}", error.text));
  }
  return isDistinct(short) ? short : new Map();
}

function isDistinct(names: ReadonlyMap<string, string>): boolean {
  const all = new Set(names.values());
  return all.size === names.size && !all.has("");
}

/** A tensor of one text: its length (varint), a checksum of the length (u32), the text. */
async function readFullNames(
  shards: Shards,
  graph: BundleEntry,
): Promise<ReadonlyMap<string, string>> {
  const range = shards.range(objectGraphKey, { ...graph, crc32c: 0 });
  const bytes = await range.read(0, graph.size);
  const reader = new VarintReader(bytes);
  if (!reader.next()) return new Map();
  const length = reader.unsigned;
  const content = new ByteReader(shards.file, bytes.subarray(reader.at));
  content.bytes(4);
  return readObjectNames(shards.file, content.bytes(length));
}
