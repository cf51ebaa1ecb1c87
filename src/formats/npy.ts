/**
 * NumPy .npy and .npz reader.
 *
 * Spec:    numpy.lib.format, see npyHeader.ts; an .npz is a zip of .npy members.
 * Reads:   b1 i1–i8 u1–u8 f2 f4 f8, both byte orders, C and Fortran order.
 * Skips:   members of an .npz with another dtype (text, object), with a note.
 * Refuses: single object, structured and text arrays: UnsupportedError.
 */
import { FormatError, UnsupportedError } from "../errors";
import { decodeValues } from "../tensor/dtype";
import { columnMajorStrides, gatherRowMajor } from "../tensor/strided";
import type { Tensor, TensorEntry } from "../tensor/tensor";
import { text } from "../text";
import { missingEntry, nameFromFile, type Archive } from "./archive";
import type { ByteSource } from "./bytes";
import { maxNpyHeadBytes, parseNpyHeader, type NpyHeader } from "./npyHeader";
import { NoteList } from "./notes";
import type { ZipArchive, ZipMember } from "./zip";

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
  return {
    format: "npy",
    entries: [entry],
    notes:
      end < source.size ? [text("{0} bytes after the array are not read", source.size - end)] : [],
    read: async (wanted) => {
      if (wanted !== entry) throw missingEntry(source.name, wanted);
      return decodeArray(
        source.name,
        header,
        await source.read(header.dataOffset, header.byteLength),
      );
    },
  };
}

/**
 * Reads the headers of the arrays in a zip archive.
 * @throws FormatError when a member is damaged.
 */
export async function readNpz(source: ByteSource, zip: ZipArchive): Promise<Archive> {
  const arrays = new Map<TensorEntry, { readonly member: ZipMember; readonly header: NpyHeader }>();
  const names = new Set<string>();
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
    if (names.has(name))
      throw new FormatError(source.name, text("the name {0} occurs twice", name));
    names.add(name);
    arrays.set(makeEntry(name, header), { member, header });
  }
  return {
    format: "npz",
    entries: [...arrays.keys()],
    notes: notes.list(),
    read: async (entry) => {
      const array = arrays.get(entry);
      if (array === undefined) throw missingEntry(source.name, entry);
      const bytes = await array.member.read();
      const { dataOffset, byteLength } = array.header;
      const values = bytes.subarray(dataOffset, dataOffset + byteLength);
      return decodeArray(`${source.name}: ${entry.name}`, array.header, values);
    },
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

function decodeArray(subject: string, header: NpyHeader, bytes: Uint8Array): Tensor {
  const { dtype, shape, littleEndian, fortranOrder } = header;
  const values = decodeValues(bytes, dtype, littleEndian, subject);
  const data =
    fortranOrder && shape.length > 1
      ? gatherRowMajor(values, shape, columnMajorStrides(shape))
      : values;
  return { dtype, shape, data };
}
