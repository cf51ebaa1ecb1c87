/**
 * PyTorch reader (.pt, .pth, .bin, .ckpt): zip archives of `torch.save` since 1.6, and of TorchScript.
 *
 * Source:  torch/serialization.py.
 * Layout:  zip of {stem}/data.pkl | {stem}/byteorder (since 2.1) | {stem}/data/{key}: one member per storage
 * Reads:   strided views over shared storages, both byte orders, pickle protocols 0 to 5, state_dicts and modules at
 *          any depth of a checkpoint, NumPy arrays in it, constants of scripted modules.
 * Skips:   sparse tensors and objects that are no tensors: a note each. Quantised tensors are listed as integers.
 * Refuses: views that leave their storage, storages of another size than the pickle says: FormatError.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { runPickle, type PickleResult } from "../pickle/pickle";
import type { ByteRange } from "../base/stored";
import { makeTorchArchive, type TorchContainer } from "./archive";
import { nameConstants } from "./frozen";
import { torchHost, type StorageReference } from "./pickle";
import { ScriptConstants } from "./script";
import type { ZipMember } from "../zip/member";
import type { ZipArchive } from "../zip/zip";

/** The pickle holds names and sizes, no values: a checkpoint of ten thousand tensors takes two megabytes. */
export const maxPickleBytes = 2 ** 27;

type Members = ReadonlyMap<string, ZipMember>;

/**
 * Reads the pickle of a PyTorch archive and places every tensor in it.
 * @throws FormatError when the archive contradicts itself, UnsupportedError when it holds no tensor that can be read.
 */
export async function readPytorch(source: ByteSource, zip: ZipArchive): Promise<Archive> {
  const file = source.name;
  const members: Members = new Map(zip.members.map((member) => [member.name, member]));
  const prefix = findPrefix(file, zip);
  const pickle = await readPickle(file, members, `${prefix}data.pkl`);
  const constants = new ScriptConstants(members, prefix);
  const littleEndian = await readByteOrder(file, members, prefix);
  const container = (folder: string): TorchContainer => ({
    file,
    littleEndian,
    storage: (storage, name) =>
      findStorage(file, storage, name, members.get(`${prefix}${folder}/${storage.key}`)),
    describeModule: (found) => constants.describe(found),
  });
  try {
    return await makeTorchArchive(container("data"), pickle);
  } catch (error) {
    if (!(error instanceof UnsupportedError) || !members.has(`${prefix}constants.pkl`)) throw error;
    const frozen = await readPickle(file, members, `${prefix}constants.pkl`);
    const named = await nameConstants(frozen.value, zip.members);
    if (named === null) throw error;
    const archive = await makeTorchArchive(container("constants"), {
      ...frozen,
      value: named.value,
    });
    return {
      ...archive,
      declared: named.declared,
      notes: [
        text(
          "a frozen TorchScript module: its parameters are constants of its code, named after the operators that they are given to",
        ),
        ...archive.notes,
      ],
    };
  }
}

/** The one folder that everything is in. */
function findPrefix(file: string, zip: ZipArchive): string {
  const pickles = zip.members.filter(({ name }) => isDataPickle(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    throw new FormatError(
      file,
      text("a PyTorch archive has one data.pkl in one folder, this one has {0}", pickles.length),
    );
  }
  return pickle.name.slice(0, -"data.pkl".length);
}

/** True for `data.pkl` in a folder at the top of an archive. */
export function isDataPickle(name: string): boolean {
  return name.endsWith("/data.pkl") && name.indexOf("/") === name.length - "/data.pkl".length;
}

async function readPickle(file: string, members: Members, name: string): Promise<PickleResult> {
  const member = members.get(name);
  if (member === undefined) throw new FormatError(file, text("{0} is missing", name));
  if (member.size > maxPickleBytes) {
    throw new LimitError(file, { of: "member-bytes", member: name }, maxPickleBytes, member.size);
  }
  return runPickle(`${file}: ${name}`, await member.read(), torchHost);
}

async function readByteOrder(file: string, members: Members, prefix: string): Promise<boolean> {
  const member = members.get(`${prefix}byteorder`);
  if (member === undefined) return true;
  const order = new TextDecoder().decode(await member.readStart(16)).trim();
  if (order !== "little" && order !== "big") {
    throw new FormatError(
      file,
      text("the byteorder record says {0} instead of little or big", order),
      { data: { found: order, candidates: ["little", "big"] } },
    );
  }
  return order === "little";
}

function findStorage(
  file: string,
  storage: StorageReference,
  name: string,
  member: ZipMember | undefined,
): ByteRange {
  if (member === undefined) {
    throw new FormatError(
      file,
      text("the data of {0} are missing: no member data/{1}", name, storage.key),
      { data: { tensor: name } },
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
      { data: { tensor: name, expected: storage.byteLength, found: member.size } },
    );
  }
  return new MemberRange(member);
}

/** A storage of its own member; read whole, its CRC is checked. */
export class MemberRange implements ByteRange {
  readonly #member: ZipMember;

  constructor(member: ZipMember) {
    this.#member = member;
  }

  get size(): number {
    return this.#member.size;
  }

  get sequential(): boolean {
    return this.#member.sequential;
  }

  get givesOwnBytes(): boolean {
    return this.#member.givesOwnBytes;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const isWhole = offset === 0 && length === this.size;
    return isWhole ? this.#member.read() : this.#member.readRange(offset, length);
  }
}
