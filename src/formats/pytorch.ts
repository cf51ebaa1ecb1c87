/**
 * PyTorch .pt and .pth reader: the zip layout of `torch.save` since 1.6, and of TorchScript.
 *
 * Source:  torch/serialization.py.
 * Layout:  zip of {stem}/data.pkl | {stem}/byteorder (since 2.1) | {stem}/data/{key}: one member per storage
 * Reads:   strided views over shared storages, both byte orders, pickle protocols 2 to 5, state_dicts and modules at
 *          any depth of a checkpoint.
 * Skips:   complex, float8 and quantised tensors, objects that are no tensors: a note each.
 * Refuses: views that leave their storage, storages of another size than the pickle says: FormatError.
 */
import { FormatError, LimitError, UnsupportedError } from "../errors";
import { spannedElements } from "../tensor/strided";
import { elementCount, type TensorEntry } from "../tensor/tensor";
import { text } from "../text";
import { missingEntry, nameFromFile, readThroughBox, type Archive } from "./archive";
import type { ByteSource } from "./bytes";
import { assertTensorBytes, maxAxes } from "./limits";
import { NoteList } from "./notes";
import { readStoredBox, type ByteRange } from "./stored";
import { parsePickle } from "./pickle";
import type { PickleValue } from "./pickleValues";
import { torchHost } from "./torchPickle";
import { collectTensors, type NamedReference } from "./torchTree";
import type { ZipArchive, ZipMember } from "./zip";

/** The pickle holds names and sizes, no values: a checkpoint of ten thousand tensors takes a few megabytes. */
const maxPickleBytes = 2 ** 26;

/** A view may repeat its storage (stride 0); copied out it must not be a thousand times the file. */
const maxExpandedBytes = 2 ** 26;

/** A tensor whose place in the archive has been checked. */
interface PlacedTensor {
  readonly entry: TensorEntry;
  readonly member: ZipMember;
  readonly strides: readonly number[];
  /** Elements before the first one, in its storage. */
  readonly offset: number;
}

/**
 * Reads the pickle of a PyTorch archive and places every tensor in it.
 * @throws FormatError when the archive contradicts itself, UnsupportedError when it holds no tensor that can be read.
 */
export async function readPytorch(source: ByteSource, zip: ZipArchive): Promise<Archive> {
  const members = new Map(zip.members.map((member) => [member.name, member]));
  const prefix = findPrefix(source.name, members);
  const root = await readPickle(source.name, members, prefix);
  const notes = new NoteList();
  const { tensors, opaque } = collectTensors(source.name, root, nameFromFile(source.name), notes);
  const placed = new Map<TensorEntry, PlacedTensor>();
  for (const reference of tensors) {
    const tensor = placeTensor(source.name, reference, members, prefix);
    if (tensor === undefined) {
      notes.add(text("{0} is {1}, not read", reference.name, reference.tensor.type.name));
    } else {
      placed.set(tensor.entry, tensor);
    }
  }
  if (placed.size === 0) throw withoutTensors(source.name, opaque, notes);

  const littleEndian = await readByteOrder(source.name, members, prefix);
  const readBox: Archive["readBox"] = async (entry, box) => {
    const tensor = placed.get(entry);
    if (tensor === undefined) throw missingEntry(source.name, entry);
    const { member, strides, offset } = tensor;
    const { name, dtype, shape } = entry;
    const bytes = rangeOf(member);
    const stored = { dtype, shape, littleEndian, strides, offset, bytes };
    return readStoredBox(source.name, name, stored, box);
  };
  return {
    format: "pytorch",
    entries: [...placed.keys()],
    notes: notes.list(),
    declared: [],
    read: (entry) => readThroughBox(source.name, entry, readBox),
    readBox,
  };
}

/** A whole storage goes through `read`, which checks its CRC. */
function rangeOf(member: ZipMember): ByteRange {
  return {
    size: member.size,
    read: (offset, length) =>
      offset === 0 && length === member.size ? member.read() : member.readRange(offset, length),
  };
}

