/**
 * PyTorch's oldest format, up to version 0.1.10: a tar archive.
 *
 * Source:  torch/serialization.py, `legacy_load`.
 * Members: storages: pickle: count | for each: pickle: (key, location, class) | elements (u64) | data; then
 *          pickle: views (key, key of the whole, offset, elements)
 *          tensors:  pickle: count | for each: pickle: (key, key of the storage, class) | axes (u32) | 0 (u32) |
 *          sizes (i64 each) | strides (i64 each) | offset (i64)
 *          pickle:   the object; its persistent ids are keys of tensors and storages
 */
import { FormatError, LimitError } from "../../core/errors";
import { text } from "../../core/text";
import type { Archive } from "../base/archive";
import { ByteReader, endOfFile, type ByteSource } from "../base/bytes";
import { maxAxes, maxEntries } from "../base/limits";
import { runPickle, type PickleResult } from "../pickle/pickle";
import { PickleGlobal, PickleOpaque, type PickleHost, type PickleValue } from "../pickle/values";
import { maxPickleBytes } from "./pytorch";
import { rangeIn, type ByteRange } from "../base/stored";
import type { TarMember } from "../base/tar";
import { makeTorchArchive, missingData } from "./archive";
import { StorageReference, storageType, TensorReference, torchHost } from "./pickle";

/** The pickle before a storage names its key, place and class. */
const storageHeadBytes = 1024;

type Hosted = ReadonlyMap<string, StorageReference | TensorReference>;

/**
 * Reads a tar archive that `torch.save` wrote.
 * @throws FormatError when it is damaged or none of PyTorch's, UnsupportedError when it holds no tensor that is read.
 */
export async function readTorchTar(
  source: ByteSource,
  members: ReadonlyMap<string, TarMember>,
): Promise<Archive> {
  const file = source.name;
  const member = (name: string): TarMember => {
    const found = members.get(name);
    if (found !== undefined) return found;
    throw new FormatError(
      file,
      text("a tar archive without the member {0} that PyTorch writes", name),
    );
  };
  const pickleMember = member("pickle");
  const storages = await readStorages(source, member("storages"));
  const hosted = await readTensors(source, member("tensors"), storages.references);
  const bytes = await readSmall(source, pickleMember);
  return makeTorchArchive(
    {
      file,
      littleEndian: true,
      storage: (storage, name) => rangeOf(source, storage, name, storages.places.get(storage.key)),
    },
    runPickle(file, bytes, hostOf(hosted), pickleMember.start),
  );
}

/** Keys of tensors and storages stand for them, and (class, source file, source) for the class. */
function hostOf(hosted: Hosted): PickleHost {
  return {
    callables: torchHost.callables,
    persistent: (id) => {
      const [class_] = Array.isArray(id) ? id : [];
      if (class_ instanceof PickleGlobal) return class_;
      return hosted.get(keyOf(id)) ?? new PickleOpaque("persistent id");
    },
  };
}

/** Keys are addresses, written as numbers here and as text there. */
function keyOf(key: PickleValue | undefined): string {
  const isKey = typeof key === "string" || typeof key === "number" || typeof key === "bigint";
  return isKey ? String(key) : "";
}

interface Storages {
  readonly references: Map<string, StorageReference>;
  /** Positions of their first elements, by key. */
  readonly places: Map<string, number>;
}

async function readStorages(source: ByteSource, { start, size }: TarMember): Promise<Storages> {
  const end = start + size;
  const references = new Map<string, StorageReference>();
  const places = new Map<string, number>();
  const take = async (position: number): Promise<PickleResult> => {
    const head = await source.read(position, Math.min(storageHeadBytes, end - position));
    return complete(runPickle(source.name, head, torchHost, position));
  };
  const first = await take(start);
  let position = start + first.byteLength;
  for (let left = countOf(source.name, first.value); left > 0; left -= 1) {
    const { value, byteLength } = await take(position);
    position += byteLength;
    const storage = await readStorage(source, value, position, end);
    references.set(storage.key, storage);
    places.set(storage.key, position + 8);
    position += 8 + storage.byteLength;
  }
  const views = await readSmall(source, { start: position, size: end - position });
  const { value } = complete(runPickle(source.name, views, torchHost, position));
  for (const view of Array.isArray(value) ? value : []) {
    const [key, root, offset] = Array.isArray(view) ? view : [];
    const storage = references.get(keyOf(root));
    if (storage === undefined || typeof offset !== "number") continue;
    const { type, elements } = storage;
    references.set(keyOf(key), new StorageReference(type, storage.key, elements, offset));
  }
  return { references, places };
}

