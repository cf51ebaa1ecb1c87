/**
 * Unpacks a saved PackedSequence into a padded batch.
 *
 * Source: torch/nn/utils/rnn.py. data (Σ batch_sizes, …): for each step the rows of the sequences that still run;
 * batch_sizes (T): how many those are; sorted_indices (B): which row of the batch stands in which place.
 */
import { FormatError, LimitError } from "../../../core/errors";
import type { Archive } from "../../../formats/base/archive";
import type { PackedEntries } from "../../../formats/base/packed";
import { elementCount, swapLeadingAxes, zerosLike, type Tensor } from "../../../tensor/tensor";
import { text } from "../../../core/text";

/** A batch out of a PackedSequence, in the order it had before packing. */
export interface UnpackedSequence {
  /** (T, B, …), zeros behind each sequence. */
  readonly tensor: Tensor;
  /** Steps of each sequence. */
  readonly lengths: readonly number[];
}

/** The unpacked batch is one buffer in memory, as a tensor read from a file is. */
const maxUnpackedBytes = 2 ** 31;

/**
 * Reads a PackedSequence and puts its rows back into a batch.
 * @throws the reader's errors; FormatError when its parts contradict each other, LimitError when it is too large.
 */
export async function unpack(
  file: string,
  archive: Archive,
  packed: PackedEntries,
): Promise<UnpackedSequence> {
  const { data: values, dtype, shape } = await archive.read(packed.data);
  const { data: batchSizes } = await archive.read(packed.batchSizes);
  const [rows = 0, ...features] = shape;
  const batchSize = batchSizes[0] ?? 0;
  assertBatchSizes(file, batchSizes, rows);
  const order = await readOrder(file, archive, packed, batchSize);
  const [seqLength, width] = [batchSizes.length, elementCount(features)];
  const byteLength = seqLength * batchSize * width * values.BYTES_PER_ELEMENT;
  if (byteLength > maxUnpackedBytes) {
    throw new LimitError({ file }, { of: "unpacked-bytes" }, maxUnpackedBytes, byteLength);
  }
  const batch = zerosLike(values, seqLength * batchSize * width);
  const lengths = new Array<number>(batchSize).fill(0);
  let from = 0;
  batchSizes.forEach((count, step) => {
    for (let place = 0; place < count; place++) {
      const row = order[place] ?? place;
      batch.set(values.subarray(from, from + width), (step * batchSize + row) * width);
      lengths[row] = step + 1;
      from += width;
    }
  });
  return { tensor: { dtype, shape: [seqLength, batchSize, ...features], data: batch }, lengths };
}

/** The same batch with `steps` steps at least, and the batch first where that is asked for. */
export function layOut(
  tensor: Tensor,
  { batchFirst, steps = 0 }: { readonly batchFirst: boolean; readonly steps?: number },
): Tensor {
  const [own = 0, batchSize = 0, ...features] = tensor.shape;
  const seqLength = Math.max(own, steps);
  const width = elementCount(features);
  const data = zerosLike(tensor.data, seqLength * batchSize * width);
  data.set(tensor.data);
  const timeMajor = [seqLength, batchSize, width];
  return batchFirst
    ? {
        ...tensor,
        shape: [batchSize, seqLength, ...features],
        data: swapLeadingAxes(data, timeMajor),
      }
    : { ...tensor, shape: [seqLength, batchSize, ...features], data };
}

/** @throws FormatError unless the sizes go down from step to step and count the rows. */
function assertBatchSizes(file: string, sizes: Tensor["data"], rows: number): void {
  const isSorted = sizes.every(
    (size, step) => Number.isInteger(size) && size > 0 && size <= (sizes[step - 1] ?? Infinity),
  );
  const total = Array.from(sizes).reduce((sum, size) => sum + size, 0);
  if (isSorted && total === rows) return;
  throw new FormatError(
    file,
    text(
      "the batch_sizes of a PackedSequence go down from step to step and add up to the {0} rows of its data, these do not",
      rows,
    ),
  );
}

/** Row of the batch in each place of the packed order. @throws FormatError when it is no permutation. */
async function readOrder(
  file: string,
  archive: Archive,
  { sorted, unsorted }: PackedEntries,
  batchSize: number,
): Promise<readonly number[]> {
  const entry = sorted ?? unsorted;
  if (entry === null) return Array.from({ length: batchSize }, (_, row) => row);
  const { data } = await archive.read(entry);
  const indices = Array.from(data);
  const isPermutation =
    indices.length === batchSize &&
    new Set(indices).size === batchSize &&
    indices.every((index) => Number.isInteger(index) && index >= 0 && index < batchSize);
  if (!isPermutation) {
    throw new FormatError(
      file,
      text("{0} should name each of the {1} rows of the batch once", entry.name, batchSize),
    );
  }
  if (sorted !== null) return indices;
  const order = new Array<number>(batchSize).fill(0);
  indices.forEach((place, row) => {
    order[place] = row;
  });
  return order;
}