/** The one folder that everything is in. */
function findPrefix(file: string, members: ReadonlyMap<string, ZipMember>): string {
  const pickles = [...members.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    throw new FormatError(
      file,
      text("a PyTorch archive has one data.pkl in one folder, this one has {0}", pickles.length),
    );
  }
  return pickle.slice(0, -"data.pkl".length);
}

async function readPickle(
  file: string,
  members: ReadonlyMap<string, ZipMember>,
  prefix: string,
): Promise<PickleValue> {
  const name = `${prefix}data.pkl`;
  const member = members.get(name);
  if (member === undefined) throw new FormatError(file, text("{0} is missing", name));
  if (member.size > maxPickleBytes) {
    throw new LimitError(file, text("the size of {0} in bytes", name), maxPickleBytes, member.size);
  }
  return parsePickle(`${file}: ${name}`, await member.read(), torchHost);
}

async function readByteOrder(
  file: string,
  members: ReadonlyMap<string, ZipMember>,
  prefix: string,
): Promise<boolean> {
  const member = members.get(`${prefix}byteorder`);
  if (member === undefined) return true;
  const order = new TextDecoder().decode(await member.readStart(16)).trim();
  if (order !== "little" && order !== "big") {
    throw new FormatError(
      file,
      text("the byteorder record says {0} instead of little or big", order),
    );
  }
  return order === "little";
}

/** Checks a tensor against its storage; undefined for a dtype that is not read. */
function placeTensor(
  file: string,
  reference: NamedReference,
  members: ReadonlyMap<string, ZipMember>,
  prefix: string,
): PlacedTensor | undefined {
  const { name, tensor } = reference;
  const { dtype, width } = tensor.type;
  if (dtype === undefined) return undefined;
  const shape = sizes(tensor.shape);
  const strides = sizes(tensor.strides);
  const [offset] = sizes([tensor.offset]) ?? [];
  if (shape === undefined || strides?.length !== shape.length || offset === undefined) {
    throw new FormatError(file, text("{0} has an impossible size, stride or offset", name));
  }
  const member = findStorage(file, reference, members, prefix);
  const byteLength = elementCount(shape) * width;
  const needed = (offset + spannedElements(shape, strides)) * width;
  if (byteLength > 0 && needed > member.size) {
    throw new FormatError(
      file,
      text("{0} reaches byte {1} of its storage, which has {2}", name, needed, member.size),
    );
  }
  if (byteLength > member.size && byteLength > maxExpandedBytes) {
    throw new LimitError(
      file,
      text("the size of {0} in bytes", name),
      maxExpandedBytes,
      byteLength,
    );
  }
  assertTensorBytes(file, name, byteLength);
  return { entry: { name, dtype, shape, byteLength }, member, strides, offset };
}

function findStorage(
  file: string,
  { name, tensor: { storage } }: NamedReference,
  members: ReadonlyMap<string, ZipMember>,
  prefix: string,
): ZipMember {
  const member = members.get(`${prefix}data/${storage.key}`);
  if (member === undefined) {
    throw new FormatError(
      file,
      text("the data of {0} are missing: no member data/{1}", name, storage.key),
    );
  }
  if (member.size !== storage.byteLength) {
    throw new FormatError(
      file,
      text(
        "the data of {0} should have {1} bytes, they have {2}",
        name,
        storage.byteLength,
        member.size,
      ),
    );
  }
  return member;
}

/** A list of sizes from 0 upwards; undefined when it is anything else. */
function sizes(value: PickleValue): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > maxAxes) return undefined;
  const numbers = value.filter(
    (size): size is number => typeof size === "number" && Number.isSafeInteger(size) && size >= 0,
  );
  return numbers.length === value.length ? numbers : undefined;
}

function withoutTensors(
  file: string,
  opaque: readonly string[],
  notes: NoteList,
): FormatError | UnsupportedError {
  const [name] = opaque;
  if (name !== undefined) {
    return new UnsupportedError(
      file,
      text(
        "it holds {0}, which is not rebuilt because nothing in a file is executed; save the state_dict",
        name,
      ),
    );
  }
  const [note] = notes.list();
  return note === undefined
    ? new FormatError(file, text("it holds no tensor"))
    : new UnsupportedError(file, text("it holds no tensor that is read: {0}", note));
}