async function readStorage(
  source: ByteSource,
  description: PickleValue,
  position: number,
  end: number,
): Promise<StorageReference> {
  const [key, , class_] = Array.isArray(description) ? description : [];
  const type = class_ instanceof PickleGlobal ? storageType(class_.name) : undefined;
  if (type === undefined) {
    throw new FormatError(source.name, text("a storage of an unknown class"), { offset: position });
  }
  if (position + 8 > end) throw endOfFile(source.name, position, 8, end);
  const bytes = await source.read(position, 8);
  const elements = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (elements * BigInt(type.width) > BigInt(end - position - 8)) {
    throw endOfFile(source.name, position, Number(elements) * type.width, end);
  }
  return new StorageReference(type, keyOf(key), Number(elements));
}

async function readTensors(
  source: ByteSource,
  member: TarMember,
  storages: ReadonlyMap<string, StorageReference>,
): Promise<Hosted> {
  const bytes = await readSmall(source, member);
  const hosted = new Map<string, StorageReference | TensorReference>(storages);
  const first = complete(runPickle(source.name, bytes, torchHost, member.start));
  let position = first.byteLength;
  for (let left = countOf(source.name, first.value); left > 0; left -= 1) {
    const rest = bytes.subarray(position);
    const base = member.start + position;
    const { value, byteLength } = complete(runPickle(source.name, rest, torchHost, base));
    const reader = new ByteReader(source.name, rest.subarray(byteLength), base + byteLength);
    const layout = readLayout(source.name, reader);
    position += byteLength + (reader.offset - base - byteLength);
    const [key, root] = Array.isArray(value) ? value : [];
    const storage = storages.get(keyOf(root));
    if (storage === undefined) {
      throw new FormatError(source.name, text("a tensor lies in a storage that is not there"), {
        offset: base,
      });
    }
    hosted.set(keyOf(key), new TensorReference(storage.type, storage, layout));
  }
  return hosted;
}

function readLayout(
  file: string,
  reader: ByteReader,
): readonly [offset: number, shape: number[], strides: number[]] {
  const axes = reader.uint32();
  reader.uint32();
  if (axes > maxAxes) {
    throw new FormatError(file, text("a tensor has {0} axes", axes), { offset: reader.offset });
  }
  // Negative ones become numbers far above every size, which no storage has.
  const values = (): number[] => Array.from({ length: axes }, () => Number(reader.uint64()));
  const shape = values();
  const strides = values();
  return [Number(reader.uint64()), shape, strides];
}

function complete(result: PickleResult): PickleResult {
  if (result.problem !== undefined) throw result.problem;
  return result;
}

function countOf(file: string, value: PickleValue): number {
  if (typeof value !== "number" || value < 0) {
    throw new FormatError(file, text("the number of tensors or storages is missing"));
  }
  if (value > maxEntries) throw new LimitError(file, { of: "tensor-count" }, maxEntries, value);
  return value;
}

async function readSmall(source: ByteSource, { start, size }: TarMember): Promise<Uint8Array> {
  if (size > maxPickleBytes) {
    throw new LimitError(source.name, { of: "pickle-bytes" }, maxPickleBytes, size);
  }
  return source.read(start, size);
}

function rangeOf(
  source: ByteSource,
  storage: StorageReference,
  name: string,
  place: number | undefined,
): ByteRange {
  if (place === undefined) throw missingData(source.name, storage, name);
  return rangeIn(source, place, storage.byteLength);
}
