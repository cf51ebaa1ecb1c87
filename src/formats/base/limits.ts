/**
 * Limits of every reader, each with its reason.
 */
import { LimitError } from "../../core/errors";

/** One tensor is one buffer in memory, decoded to at most 8 bytes per element; larger ones are no picture anyway. */
const maxTensorBytes = 2 ** 31;

/** Tensors in one file or one sharded set. The largest published checkpoints have some ninety thousand, in many files. */
export const maxEntries = 131_072;

/** Axes of a tensor: NumPy's own bound; PyTorch's is 64 as well for what it indexes. */
export const maxAxes = 64;

/** Nesting of JSON and of pickled containers. State dicts nest below 10; recursion over 64 is safe on any stack. */
export const maxDepth = 64;

/** Sentences about what was not read, per file; the rest is counted. */
export const maxNotes = 20;

/** @throws LimitError when one tensor would not fit a buffer. */
export function assertTensorBytes(file: string, tensor: string, byteLength: number): void {
  if (byteLength > maxTensorBytes) {
    throw new LimitError(file, { of: "tensor-bytes", tensor }, maxTensorBytes, byteLength);
  }
}
