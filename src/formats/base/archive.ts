/**
 * What a reader returns: the list of named tensors in a file, with their values on demand.
 */
import { NotFoundError } from "../../core/errors";
import { decodeRaw, wholeBox, type Box, type RawValues } from "../../tensor/raw";
import type { Tensor, TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { ArchiveFormat } from "./names";
import type { DeclaredModule } from "./declared";
import type { ComputedGraph } from "./graph";

export interface Archive {
  readonly format: ArchiveFormat;
  readonly entries: readonly TensorEntry[];
  /** Contents of the file that were not read, one sentence each. */
  readonly notes: readonly Text[];
  /** The modules that the file declares; empty for a file that holds only tensors. */
  readonly declared: readonly DeclaredModule[];
  /**
   * Prefixes of the tensors of each saved PackedSequence: `{prefix}0` is its data, then batch_sizes, sorted_indices and
   * unsorted_indices. Not given where a format has no such thing.
   */
  readonly packed?: readonly string[];
  /** The computation that the file holds, of a format that has one. */
  readonly graph?: ComputedGraph;
  /** Of a folder of ONNX' test data: what a model is given and gives, each by its position among the model's own. */
  readonly testSet?: TestSet;
  /**
   * Reads the values of one entry.
   * @throws FormatError when the bytes are damaged, UnsupportedError when the dtype has no number form.
   */
  read(entry: TensorEntry): Promise<Tensor>;
  /**
   * Reads a part of one entry as stored; only the bytes it needs, where the format allows. The box lies within the
   * entry's shape.
   * @throws FormatError when the bytes are damaged, LimitError when the part does not fit a buffer.
   */
  readBox(entry: TensorEntry, box: Box): Promise<RawValues>;
}

/** A tensor of a folder of test data. */
export interface TestTensor {
  readonly entry: TensorEntry;
  /** The name that the tensor itself has; empty where it has none. */
  readonly name: string;
}

/** Tensors of a folder of test data; null where a position has no tensor. */
export interface TestSet {
  readonly inputs: readonly (TestTensor | null)[];
  readonly outputs: readonly (TestTensor | null)[];
}

/**
 * The tensors of an archive: what a reader knows of each entry, and how it reads a box of one. Sentences call a tensor
 * `{file}: {name}`.
 */
export function tensorsOf<Known>(
  file: string,
  known: ReadonlyMap<TensorEntry, Known | undefined>,
  read: (known: Known, box: Box, entry: TensorEntry) => Promise<RawValues>,
): Pick<Archive, "entries" | "read" | "readBox"> {
  const readBox: Archive["readBox"] = async (entry, box) => {
    const own = known.get(entry);
    if (own === undefined) throw missingEntry(file, entry);
    return read(own, box, entry);
  };
  return {
    entries: [...known.keys()],
    read: async (entry) =>
      decodeRaw(await readBox(entry, wholeBox(entry.shape)), `${file}: ${entry.name}`),
    readBox,
  };
}

/** The name of a tensor without a name: the file's name without folder and extension. */
export function nameFromFile(file: string): string {
  const base = file
    .slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
    .replace(/(?<=.)\.gz$/i, "");
  return base.replace(/(?<=.)\.[^.]*$/, "");
}

/** The error of reading an entry that did not come from this archive. */
export function missingEntry(file: string, entry: TensorEntry): NotFoundError {
  return new NotFoundError(file, text("there is no tensor named {0}", entry.name), [], {
    data: { file, tensor: entry.name },
  });
}
