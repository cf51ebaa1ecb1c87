/**
 * HDF5 reader: every numeric dataset is an entry, named by its path.
 *
 * Spec:    HDF5 File Format Specification 3.0, by way of the HDF5 library (h5wasm).
 * Reads:   integers, floats, bool, complex numbers, in both byte orders; contiguous, compact, chunked, compressed
 *          (gzip, LZF, shuffle, Fletcher-32, n-bit, scale-offset) and virtual datasets of one file.
 * Skips:   text, records, references, lists; links and values that lead into other files, each with a note.
 */
import { byteWidth } from "../../tensor/dtype";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { tensorsOf, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import { maxEntries } from "../base/limits";
import { DatasetListing, listPaths, type Hdf5Contents, type Hdf5Dataset } from "./contents";
import { Hdf5File, type OpenHdf5 } from "./file";
import { readDatasetBox } from "./readBox";

/** Walking past a name is so much less than looking at an object. */
const objectsPerWalk = 16;

/** The library keeps two kilobytes or more for each object that it has opened. */
const objectsAtOnce = 4096;

/** The additions of a framework's reader to the datasets of an HDF5 file. */
export type DescribeHdf5 = (open: OpenHdf5, entries: readonly TensorEntry[]) => DescribedFile;

/** The modules that a file declares, and notes about the parts that are not read. */
export type DescribedFile = Pick<Archive, "declared" | "notes">;

/**
 * Lists the datasets of a file.
 * @throws FormatError when it is damaged, LimitError when it has too many objects.
 */
export async function readHdf5(source: ByteSource, describe: DescribeHdf5): Promise<Archive> {
  const file = await Hdf5File.over(source);
  const listing = { objects: maxEntries / objectsPerWalk };
  const paths = await file.run(source.name, listing, (open) => listPaths(source.name, open));
  const { datasets, notes } = await listDatasets(file, paths);
  const known = new Map(datasets.map((dataset) => [entryOf(dataset), dataset]));
  const entries = [...known.keys()];
  const describing = { objects: paths.length };
  const described = await file.run(source.name, describing, (open) => describe(open, entries));
  return {
    format: "hdf5",
    notes: [...described.notes, ...notes],
    declared: described.declared,
    ...tensorsOf(source.name, known, (dataset, box) => readDatasetBox(file, dataset, box)),
  };
}

/** Inspects all objects in portions and frees each portion, because the library's memory cannot hold them all. */
async function listDatasets(file: Hdf5File, paths: readonly string[]): Promise<Hdf5Contents> {
  const listing = new DatasetListing(paths);
  for (let from = 0; from < paths.length; from += objectsAtOnce) {
    if (from > 0) await file.forget();
    const to = Math.min(paths.length, from + objectsAtOnce);
    await file.run(file.name, { objects: to - from }, (open) => {
      listing.look(open, from, to);
    });
  }
  return listing.contents;
}

function entryOf({ path, dtype, shape }: Hdf5Dataset): TensorEntry {
  return { name: path, dtype, shape, byteLength: elementCount(shape) * byteWidth(dtype) };
}
