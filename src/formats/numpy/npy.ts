/**
 * NumPy .npy and .npz reader.
 *
 * Spec:    numpy.lib.format, see header.ts; an .npz is a zip of .npy members.
 * Reads:   b1 i1–i8 u1–u8 f2 f4 f8, both byte orders, C and Fortran order. Objects, such as the dict that np.save was
 *          given, are a pickle: the arrays in it, without running any of it.
 * Skips:   members of an .npz with another dtype (text), with a note.
 * Refuses: single structured and text arrays: UnsupportedError.
 */
import { FormatError, isUnrollError, UnsupportedError } from "../../core/errors";
import type { Box, RawValues } from "../../tensor/raw";
import { columnMajorStrides, rowMajorStrides } from "../../tensor/strided";
import type { TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { nameFromFile, tensorsOf, type Archive } from "../base/archive";
import { SectionSource, type ByteSource } from "../base/bytes";
import { joinArchives, type ArchivePart } from "../base/joined";
import { maxNpyHeadBytes, parseNpyHeader, type NpyHeader, type NpyObjects } from "./header";
import { NoteList } from "../base/notes";
import { readStoredBox, type ByteRange } from "../base/stored";
import type { ZipMember } from "../zip/member";
import type { ZipArchive } from "../zip/zip";

/** Reads the pickle that a source is, of the objects of an array. */
export type ReadObjects = (pickle: ByteSource) => Promise<Archive>;

/** Enough for the header of nearly every array; longer ones are read again in full. */
const usualHeadBytes = 1024;

/**
 * Reads a single array, whose entry is named after the file; of objects, the arrays in them.
 * @throws FormatError when the file is damaged, UnsupportedError when its dtype is not read.
 */
export async function readNpy(source: ByteSource, readObjects: ReadObjects): Promise<Archive> {
  const head = await source.read(0, Math.min(source.size, maxNpyHeadBytes));
  const header = parseNpyHeader(source.name, head);
  if ("pickleOffset" in header) {
    const pickle = await readObjects(pickleOf(source, header));
    return { ...pickle, format: "pickle" };
  }
  const end = header.dataOffset + header.byteLength;
  if (end > source.size) {
    throw new FormatError(
      source.name,
      text("the file is cut short: the array needs {0} bytes, the file has {1}", end, source.size),
      { offset: source.size },
    );
  }
  const entry = makeEntry(nameFromFile(source.name), header);
  const arrays = new Map([[entry, { header, bytes: source }]]);
  return {
    format: "npy",
    notes:
      end < source.size ? [text("{0} bytes after the array are not read", source.size - end)] : [],
    declared: [],
    ...tensorsOf(source.name, arrays, (array, box) => readArrayBox(source.name, entry, array, box)),
  };
}

/**
 * Reads the headers of the arrays in a zip archive; arrays in an array of objects are named behind its name.
 * @throws FormatError when a member is damaged.
 */
export async function readNpz(
  source: ByteSource,
  zip: ZipArchive,
  readObjects: ReadObjects,
): Promise<Archive> {
  const arrays = new Map<TensorEntry, { readonly member: ZipMember; readonly header: NpyHeader }>();
  const objects: ArchivePart[] = [];
  const notes = new NoteList();
  const frame = { file: source.name, readObjects, notes };
  for (const member of zip.members) {
    if (!member.name.endsWith(".npy")) {
      notes.add(text("{0} is not an array, not read", member.name));
      continue;
    }
    const name = member.name.slice(0, -".npy".length);
    try {
      const header = await readMemberHeader(`${source.name}: ${name}`, member);
      if ("pickleOffset" in header) objects.push(...(await readMemberObjects(frame, member)));
      else arrays.set(makeEntry(name, header), { member, header });
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      notes.add(error.text);
    }
  }
  const plain: Archive = {
    format: "npz",
    notes: notes.list(),
    declared: [],
    ...tensorsOf(source.name, arrays, (array, box, entry) =>
      readArrayBox(source.name, entry, { ...array, bytes: rangeOf(array.member) }, box),
    ),
  };
  if (objects.length === 0) return plain;
  return joinArchives(source.name, "npz", [{ archive: plain, prefix: "" }, ...objects]);
}

/** @throws UnsupportedError when the dtype of the array is not read. */
async function readMemberHeader(
  subject: string,
  member: ZipMember,
): Promise<NpyHeader | NpyObjects> {
  const head = await member.readStart(usualHeadBytes);
  const header = parseNpyHeader(
    subject,
    mayNeedMore(head, member) ? await member.readStart(maxNpyHeadBytes) : head,
  );
  if ("pickleOffset" in header) return header;
  const end = header.dataOffset + header.byteLength;
  if (end !== member.size) {
    throw new FormatError(
      subject,
      text("the array needs {0} bytes, its zip member has {1}", end, member.size),
    );
  }
  return header;
}

/** What is needed beside a member to read its objects. */
interface ObjectsFrame {
  readonly file: string;
  readonly readObjects: ReadObjects;
  readonly notes: NoteList;
}

/**
 * The arrays in the objects of a member: behind its name, or of its name where the one object is an array. Objects that
 * cannot be read get a note.
 */
async function readMemberObjects(
  { file, readObjects, notes }: ObjectsFrame,
  member: ZipMember,
): Promise<readonly ArchivePart[]> {
  const subject = `${file}/${member.name}`;
  try {
    const whole = await member.source();
    const head = await whole.read(0, Math.min(whole.size, maxNpyHeadBytes));
    const header = parseNpyHeader(subject, head);
    const start = "pickleOffset" in header ? header.pickleOffset : 0;
    const place = { start, size: whole.size - start };
    const archive = await readObjects(new SectionSource(subject, whole, place));
    const name = member.name.slice(0, -".npy".length);
    const [only, ...others] = archive.entries;
    const isItself = only?.name === nameFromFile(subject) && others.length === 0;
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    return [{ archive, prefix: isItself ? folder : `${name}.` }];
  } catch (error) {
    if (!isUnrollError(error)) throw error;
    notes.add(error.text);
    return [];
  }
}

function pickleOf(source: ByteSource, { pickleOffset }: NpyObjects): ByteSource {
  const place = { start: pickleOffset, size: source.size - pickleOffset };
  return new SectionSource(source.name, source, place);
}

/** True when the header's length, or the header itself, goes beyond the bytes at hand. */
function mayNeedMore(head: Uint8Array, member: ZipMember): boolean {
  if (head.length < usualHeadBytes || member.size <= head.length) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const headerEnd = head[6] === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  return headerEnd > head.length;
}

function makeEntry(name: string, header: NpyHeader): TensorEntry {
  const { dtype, shape, byteLength } = header;
  return { name, dtype, shape, byteLength };
}

/** A whole array goes through `read`, which checks the CRC of its member. */
function rangeOf(member: ZipMember): ByteRange {
  return {
    size: member.size,
    givesOwnBytes: member.givesOwnBytes,
    read: async (offset, length) => {
      const isWhole = offset + length === member.size && offset <= maxNpyHeadBytes;
      return isWhole ? (await member.read()).subarray(offset) : member.readRange(offset, length);
    },
  };
}

function readArrayBox(
  file: string,
  { name }: TensorEntry,
  array: { readonly header: NpyHeader; readonly bytes: ByteRange },
  box: Box,
): Promise<RawValues> {
  const { dtype, shape, littleEndian, fortranOrder, dataOffset } = array.header;
  const strides = fortranOrder ? columnMajorStrides(shape) : rowMajorStrides(shape);
  const bytes = {
    size: array.bytes.size - dataOffset,
    givesOwnBytes: array.bytes.givesOwnBytes === true,
    read: (offset: number, length: number) => array.bytes.read(dataOffset + offset, length),
  };
  return readStoredBox(file, name, { dtype, shape, littleEndian, strides, offset: 0, bytes }, box);
}
