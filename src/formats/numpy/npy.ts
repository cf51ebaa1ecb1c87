/**
 * NumPy .npy and .npz reader.
 *
 * Spec:    numpy.lib.format, see npyHeader.ts; an .npz is a zip of .npy members.
 * Reads:   b1 i1–i8 u1–u8 f2 f4 f8, both byte orders, C and Fortran order.
 * Skips:   members of an .npz with another dtype (text, object), with a note.
 * Refuses: single object, structured and text arrays: UnsupportedError.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import type { Box, RawValues } from "../../tensor/raw";
import { columnMajorStrides, rowMajorStrides } from "../../tensor/strided";
import type { TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { missingEntry, nameFromFile, readThroughBox, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { maxNpyHeadBytes, parseNpyHeader, type NpyHeader } from "./header";
import { NoteList } from "../base/notes";
import { readStoredBox, type ByteRange } from "../base/stored";
import type { ZipMember } from "../zip/member";
import type { ZipArchive } from "../zip/zip";

/** Enough for the header of nearly every array; longer ones are read again in full. */
const usualHeadBytes = 1024;

/**
 * Reads a single array; its entry is named after the file.
 * @throws FormatError when the file is damaged, UnsupportedError when its dtype is not read.
 */
export async function readNpy(source: ByteSource): Promise<Archive> {
  const head = await source.read(0, Math.min(source.size, maxNpyHeadBytes));
  const header = parseNpyHeader(source.name, head);
  const end = header.dataOffset + header.byteLength;
  if (end > source.size) {
    throw new FormatError(
      source.name,
      text("the file is cut short: the array needs {0} bytes, the file has {1}", end, source.size),
      { offset: source.size },
    );
  }
  const entry = makeEntry(nameFromFile(source.name), header);
  const readBox: Archive["readBox"] = async (wanted, box) => {
    if (wanted !== entry) throw missingEntry(source.name, wanted);
    return readArrayBox(source.name, wanted, { header, bytes: source }, box);
  };
  return {
    format: "npy",
    entries: [entry],
    notes:
      end < source.size ? [text("{0} bytes after the array are not read", source.size - end)] : [],
    declared: [],
    read: (wanted) => readThroughBox(source.name, wanted, readBox),
    readBox,
  };
}

/**
 * Reads the headers of the arrays in a zip archive.
 * @throws FormatError when a member is damaged.
 */
export async function readNpz(source: ByteSource, zip: ZipArchive): Promise<Archive> {
  const arrays = new Map<TensorEntry, { readonly member: ZipMember; readonly header: NpyHeader }>();
  const notes = new NoteList();
  for (const member of zip.members) {
    if (!member.name.endsWith(".npy")) {
      notes.add(text("{0} is not an array, not read", member.name));
      continue;
    }
    const name = member.name.slice(0, -".npy".length);
    const header = await readMemberHeader(`${source.name}: ${name}`, member);
    if (header instanceof UnsupportedError) {
      notes.add(header.text);
      continue;
    }
    arrays.set(makeEntry(name, header), { member, header });
  }
  const readBox: Archive["readBox"] = async (entry, box) => {
    const array = arrays.get(entry);
    if (array === undefined) throw missingEntry(source.name, entry);
    return readArrayBox(source.name, entry, { ...array, bytes: rangeOf(array.member) }, box);
  };
  return {
    format: "npz",
    entries: [...arrays.keys()],
    notes: notes.list(),
    declared: [],
    read: (entry) => readThroughBox(source.name, entry, readBox),
    readBox,
  };
}

/** The header of a member, or why the array cannot be read. */
async function readMemberHeader(
  subject: string,
  member: ZipMember,
): Promise<NpyHeader | UnsupportedError> {
  try {
    const head = await member.readStart(usualHeadBytes);
    const header = parseNpyHeader(
      subject,
      mayNeedMore(head, member) ? await member.readStart(maxNpyHeadBytes) : head,
    );
    const end = header.dataOffset + header.byteLength;
    if (end !== member.size) {
      throw new FormatError(
        subject,
        text("the array needs {0} bytes, its zip member has {1}", end, member.size),
      );
    }
    return header;
  } catch (error) {
    if (error instanceof UnsupportedError) return error;
    throw error;
  }
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
    read: (offset: number, length: number) => array.bytes.read(dataOffset + offset, length),
  };
  return readStoredBox(file, name, { dtype, shape, littleEndian, strides, offset: 0, bytes }, box);
}
