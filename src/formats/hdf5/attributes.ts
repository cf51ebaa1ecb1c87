/**
 * Text attributes of HDF5 objects.
 */
import { attempt, LibraryError, type OpenHdf5 } from "./file";
import { typeClass, type Hdf5Metadata } from "./library";

/** A model's configuration has a kilobyte for each layer; nothing that is longer is one. */
const maxTextBytes = 2 ** 25;

/** An attribute of text as its strings, row-major; undefined when there is no such attribute, or it is not text. */
function readTexts(open: OpenHdf5, path: string, name: string): readonly string[] | undefined {
  try {
    return attempt(() => textsOf(open, path, name));
  } catch (error) {
    // Attributes only describe, so one that cannot be read counts as absent.
    if (error instanceof LibraryError) return undefined;
    throw error;
  }
}

/** An attribute of one string. */
export function readText(open: OpenHdf5, path: string, name: string): string | undefined {
  return readTexts(open, path, name)?.[0];
}

function textsOf(open: OpenHdf5, path: string, name: string): readonly string[] | undefined {
  const { library, id } = open;
  const metadata = library.get_attribute_metadata(id, path, name);
  const byteLength = metadata.size * metadata.total_size;
  if (metadata.type !== typeClass.string || metadata.shape === null) return undefined;
  if (byteLength > maxTextBytes) return undefined;
  if (byteLength === 0) return [];
  const address = library._malloc(byteLength);
  if (address === 0) return undefined;
  try {
    library.get_attribute_data(id, path, name, BigInt(address));
    if (!metadata.vlen) return fixedTexts(library.HEAPU8.subarray(address), metadata);
    const texts = variableTexts(open, address, metadata.total_size);
    library.reclaim_vlen_memory(id, path, name, BigInt(address));
    return texts;
  } finally {
    library._free(address);
  }
}

/** Strings of one size: filled with zeros, or with blanks as Fortran does. */
function fixedTexts(memory: Uint8Array, { size, total_size }: Hdf5Metadata): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: total_size }, (_, index) => {
    const bytes = memory.subarray(index * size, (index + 1) * size);
    const end = bytes.indexOf(0);
    return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end)).trimEnd();
  });
}

/** Addresses of strings that end with a zero; 0 for none. */
function variableTexts({ library }: OpenHdf5, address: number, count: number): string[] {
  const memory = library.HEAPU8;
  const addresses = new DataView(memory.buffer, memory.byteOffset + address, count * 4);
  return Array.from({ length: count }, (_, index) => {
    const from = addresses.getUint32(index * 4, true);
    return from === 0 ? "" : library.UTF8ToString(from);
  });
}
