/**
 * What is in an HDF5 file: its datasets of numbers, and a sentence for everything else.
 *
 * Other files are never opened: neither through external links, nor for values that lie outside, nor for virtual
 * datasets made of others.
 */
import { LimitError } from "../../errors";
import { byteWidth, type DType } from "../../tensor/dtype";
import { elementCount, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../text";
import { maxAxes, maxEntries } from "../limits";
import { NoteList } from "../notes";
import { readText } from "./attributes";
import { elementTypeOf } from "./elementType";
import { attempt, LibraryError, type OpenHdf5 } from "./file";
import { objectKind, typeClass, type Hdf5Library, type Hdf5Metadata } from "./library";

/** A dataset of numbers. */
export interface Hdf5Dataset {
  /** Its path without the first slash, which is its entry's name as well. */
  readonly path: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** null when it is stored in one piece. */
  readonly chunks: Shape | null;
  /** The library gives it in the order it is stored in: it converts no enumerations. */
  readonly isBigEndianEnumeration: boolean;
}

export interface Hdf5Contents {
  readonly datasets: readonly Hdf5Dataset[];
  readonly notes: readonly Text[];
}

/** Filters that the library was built with. */
const knownFilters: ReadonlySet<number> = new Set([...[1, 2, 3], ...[5, 6]]);

/**
 * Lists the datasets of an open file.
 * @throws LibraryError when the groups cannot be walked, LimitError when there are too many links.
 */
export function listContents(file: string, open: OpenHdf5): Hdf5Contents {
  const names = attempt(() => open.library.get_names(open.id, "/", true));
  if (names.length > maxEntries) {
    throw new LimitError(file, text("the number of objects"), maxEntries, names.length);
  }
  const notes = new NoteList();
  const datasets: Hdf5Dataset[] = [];
  for (const path of names) {
    const found = lookAt(open, path);
    if (found === null) continue;
    if ("template" in found) notes.add(found);
    else datasets.push(found);
  }
  return { datasets, notes: notes.list() };
}

/** A dataset of numbers, a note about something else, or null for what needs none. */
function lookAt(open: OpenHdf5, path: string): Hdf5Dataset | Text | null {
  try {
    return attempt(() => linkNote(open, path) ?? objectAt(open, path));
  } catch (error) {
    if (error instanceof LibraryError) {
      return text("{0} is damaged, not read: {1}", path, error.reason);
    }
    throw error;
  }
}

function linkNote({ library, id }: OpenHdf5, path: string): Text | null {
  const target = library.get_symbolic_link(id, path);
  if (target !== null) return text("{0} is a link to {1}", path, target);
  const { filename } = library.get_external_link(id, path);
  if (filename === undefined) return null;
  return text("{0} is a link into another file, {1}, which is not opened", path, filename);
}

function objectAt(open: OpenHdf5, path: string): Hdf5Dataset | Text | null {
  const { library, id } = open;
  switch (library.get_type(id, path)) {
    case objectKind.group:
    case objectKind.datatype:
      return null;
    case objectKind.dataset:
      break;
    default:
      return text("{0} is of an unknown kind, not read", path);
  }
  const metadata = library.get_dataset_metadata(id, path);
  const type = elementTypeOf(metadata, () => readText(open, path, "dtype"));
  if (typeof type !== "string") return text("{0} holds {1}, not read", path, type);
  return (
    shapeNote(path, metadata, type) ??
    storageNote(open, path, metadata) ?? {
      path,
      dtype: type,
      shape: metadata.shape ?? [],
      chunks: metadata.chunks,
      isBigEndianEnumeration:
        metadata.type === typeClass.enumeration && !metadata.littleEndian && metadata.size > 1,
    }
  );
}

function shapeNote(path: string, { shape }: Hdf5Metadata, dtype: DType): Text | null {
  if (shape === null) return text("{0} is empty", path);
  const isSafe =
    shape.length <= maxAxes && Number.isSafeInteger(elementCount(shape) * byteWidth(dtype));
  return isSafe ? null : text("{0} has the shape [{1}], not read", path, shape.join(", "));
}

/** Why the values cannot be had, though their type could be read. */
function storageNote(
  { library, id }: OpenHdf5,
  path: string,
  { virtual_sources, chunks, shape, total_size, size }: Hdf5Metadata,
): Text | null {
  const other = virtual_sources?.find(({ file_name }) => file_name !== ".");
  if (other !== undefined) {
    return text("{0} is made of another file, {1}, which is not opened", path, other.file_name);
  }
  if (chunks !== null) {
    const unknown = library
      .get_dataset_filters(id, path)
      .find(({ id: number }) => !knownFilters.has(number));
    if (unknown === undefined) return null;
    const name = unknown.name === "" ? String(unknown.id) : unknown.name;
    return text("{0} is compressed by {1}, which is not read", path, name);
  }
  if (virtual_sources !== undefined || total_size === 0) return null;
  return isOutside(library, id, { path, rank: shape?.length ?? 0, size })
    ? text("{0} has its values in another file, which is not opened", path)
    : null;
}

/** Values outside of the file show themselves only when one of them is read. */
function isOutside(
  library: Hdf5Library,
  id: bigint,
  { path, rank, size }: { readonly path: string; readonly rank: number; readonly size: number },
): boolean {
  if (rank === 0) return false;
  const address = library._malloc(size);
  const all = (value: bigint): bigint[] => new Array<bigint>(rank).fill(value);
  try {
    attempt(() => library.get_dataset_data(id, path, all(1n), all(0n), all(1n), BigInt(address)));
    return false;
  } catch (error) {
    // Anything else is told to whoever reads the values.
    if (error instanceof LibraryError) return error.reason.includes("external raw data");
    throw error;
  } finally {
    library._free(address);
  }
}
