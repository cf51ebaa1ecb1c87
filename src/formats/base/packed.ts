/**
 * Recognises the tensors of a saved PackedSequence (torch/nn/utils/rnn.py) in an archive.
 */
import type { TensorEntry } from "../../tensor/tensor";
import type { Archive } from "./archive";

/** The entries that a PackedSequence is made of. */
export interface PackedEntries {
  /** What a run calls it: the way to it without the last dot, or nothing when it is the whole file. */
  readonly name: string;
  readonly data: TensorEntry;
  readonly batchSizes: TensorEntry;
  /** null where the sequences were packed in the order they had. */
  readonly sorted: TensorEntry | null;
  readonly unsorted: TensorEntry | null;
}

const fields = ["data", "batch_sizes", "sorted_indices", "unsorted_indices"] as const;

/** Every PackedSequence of an archive: those it was told of, and tensors under the names of its fields. */
export function findPacked({ entries, packed = [] }: Archive): readonly PackedEntries[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const named = entries.flatMap(({ name }) =>
    name.endsWith("batch_sizes") ? [name.slice(0, -"batch_sizes".length)] : [],
  );
  return [
    ...packed.flatMap((prefix) => packedAt(prefix, ["0", "1", "2", "3"], byName)),
    ...named.flatMap((prefix) => packedAt(prefix, fields, byName)),
  ];
}

function packedAt(
  prefix: string,
  names: readonly string[],
  byName: ReadonlyMap<string, TensorEntry>,
): PackedEntries[] {
  const [data, batchSizes, sorted = null, unsorted = null] = names.map((name) =>
    byName.get(prefix + name),
  );
  if (data === undefined || batchSizes === undefined) return [];
  const isList = (entry: TensorEntry | null): boolean =>
    entry === null || (entry.shape.length === 1 && entry.dtype.includes("int"));
  if (data.shape.length === 0 || ![batchSizes, sorted, unsorted].every(isList)) return [];
  return [{ name: prefix.replace(/\.$/, ""), data, batchSizes, sorted, unsorted }];
}

/**
 * The PackedSequence that `name` means: the whole of it, or its data, which are no sequence by themselves.
 * undefined when it means another tensor.
 */
export function packedNamed(
  groups: readonly PackedEntries[],
  name: string,
): PackedEntries | undefined {
  return groups.find((group) => namesOf(group).includes(name));
}

/** Names by which a run may mean a PackedSequence, beside those of its entries. */
export function packedNames(archive: Archive): readonly string[] {
  return findPacked(archive).flatMap(namesOf);
}

function namesOf({ name, data }: PackedEntries): readonly string[] {
  return name === "" ? [data.name, "data"] : [data.name, name, `${name}.data`];
}
