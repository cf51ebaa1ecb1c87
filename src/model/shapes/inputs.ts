/**
 * Rows of the shape check for input and lengths.
 */
import { formatShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { CheckedRow, Clash, ShapeInputs, ShapeRow } from "./shapes";
import {
  emptyInputText,
  emptySequenceText,
  featuresText,
  inputRankText,
  lengthCountText,
  longSequenceText,
} from "./pytorchTexts";
import { sequenceShape, sequenceSizes, type SequenceSizes } from "../sequence";

/** Row of the input: rank 2 or 3, with the features that layer 0 takes, and at least one step and one sequence. */
export function checkInput(inputs: ShapeInputs): CheckedRow {
  const { config, input } = inputs;
  const { inputSize, batchFirst } = config;
  const sizes = sequenceSizes(input, batchFirst);
  if (sizes === null) {
    const reason = text("an input has 2 axes, or 3 with a batch");
    const row: ShapeRow = {
      name: "input",
      axes: input.map(() => "?"),
      found: input,
      expected: null,
      status: "mismatch",
      reason,
    };
    return {
      row,
      clash: {
        clash: text("input cannot be read: it is {0}, needed 2 or 3 axes", formatShape(input)),
        why: whyRank(input, inputSize),
        product: null,
        pytorch: inputRankText(config, input.length),
      },
    };
  }
  const { unbatched, features } = sizes;
  const expected = sequenceShape({ ...sizes, features: inputSize }, batchFirst);
  const axes = unbatched ? ["T", "I"] : batchFirst ? ["B", "T", "I"] : ["T", "B", "I"];
  const row = { name: "input", axes, found: input, expected };
  if (features !== inputSize) {
    const reason = text("weight_ih_l0 takes I = {0} features", inputSize);
    return { row: { ...row, status: "mismatch", reason }, clash: featureClash(inputs, sizes) };
  }
  if (sizes.seqLength === 0 || sizes.batchSize === 0) {
    const reason = text("there is nothing to run: T and B must be at least 1");
    const why = text("There is nothing to run: T and B must be at least 1.");
    const clash = text(
      "input cannot be run: it is {0}, one of its axes has size 0",
      formatShape(input),
    );
    return {
      row: { ...row, status: "mismatch", reason },
      clash: { clash, why, product: null, pytorch: emptyInputText(config, sizes) },
    };
  }
  const reason = text("I = {0} features of weight_ih_l0", inputSize);
  return { row: { ...row, status: "ok", reason }, clash: null };
}

/** What is too many or missing among the axes of an input of neither 2 nor 3. */
function whyRank(input: Shape, inputSize: number): Text {
  const long = input.filter((size) => size !== 1);
  if (input.length > 3 && long.length <= 3 && long.at(-1) === inputSize) {
    return text(
      "A sequence is [T, I], a batch of them [T, B, I], or [B, T, I] with batch_first: take out axes of size 1 (squeeze).",
    );
  }
  if (input.length === 1 && input[0] === inputSize) {
    return text(
      "It has the features of one step; a sequence is [T, I]: add the axis of steps, as x[None] does.",
    );
  }
  return text("A sequence is [T, I], a batch of them [T, B, I], or [B, T, I] with batch_first.");
}

function featureClash(inputs: ShapeInputs, { features, batchSize }: SequenceSizes): Clash {
  const { input, config } = inputs;
  const { inputSize } = config;
  const elsewhere = input.findIndex((size) => size === inputSize);
  return {
    clash: text(
      "layer 0 → cannot run: the last axis of input {0} is {1}, needed {2}",
      formatShape(input),
      features,
      inputSize,
    ),
    why:
      elsewhere < 0
        ? text(
            "weight_ih_l0 has {0} columns, one per feature; no axis of the input has that size.",
            inputSize,
          )
        : text(
            "weight_ih_l0 has {0} columns, one per feature; axis {1} of the input has that size, so its axes may be in another order.",
            inputSize,
            elsewhere,
          ),
    product: {
      left: { label: "x_t", shape: [batchSize, features] },
      right: { label: "W_ihᵀ", shape: [inputSize, config.hiddenSize] },
    },
    pytorch: featuresText(config, features),
  };
}

/** Row of the lengths of packed sequences; none when none were given. */
export function checkLengths(inputs: ShapeInputs, sizes: SequenceSizes): CheckedRow[] {
  const { lengths } = inputs;
  return lengths === null ? [] : [checkGivenLengths(lengths, sizes)];
}

function checkGivenLengths(lengths: readonly number[], sizes: SequenceSizes): CheckedRow {
  const { batchSize, seqLength } = sizes;
  const row = { name: "lengths", axes: ["B"], found: [lengths.length], expected: [batchSize] };
  const stop = (reason: CheckedRow["row"]["reason"], pytorch: string): CheckedRow => ({
    row: { ...row, status: "mismatch", reason },
    clash: { clash: text("lengths do not fit: {0}", reason), why: null, product: null, pytorch },
  });
  if (lengths.length !== batchSize) {
    return stop(
      text("there are {0} lengths for B = {1} sequences", lengths.length, batchSize),
      lengthCountText(lengths.length, batchSize),
    );
  }
  const tooShort = lengths.find((length) => !Number.isInteger(length) || length < 1);
  if (tooShort !== undefined) {
    return stop(
      text("a length is {0}, every sequence needs at least one step", tooShort),
      emptySequenceText,
    );
  }
  const tooLong = lengths.find((length) => length > seqLength);
  if (tooLong !== undefined) {
    return stop(
      text("a length is {0}, the input has T = {1} steps", tooLong, seqLength),
      longSequenceText(lengths, seqLength),
    );
  }
  const reason = text("one length per sequence, each from 1 to T = {0}", seqLength);
  return { row: { ...row, status: "ok", reason }, clash: null };
}
