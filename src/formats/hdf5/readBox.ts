/**
 * Reads boxes of datasets in pieces that fit the memory of the library.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { byteWidth, hostOrderCopy, wordWidth } from "../../tensor/dtype";
import type { Box, RawValues } from "../../tensor/raw";
import { slabsOf } from "../../tensor/slabs";
import { elementCount } from "../../tensor/tensor";
import { text } from "../../core/text";
import { assertTensorBytes } from "../base/limits";
import { saysElsewhere, type Hdf5Dataset } from "./contents";
import { attempt, LibraryError, type Hdf5File, type OpenHdf5 } from "./file";

/** Bytes of a piece: large enough for the library to be quick, small enough to leave memory for chunks. */
const slabBytes = 2 ** 24;

/**
 * Chunks up to this size are unpacked in the library's memory, beside a copy for each of their filters. Larger ones are
 * where there is room for them.
 */
const sureChunkBytes = 2 ** 25;

/**
 * Reads a box of a dataset.
 * @throws FormatError when it is damaged, LimitError when it does not fit a buffer.
 */
export async function readDatasetBox(
  file: Hdf5File,
  dataset: Hdf5Dataset,
  box: Box,
): Promise<RawValues> {
  const { path, dtype } = dataset;
  const subject = `${file.name}: ${path}`;
  const width = byteWidth(dtype);
  const total = elementCount(box.size) * width;
  assertTensorBytes(file.name, path, total);
  const bytes = new Uint8Array(total);
  if (total === 0) return { dtype, shape: box.size, bytes };
  let filled = 0;
  for (const slab of slabsOf(box, Math.max(1, Math.floor(slabBytes / width)), dataset.chunks)) {
    const length = elementCount(slab.size) * width;
    const at = filled;
    const work = { bytes: length + unpackedBytes(dataset, slab) };
    const reading = file.run(subject, work, (open) => {
      const slabValues = readSlab(open, subject, { dataset, slab, length });
      const littleEndian = !dataset.isBigEndianEnumeration;
      bytes.set(new Uint8Array(hostOrderCopy(slabValues, wordWidth(dtype), littleEndian)), at);
      open.library._free(slabValues.byteOffset);
    });
    await reading.catch((error: unknown) => {
      throw tooLarge(file.name, dataset, error) ?? error;
    });
    filled += length;
  }
  return { dtype, shape: box.size, bytes };
}

/** The error for a failure in the filters of a large chunk, which may mean that the library's memory is short. */
function tooLarge(file: string, dataset: Hdf5Dataset, error: unknown): LimitError | null {
  const { chunks, dtype, path } = dataset;
  const bytes = elementCount(chunks ?? []) * byteWidth(dtype);
  const isLibrarys = error instanceof FormatError && error.cause instanceof LibraryError;
  if (chunks === null || bytes <= sureChunkBytes || !isLibrarys) return null;
  return new LimitError(file, { of: "chunk-bytes", tensor: path }, sureChunkBytes, bytes);
}

/** A view of the library's memory, to be freed. */
function readSlab(
  { library, id }: OpenHdf5,
  subject: string,
  { dataset, slab, length }: { dataset: Hdf5Dataset; slab: Box; length: number },
): Uint8Array {
  const address = library._malloc(length);
  if (address === 0) throw new RangeError("out of memory");
  const isScalar = slab.size.length === 0;
  const [count = null, start = null, stride = null] = [
    slab.size.map(BigInt),
    slab.start.map(BigInt),
    slab.size.map(() => 1n),
  ].map((numbers) => (isScalar ? null : numbers));
  if (dataset.isBigEndianEnumeration) library.deactivate_throwing_error_handler();
  const status = readInto(subject, () =>
    library.get_dataset_data(id, dataset.path, count, start, stride, BigInt(address)),
  );
  if (dataset.isBigEndianEnumeration) library.activate_throwing_error_handler();
  if (status < 0) throw new FormatError(subject, text("the values cannot be read"));
  return library.HEAPU8.subarray(address, address + length);
}

function readInto(subject: string, read: () => number): number {
  try {
    return attempt(read);
  } catch (error) {
    if (!saysElsewhere(error)) throw error;
    throw new UnsupportedError(
      subject,
      text("its values are in another file, which is not opened"),
      {
        cause: error,
      },
    );
  }
}

/** Bytes of all chunks that a slab touches: each is unpacked whole. */
function unpackedBytes({ chunks, dtype }: Hdf5Dataset, { start, size }: Box): number {
  if (chunks === null) return 0;
  return chunks.reduce((bytes, chunk, axis) => {
    const from = Math.floor((start[axis] ?? 0) / chunk);
    const to = Math.ceil(((start[axis] ?? 0) + (size[axis] ?? 0)) / chunk);
    return bytes * (to - from) * chunk;
  }, byteWidth(dtype));
}
