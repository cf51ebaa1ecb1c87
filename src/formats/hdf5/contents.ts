/**
 * The contents of an HDF5 file: its numeric datasets, and a note for everything else.
 *
 * Other files are never opened: neither through external links, nor for values that lie outside, nor for virtual
 * datasets made of others.
 */
import { LimitError } from "../../core/errors";
import { byteWidth, type DType } from "../../tensor/dtype";
import { elementCount, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { maxAxes, maxEntries } from "../base/limits";
import { NoteList } from "../base/notes";
import { readText } from "./attributes";
import { elementTypeOf } from "./elementType";
import { attempt, LibraryError, type OpenHdf5 } from "./file";
import { objectKind, typeClass, type Hdf5Metadata } from "./library";
import { lzfFilterId } from "./lzfFilter";

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

/** Filters that the library was built with, and the one that it is given. */
const knownFilters: ReadonlySet<number> = new Set([...[1, 2, 3], ...[5, 6], lzfFilterId]);

/** Objects up to which each is asked whether its values are in the file; of more, that shows when they are read. */
const maxProbed = 2048;

/**
 * Paths of all objects and links, groups included, each group's below it once.
 * @throws LibraryError when the groups cannot be walked, LimitError when there are too many.
 */
export function listPaths(file: string, { library, id }: OpenHdf5): readonly string[] {
  const paths = attempt(() => library.get_names(id, "/", true));
  if (paths.length > maxEntries) {
    throw new LimitError(file, { of: "object-count" }, maxEntries, paths.length);
  }
  return paths;
}

/** The datasets among the paths of a file, looked at in portions. */
export class DatasetListing {
  readonly #paths: readonly string[];
  readonly #groups: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  readonly #notes = new NoteList();
  readonly #datasets: Hdf5Dataset[] = [];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#groups = new Set(paths.map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))));
  }

  /** Looks at the objects from one place in the paths to another. */
  look(open: OpenHdf5, from: number, to: number): void {
    for (const path of this.#paths.slice(from, to)) this.#lookAt(open, path);
  }

  /** The contents that were found so far. */
  get contents(): Hdf5Contents {
    return { datasets: this.#datasets, notes: this.#notes.list() };
  }

  #lookAt(open: OpenHdf5, path: string): void {
    if (this.#seen.has(path)) {
      this.#notes.add(
        text("{0} is in the file twice; only the one that is found by its name is read", path),
      );
      return;
    }
    this.#seen.add(path);
    if (this.#groups.has(path)) return;
    const found = lookAt(open, path, this.#paths.length <= maxProbed);
    if (found === null) return;
    if ("template" in found) this.#notes.add(found);
    else this.#datasets.push(found);
  }
}

/** A dataset of numbers, a note about something else, or null for what needs none. */
function lookAt(open: OpenHdf5, path: string, probe: boolean): Hdf5Dataset | Text | null {
  const { library, id } = open;
  try {
    const target = attempt(() => library.get_symbolic_link(id, path));
    if (target !== null) return text("{0} is a link to {1}", path, target);
    const metadata = metadataAt(open, path);
    return "template" in metadata || "kind" in metadata
      ? otherNote(metadata)
      : datasetAt(open, path, { metadata, probe });
  } catch (error) {
    if (error instanceof LibraryError) {
      return text("{0} is damaged, not read: {1}", path, error.reason);
    }
    throw error;
  }
}

/** An object that is no dataset, and needs no note. */
interface OtherObject {
  readonly kind: "other";
}

function otherNote(found: Text | OtherObject): Text | null {
  return "template" in found ? found : null;
}

/** The library's description of a dataset, or a note that replaces it. */
function metadataAt({ library, id }: OpenHdf5, path: string): Hdf5Metadata | Text | OtherObject {
  try {
    return attempt(() => library.get_dataset_metadata(id, path));
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    switch (attempt(() => library.get_type(id, path))) {
      case objectKind.group:
      case objectKind.datatype:
        return { kind: "other" };
      case objectKind.userLink: {
        const { filename = "" } = attempt(() => library.get_external_link(id, path));
        return text("{0} is a link into another file, {1}, which is not opened", path, filename);
      }
      default:
        throw error;
    }
  }
}

function datasetAt(
  open: OpenHdf5,
  path: string,
  { metadata, probe }: { readonly metadata: Hdf5Metadata; readonly probe: boolean },
): Hdf5Dataset | Text {
  const type = elementTypeOf(metadata, () => readText(open, path, "dtype") ?? kerasType(open));
  if (typeof type !== "string") return text("{0} holds {1}, not read", path, type);
  return (
    shapeNote(path, metadata, type) ??
    attempt(() => storageNote(open, path, metadata)) ??
    (probe && isElsewhere(open, path, metadata) ? elsewhere(path) : null) ?? {
      path,
      dtype: type,
      shape: metadata.shape ?? [],
      chunks: metadata.chunks,
      isBigEndianEnumeration:
        metadata.type === typeClass.enumeration && !metadata.littleEndian && metadata.size > 1,
    }
  );
}

/** Model files of Keras hold bfloat16 as bytes without a description, because NumPy has no such type. */
function kerasType(open: OpenHdf5): DType | undefined {
  const isKeras = ["/", "/model_weights"].some(
    (group) => readText(open, group, "keras_version") !== undefined,
  );
  return isKeras ? "bfloat16" : undefined;
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
  { virtual_sources, chunks }: Hdf5Metadata,
): Text | null {
  const other = virtual_sources?.find(({ file_name }) => file_name !== ".");
  if (other !== undefined) {
    return text("{0} is made of another file, {1}, which is not opened", path, other.file_name);
  }
  if (chunks === null) return null;
  const filters = library.get_dataset_filters(id, path);
  const unknown = filters.find((filter) => !knownFilters.has(filter.id));
  if (unknown === undefined) return null;
  const name = unknown.name === "" ? String(unknown.id) : unknown.name;
  return text("{0} is compressed by {1}, which is not read", path, name);
}

/** The note about a dataset whose values are in another file. */
function elsewhere(path: string): Text {
  return text("{0} has its values in another file, which is not opened", path);
}

/** True where the library refuses to read because the values are in another file. */
export function saysElsewhere(error: unknown): boolean {
  return error instanceof LibraryError && error.reason.includes("external raw data");
}

/** Values outside of the file show themselves only when one of them is read. */
function isElsewhere(
  { library, id }: OpenHdf5,
  path: string,
  { virtual_sources, chunks, shape, total_size, size }: Hdf5Metadata,
): boolean {
  if (chunks !== null || virtual_sources !== undefined || total_size === 0) return false;
  const address = library._malloc(size);
  const all = (value: bigint): bigint[] | null => shape?.map(() => value) ?? null;
  const isScalar = shape?.length === 0;
  const selection = [1n, 0n, 1n].map((value) => (isScalar ? null : all(value)));
  const [count = null, offset = null, stride = null] = selection;
  try {
    attempt(() => library.get_dataset_data(id, path, count, offset, stride, BigInt(address)));
    return false;
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    // Any other error is reported when the values are read.
    return saysElsewhere(error);
  } finally {
    library._free(address);
  }
}
