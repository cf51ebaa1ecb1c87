/**
 * PyTorch's layout before version 1.6: pickles one after another, then the storages.
 *
 * Source:  torch/serialization.py, `_legacy_load` and `_legacy_save`.
 * Layout:  pickle: magic number | pickle: protocol | pickle: system info | pickle: the object |
 *          pickle: keys of the storages | for each key: elements (u64 LE) | data (always little-endian)
 * Where a storage begins follows from the sizes before it, which the object's pickle has too: the data are not read to
 * list them, and the count before a storage is compared when the storage is read.
 * A bare pickle, such as one of NumPy arrays, is the object alone.
 */
import { FormatError, LimitError } from "../../core/errors";
import { text } from "../../core/text";
import type { Archive } from "../base/archive";
import { endOfFile, type ByteSource } from "../base/bytes";
import { runPickle, type PickleResult } from "../pickle/pickle";
import { PickleGlobal, type PickleHost, type PickleValue } from "../pickle/values";
import { maxPickleBytes } from "./pytorch";
import { startsWith } from "../base/refused";
import type { ByteRange } from "../base/stored";
import { assertElements, makeTorchArchive, missingData } from "./archive";
import { StorageReference, torchHost } from "./pickle";

/** `0x1950a86a20f9469cfc6c` as protocol 2 pickles it, without its STOP. */
const magic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

const protocolVersion = 1001;

/** Most pickles are over before this; a longer one is read again with more of the file. */
const firstWindowBytes = 2 ** 18;
const windowGrowth = 8;

const countBytes = 8;

/** True when the first bytes are those of a file that `torch.save` wrote before version 1.6. */
export function looksLikeLegacy(head: Uint8Array): boolean {
  return startsWith(head, magic);
}

/** True when the first bytes are a pickle's of protocol 2 to 5. */
export function looksLikePickle(head: Uint8Array): boolean {
  const protocol = head[1] ?? 0;
  return head[0] === 0x80 && protocol >= 2 && protocol <= 5;
}

/**
 * Reads the pickles of a file of the old layout.
 * @throws FormatError when it is damaged, UnsupportedError when it holds no tensor that can be read.
 */
export async function readLegacy(source: ByteSource): Promise<Archive> {
  const file = source.name;
  const storages = new Map<string, StorageReference>();
  const host: PickleHost = {
    callables: torchHost.callables,
    persistent: (id) => {
      const reference = persistentId(id);
      if (reference instanceof StorageReference) storages.set(reference.key, reference);
      return reference;
    },
  };
  const header = await readPickles(source, torchHost, 0, 3);
  const [, version] = header.values;
  if (version !== protocolVersion) {
    throw new FormatError(file, text("the protocol of the file is not {0}", protocolVersion));
  }
  const object = await readPickleAt(source, host, header.end);
  // Where its storages begin is behind its end, wherever that is.
  if (object.problem !== undefined) throw object.problem;
  const places = await placeStorages(source, storages, header.end + object.byteLength);
  return makeTorchArchive(
    {
      file,
      littleEndian: true,
      storage: (storage, name) => rangeOf(source, storage, name, places.get(storage.key)),
    },
    object,
  );
}

/**
 * Reads a pickle that stands alone: NumPy arrays within dictionaries and lists.
 * @throws FormatError when it is damaged, UnsupportedError when it holds no array that can be read.
 */
export async function readBarePickle(source: ByteSource): Promise<Archive> {
  const pickle = await readPickleAt(source, torchHost, 0);
  const storage = (reference: StorageReference, name: string): ByteRange => {
    throw missingData(source.name, reference, name);
  };
  return makeTorchArchive({ file: source.name, littleEndian: true, storage }, pickle);
}

/** (kind, class, key, location, elements, view), or ('module', class, source file, source) which stands for the class. */
function persistentId(id: PickleValue): PickleValue {
  const parts = Array.isArray(id) ? id : [];
  const [kind, class_] = parts;
  if (kind === "module" && class_ instanceof PickleGlobal) return class_;
  const storage = torchHost.persistent(id);
  const [, start] = Array.isArray(parts[5]) ? parts[5] : [];
  if (!(storage instanceof StorageReference) || typeof start !== "number") return storage;
  return new StorageReference(storage.type, storage.key, storage.elements, start);
}

interface Pickles {
  readonly values: readonly PickleValue[];
  readonly end: number;
}

async function readPickles(
  source: ByteSource,
  host: PickleHost,
  start: number,
  count: number,
): Promise<Pickles> {
  const values: PickleValue[] = [];
  let end = start;
  for (let index = 0; index < count; index += 1) {
    const { value, byteLength, problem } = await readPickleAt(source, host, end);
    if (problem !== undefined) throw problem;
    values.push(value);
    end += byteLength;
  }
  return { values, end };
}

/** Runs the pickle at `start`, with as much of the file as it needs. */
async function readPickleAt(
  source: ByteSource,
  host: PickleHost,
  start: number,
): Promise<PickleResult> {
  const available = source.size - start;
  for (let size = firstWindowBytes; ; size *= windowGrowth) {
    const length = Math.min(size, available, maxPickleBytes);
    const bytes = await source.read(start, length);
    const result = runPickle(source.name, bytes, host, start);
    const isOver = result.problem === undefined || result.missingBytes === 0;
    if (isOver || length === available) return result;
    if (length === maxPickleBytes) {
      throw new LimitError(source.name, { of: "pickle-bytes" }, maxPickleBytes, available);
    }
  }
}

/** Positions of the storages, by key, from the list of keys at `start`. */
async function placeStorages(
  source: ByteSource,
  storages: ReadonlyMap<string, StorageReference>,
  start: number,
): Promise<ReadonlyMap<string, number>> {
  const { values, end } = await readPickles(source, torchHost, start, 1);
  const [keys] = values;
  const places = new Map<string, number>();
  let position = end;
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (typeof key !== "string" || storage === undefined) {
      throw new FormatError(
        source.name,
        text("its list of storages names one that no tensor lies in"),
        { offset: start },
      );
    }
    assertElements(source.name, storage);
    places.set(key, position + countBytes);
    position += countBytes + storage.byteLength;
  }
  if (position > source.size) throw endOfFile(source.name, end, position - end, source.size);
  return places;
}

function rangeOf(
  source: ByteSource,
  storage: StorageReference,
  name: string,
  place: number | undefined,
): ByteRange {
  if (place === undefined) throw missingData(source.name, storage, name);
  let checked = false;
  return {
    size: storage.byteLength,
    givesOwnBytes: source.givesOwnBytes === true,
    read: async (offset, length) => {
      if (!checked) await checkCount(source, storage, place);
      checked = true;
      return source.read(place + offset, length);
    },
  };
}

async function checkCount(
  source: ByteSource,
  storage: StorageReference,
  place: number,
): Promise<void> {
  const bytes = await source.read(place - countBytes, countBytes);
  const count = new DataView(bytes.buffer, bytes.byteOffset, countBytes).getBigUint64(0, true);
  if (count !== BigInt(storage.elements)) {
    throw new FormatError(
      source.name,
      text(
        "storage {0} should have {1} elements, it has {2}",
        storage.key,
        storage.elements,
        String(count),
      ),
      { offset: place - countBytes },
    );
  }
}
