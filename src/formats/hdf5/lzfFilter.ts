/**
 * Gives the HDF5 library the filter LZF, which h5py registers and the library's build has not.
 *
 * Source: HDF5 Reference, H5Z_class2_t and H5PLget_plugin_info. The library looks for filters that it does not know among
 * the plugins of a folder; it finds one there, whose functions are ours.
 */
import type { Hdf5Library } from "./library";
import { unpackLzf } from "./lzf";

/** Registered with The HDF Group for h5py. */
export const lzfFilterId = 32000;

const folder = "/usr/local/hdf5/lib/plugin";
const pluginPath = `${folder}/libunroll.so`;

/** H5PL_TYPE_FILTER, and the version of H5Z_class2_t. */
const filterType = 0;
const classVersion = 1;
const classBytes = 32;

/** A chunk has at most 2^32 − 1 bytes; the library's memory, which is bounded, cannot hold more than this. */
const maxChunkBytes = 2 ** 28;

/** Functions of C by name; `sig` is the result and the arguments, each a pointer or an integer. */
type Exports = Record<string, ((...args: readonly number[]) => number) & { sig?: string }>;

/** Makes the filter known to an instance that has no file open yet. */
export function addLzf(library: Hdf5Library): void {
  library.FS.mkdirTree(folder);
  library.FS.writeFile(pluginPath, new Uint8Array(1));
  const filter = library.addFunction(
    (...args) => unpackChunk(library, args),
    // size_t filter(flags, count, values, size, buffer size, buffer)
    "iiiiiii",
  );
  const description = describeFilter(library, filter);
  library.preloadedWasm[pluginPath] = {
    H5PLget_plugin_type: Object.assign(() => filterType, { sig: "i" }),
    H5PLget_plugin_info: Object.assign(() => description, { sig: "i" }),
  } satisfies Exports;
}

/** Writes a H5Z_class2_t to the library's memory, where it stays. */
function describeFilter(library: Hdf5Library, filter: number): number {
  const name = new TextEncoder().encode("lzf\0");
  const address = library._malloc(classBytes + name.length);
  const fields = [classVersion, lzfFilterId, 0, 1, address + classBytes, 0, 0, filter];
  const view = new DataView(library.HEAPU8.buffer, address, classBytes);
  fields.forEach((field, index) => {
    view.setUint32(4 * index, field, true);
  });
  library.HEAPU8.set(name, address + classBytes);
  return address;
}

/** Puts the unpacked chunk in the place of the packed one; returns its size, 0 where it is damaged. */
function unpackChunk(library: Hdf5Library, args: readonly number[]): number {
  const [, , , size = 0, sizeAddress = 0, bufferAddress = 0] = args.map((each) => each >>> 0);
  const packedAt = memory(library).getUint32(bufferAddress, true);
  const packed = library.HEAPU8.subarray(packedAt, packedAt + size);
  const bytes = unpackLzf(packed, maxChunkBytes);
  if (bytes === null || bytes.length === 0) return 0;
  const unpackedAt = library._H5allocate_memory(bytes.length, 0) >>> 0;
  if (unpackedAt === 0) return 0;
  library.HEAPU8.set(bytes, unpackedAt);
  library._H5free_memory(packedAt);
  memory(library).setUint32(bufferAddress, unpackedAt, true);
  memory(library).setUint32(sizeAddress, bytes.length, true);
  return bytes.length;
}

/** Made for each use: the memory is another one when it has grown. */
function memory(library: Hdf5Library): DataView {
  return new DataView(library.HEAPU8.buffer);
}
