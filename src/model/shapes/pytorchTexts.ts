/**
 * The messages that PyTorch prints when input or lengths do not fit.
 *
 * The texts are those of nn.RNNBase.forward and check_input, of nn.RNNCell and its kin, and of
 * nn.utils.rnn.pack_padded_sequence, torch 2.13.
 */
import type { RecurrentConfig } from "../config";
import type { SequenceSizes } from "../sequence";

/** For an input that is neither 2-D nor 3-D. A cell class sees one step of it. */
export function inputRankText({ cell, isCellClass }: RecurrentConfig, rank: number): string {
  if (isCellClass) return `${cell}Cell: Expected input to be 1D or 2D, got ${rank - 1}D instead`;
  const noun = cell === "RNN" ? " tensor" : "";
  return `${cell}: Expected input to be 2D or 3D, got ${rank}D${noun} instead`;
}

/** For an input with another number of features than layer 0 takes. */
export function featuresText({ inputSize, isCellClass }: RecurrentConfig, found: number): string {
  return isCellClass
    ? `input has inconsistent input_size: got ${found} expected ${inputSize}`
    : `input.size(-1) must be equal to input_size. Expected ${inputSize}, got ${found}`;
}

/** For an input with an empty axis; null where PyTorch runs it all the same. */
export function emptyInputText(
  { isCellClass }: RecurrentConfig,
  { seqLength }: SequenceSizes,
): string | null {
  return seqLength === 0 && !isCellClass
    ? "Expected sequence length to be larger than 0 in RNN"
    : null;
}

/** For another number of lengths than the batch has sequences. */
export function lengthCountText(found: number, batchSize: number): string {
  return `Expected \`len(lengths)\` to be equal to batch_size, but got ${found} (batch_size=${batchSize})`;
}

/** For a length below 1. */
export const emptySequenceText =
  "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0";

/**
 * For lengths beyond the input's steps. Packing lets them pass with the rows that exist; the run then asks for the
 * rows of the first step that does not.
 */
export function longSequenceText(lengths: readonly number[], seqLength: number): string {
  const rows = lengths.reduce((sum, length) => sum + Math.min(length, seqLength), 0);
  const wanted = lengths.filter((length) => length > seqLength).length;
  return `start (${rows}) + length (${wanted}) exceeds dimension size (${rows}).`;
}
