/**
 * Rows of the shape check for input and lengths.
 */
import type { Shape } from "../../tensor/tensor";
import { text } from "../../core/text";
import type { ClashCause, LengthProblem } from "./clash";
import { lengthProblemText } from "./clashTexts";
import type { CheckedRow, KnownClash, ShapeInputs, ShapeRow } from "./shapes";
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
        clash: { of: "axis-count", tensor: "input", found: input, expected: null },
        cause: causeOfRank(input, inputSize),
        product: null,
        pytorch: inputRankText(config, input.length),
      },
    };
  }
  const { unbatched, features } = sizes;
  const expected = expectedShape(inputs, sizes);
  const axes = unbatched ? ["T", "I"] : batchFirst ? ["B", "T", "I"] : ["T", "B", "I"];
  const row = { name: "input", axes, found: input, expected };
  if (features !== inputSize) {
    const reason = text("weight_ih_l0 takes I = {0} features", inputSize);
    const clash = featureClash(inputs, sizes, expected);
    return { row: { ...row, status: "mismatch", reason }, clash };
  }
  if (sizes.seqLength === 0 || sizes.batchSize === 0) {
    const reason = text("there is nothing to run: T and B must be at least 1");
    return {
      row: { ...row, status: "mismatch", reason },
      clash: {
        clash: { of: "empty-input", tensor: "input", found: input, expected },
        cause: { is: "nothing-to-run" },
        product: null,
        pytorch: emptyInputText(config, sizes),
      },
    };
  }
  const reason = text("I = {0} features of weight_ih_l0", inputSize);
  return { row: { ...row, status: "ok", reason }, clash: null };
}

/** With the features of layer 0 as its last axis: another axis that has them changes places with it. */
function expectedShape({ config, input }: ShapeInputs, sizes: SequenceSizes): Shape {
  const { inputSize, batchFirst } = config;
  const at = input.indexOf(inputSize);
  if (at < 0 || sizes.features === inputSize) {
    return sequenceShape({ ...sizes, features: inputSize }, batchFirst);
  }
  return input.map((size, axis) =>
    axis === at ? sizes.features : axis === input.length - 1 ? inputSize : size,
  );
}

/** What is too many or missing among the axes of an input of neither 2 nor 3. */
function causeOfRank(input: Shape, inputSize: number): ClashCause {
  const long = input.filter((size) => size !== 1);
  if (input.length > 3 && long.length <= 3 && long.at(-1) === inputSize) {
    return { is: "axes-of-size-1" };
  }
  if (input.length === 1 && input[0] === inputSize) {
    return { is: "step-without-time" };
  }
  return { is: "sequence-axes" };
}

function featureClash(
  inputs: ShapeInputs,
  { features, batchSize }: SequenceSizes,
  expected: Shape,
): KnownClash {
  const { input, config } = inputs;
  const { inputSize } = config;
  const elsewhere = input.findIndex((size) => size === inputSize);
  return {
    clash: { of: "features", tensor: "input", found: input, expected },
    cause:
      elsewhere < 0
        ? { is: "columns", inputSize, features }
        : { is: "columns-elsewhere", inputSize, axis: elsewhere },
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
  const shapes = { found: [lengths.length], expected: [batchSize] };
  const row = { name: "lengths", axes: ["B"], ...shapes };
  const stop = (problem: LengthProblem, pytorch: string): CheckedRow => ({
    row: { ...row, status: "mismatch", reason: lengthProblemText(problem) },
    clash: {
      clash: { of: "lengths", tensor: "lengths", ...shapes, problem },
      cause: null,
      product: null,
      pytorch,
    },
  });
  if (lengths.length !== batchSize) {
    return stop(
      { is: "count", lengths: lengths.length, batchSize },
      lengthCountText(lengths.length, batchSize),
    );
  }
  const tooShort = lengths.find((length) => !Number.isInteger(length) || length < 1);
  if (tooShort !== undefined) {
    return stop({ is: "too-short", length: tooShort }, emptySequenceText);
  }
  const tooLong = lengths.find((length) => length > seqLength);
  if (tooLong !== undefined) {
    return stop(
      { is: "too-long", length: tooLong, seqLength },
      longSequenceText(lengths, seqLength),
    );
  }
  const reason = text("one length per sequence, each from 1 to T = {0}", seqLength);
  return { row: { ...row, status: "ok", reason }, clash: null };
}
