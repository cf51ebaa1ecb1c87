/**
 * Repeats an input of one step for every step (RepeatVector in Keras, `x.repeat(n, 1, 1)` in PyTorch).
 */
import { LimitError, UnsupportedError } from "../../core/errors";
import { sequenceShape, sequenceSizes } from "../../model/sequence";
import { elementCount, formatShape, zerosLike, type Tensor } from "../../tensor/tensor";
import { text } from "../../core/text";

/** The largest number of steps; a trace of more would take gigabytes. */
const maxRepeat = 2 ** 22;

/** The repeated input is one buffer in memory, as a tensor read from a file is. */
const maxRepeatedBytes = 2 ** 31;

/**
 * The input with its only step `count` times; an input that is no sequence stays, and the shape check reports it.
 * @throws UnsupportedError when it has more steps, LimitError when it is too long or does not fit memory.
 */
export function repeatInput(input: Tensor, batchFirst: boolean, count: number): Tensor {
  const sizes = sequenceSizes(input.shape, batchFirst);
  if (sizes === null) return input;
  if (sizes.seqLength !== 1) {
    throw new UnsupportedError(
      { option: "input" },
      text(
        "it is {0}, that is T = {1} steps; repeat takes an input of one step: [1, I], [1, B, I], or [B, 1, I] with batch_first",
        formatShape(input.shape),
        sizes.seqLength,
      ),
    );
  }
  if (count > maxRepeat) {
    throw new LimitError({ option: "input" }, { of: "repeated-steps" }, maxRepeat, count);
  }
  const shape = sequenceShape({ ...sizes, seqLength: count }, batchFirst);
  const byteLength = elementCount(shape) * input.data.BYTES_PER_ELEMENT;
  if (byteLength > maxRepeatedBytes) {
    const bound = { of: "repeated-input-bytes" } as const;
    throw new LimitError({ option: "input" }, bound, maxRepeatedBytes, byteLength);
  }
  const data = zerosLike(input.data, elementCount(shape));
  // The contiguous values of one step: a row of the batch if the batch comes first, otherwise all rows.
  const size = batchFirst && !sizes.unbatched ? sizes.features : input.data.length;
  for (let from = 0; from < input.data.length; from += size) {
    const step = input.data.subarray(from, from + size);
    for (let k = 0; k < count; k++) data.set(step, from * count + k * size);
  }
  return { ...input, shape, data };
}
