/**
 * TensorFlow checkpoints (tf.train.Checkpoint, tf.train.Saver since version 2 of its format): `.index` with the names,
 * `.data-00000-of-0000N` beside it with the values.
 *
 * Source:  tensorflow/core/util/tensor_bundle/tensor_bundle.cc.
 * Reads:   all numeric tensors, of every shard, in both byte orders; CRC-32C is checked where a tensor is read whole.
 * Skips:   text, with a note. Of the graph of objects only names are read. The parts of partitioned variables are joined.
 */
import { FormatError, isUnrollError, LimitError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { joined, type BoxSource, type ReadBox } from "../../tensor/boxSource";
import { byteWidth, type DType } from "../../tensor/dtype";
import { elementCount, type Shape, type TensorEntry } from "../../tensor/tensor";
import { tensorsOf, type Archive } from "../base/archive";
import { ByteReader, type ByteSource } from "../base/bytes";
import { assertTensorBytes, maxAxes } from "../base/limits";
import { NoteList } from "../base/notes";
import type { Siblings } from "../base/siblings";
import { readStoredBox } from "../base/stored";
import { VarintReader } from "../base/varints";
import {
  readBundleEntry,
  readBundleHeader,
  readObjectNames,
  type BundleEntry,
  type BundleHeader,
} from "./messages";
import { Shards } from "./shards";
import { isSliceKey, readSliceKey, slicedAlong, type Slice } from "./slices";
import { readTable } from "./table";

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

interface Placed {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly readBox: ReadBox;
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
  const { found, graph } = placedIn(shards, table, notes);
  const names = await namesOf(shards, [...found.keys()], graph, notes);
  const tensors = new Map<TensorEntry, Placed>();
  for (const [key, placed] of found) {
    const { shape, dtype } = placed;
    const byteLength = elementCount(shape) * byteWidth(dtype);
    tensors.set({ name: names.get(key) ?? key, dtype, shape, byteLength }, placed);
  }
  return {
    format: "tensorflow",
    notes: notes.list(),
    declared: [],
    ...tensorsOf(file, tensors, (placed, box) => placed.readBox(box)),
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

/** The tensors by their keys, and the entry of the graph of objects. */
function placedIn(
  shards: Shards,
  table: Awaited<ReturnType<typeof readTable>>,
  notes: NoteList,
): { readonly found: ReadonlyMap<string, Placed>; readonly graph: BundleEntry | undefined } {
  const { file } = shards;
  const slices = slicesIn(file, table);
  const decoder = new TextDecoder();
  const found = new Map<string, Placed>();
  let graph: BundleEntry | undefined;
  for (const { key, value } of table) {
    if (key.length === 0 || isSliceKey(key)) continue;
    const name = decoder.decode(key);
    const entry = readBundleEntry(file, value);
    if (name === objectGraphKey) graph = entry;
    else {
      const placed = entry.isSliced
        ? joinedOf(shards, name, entry, slices.get(name) ?? [])
        : placedOf(shards, name, entry);
      if ("readBox" in placed) found.set(name, placed);
      else notes.add(placed);
    }
  }
  return { found, graph };
}

/** The parts of each partitioned variable. */
function slicesIn(
  file: string,
  table: Awaited<ReturnType<typeof readTable>>,
): ReadonlyMap<string, readonly Slice[]> {
  const slices = new Map<string, Slice[]>();
  for (const { key, value } of table) {
    const read = isSliceKey(key) ? readSliceKey(key) : null;
    if (read === null) continue;
    const known = slices.get(read.name) ?? [];
    known.push({ ...read, entry: readBundleEntry(file, value) });
    slices.set(read.name, known);
  }
  return slices;
}

/** A tensor whose values lie in one place, or a note about one that is not read. */
function placedOf(shards: Shards, name: string, entry: BundleEntry): Placed | Text {
  const { file } = shards;
  const { type, shape, size, offset, shard } = entry;
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
  const stored = shards.stored(name, entry, dtype);
  return { shape, dtype, readBox: (box) => readStoredBox(file, name, stored, box) };
}

/** A partitioned variable as one tensor, or a note about one whose parts are not all there. */
function joinedOf(
  shards: Shards,
  name: string,
  { type, shape }: BundleEntry,
  slices: readonly Slice[],
): Placed | Text {
  if (type === textType) return text("{0} holds text, not read", name);
  const along = slicedAlong(shape, slices);
  const parts: BoxSource[] = [];
  for (const entry of along?.parts ?? []) {
    const placed = placedOf(shards, name, entry);
    if (!("readBox" in placed)) return placed;
    parts.push(placed);
  }
  const [first] = parts;
  const isOne = first !== undefined && parts.every(({ dtype }) => dtype === first.dtype);
  if (along === null || !isOne) {
    return text("{0} is partitioned, and its parts do not make all of it; it is not read", name);
  }
  const { dtype } = first;
  const readJoined = joined(parts, along.axis);
  const readBox: ReadBox = async (box) => {
    assertTensorBytes(shards.file, name, elementCount(box.size) * byteWidth(dtype));
    return readJoined(box);
  };
  return { shape, dtype, readBox };
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
