/**
 * Batch, time and direction axes exchanged or viewed; and weights or products of less precision.
 */
import { text, type Text } from "../../core/text";
import { swapLeadingAxes } from "../../tensor/tensor";
import { roundToBfloat16, roundToFloat16 } from "../../engine/base/rounding";
import type { Alternative } from "./alternative";
import type { LayerParameters, Model, Values } from "../base/model";
import { layOutSequence } from "../forward/returned";
import { all, always, isBatched, noLengths, sizesOf } from "./conditions";
import { eachLayer } from "./edits";

function axesExchanged({ shape, data }: Values): Values {
  const [first = 1, second = 1, size = 1] = shape;
  return {
    shape: [second, first, size],
    data: swapLeadingAxes(data, [first, second, size]),
  };
}

/** (T, B, I) as (B, T, I): the recurrence goes over the batch. */
function swapBatchAndTime(model: Model): Model {
  const { T, B, I } = sizesOf(model);
  return {
    ...model,
    input: swapLeadingAxes(model.input, [T, B, I]),
    seqLength: B,
    batchSize: T,
    h0: statesFor(model.h0, model, T),
    c0: model.c0 === null ? null : statesFor(model.c0, model, T),
    lengths: new Int32Array(T).fill(B),
  };
}

/** States of another batch size: as they are where it is the same, else zeros. */
function statesFor(values: Float64Array, { batchSize }: Model, rows: number): Float64Array {
  return rows === batchSize ? values : new Float64Array((values.length / batchSize) * rows);
}

/** The buffer of the input, as it was given, viewed in the other layout. */
function viewInput(model: Model): Model {
  const { T, B, I } = sizesOf(model);
  const given = layOutSequence(model.input, [T, B, I], {
    batchFirst: model.config.batchFirst,
    unbatched: false,
  });
  // Given [B, T, I] read as [T, B, I]; given [T, B, I] read as [B, T, I].
  const input = model.config.batchFirst ? given.data : swapLeadingAxes(given.data, [B, T, I]);
  return { ...model, input };
}

const layoutAlternatives: readonly Alternative[] = [
  {
    id: "layout/batch-time-swapped",
    wholeRun: true,
    title: text("the module ran over the batch axis: batch_first is the other way round"),
    applies: all(
      noLengths,
      isBatched,
      ({ model: { seqLength, batchSize }, hasH0 }) => !hasH0 || seqLength === batchSize,
    ),
    edit: swapBatchAndTime,
    wholeBatch: true,
    layout: (returned, results, the) => {
      const { output, run } = results;
      const { T, B } = sizesOf(run.model);
      const width = output.length / (T * B);
      // What the module took for time is the batch of the files.
      const timeMajor = swapLeadingAxes(output, [T, B, width]);
      const { batchFirst } = the.model.config;
      const laidOut = layOutSequence(timeMajor, [B, T, width], { batchFirst, unbatched: false });
      return { ...returned, output: laidOut };
    },
  },
  {
    id: "layout/output-axes-swapped",
    wholeRun: true,
    wholeBatch: true,
    title: text("batch and time of the output are exchanged"),
    applies: isBatched,
    layout: (returned) => ({ ...returned, output: axesExchanged(returned.output!) }),
  },
  {
    id: "layout/output-view",
    wholeRun: true,
    wholeBatch: true,
    title: text("the output is viewed in the other layout instead of transposed"),
    applies: all(isBatched, ({ model: { seqLength, batchSize } }) => seqLength !== batchSize),
    layout: (returned) => {
      const output = returned.output!;
      return { ...returned, output: { shape: output.shape, data: axesExchanged(output).data } };
    },
  },
  {
    id: "layout/input-view",
    wholeRun: true,
    title: text("the input is viewed in the other layout instead of transposed"),
    applies: isBatched,
    edit: viewInput,
  },
  {
    id: "layout/direction-axis-kept",
    wholeBatch: true,
    title: text("the output keeps an axis for the directions, as ONNX has it"),
    applies: all(noLengths, isBatched),
    layout: (returned, { output, run }) => {
      const { T, B, D } = sizesOf(run.model);
      const R = output.length / (T * B * D);
      const data = new Float64Array(output.length);
      for (let t = 0; t < T; t++) {
        const step = output.subarray(t * B * D * R, (t + 1) * B * D * R);
        data.set(swapLeadingAxes(step, [B, D, R]), t * B * D * R);
      }
      return { ...returned, output: { shape: [T, D, B, R], data } };
    },
  },
];

/** The parameters rounded, each by itself. */
function roundedWeights(
  name: string,
  title: Text,
  round: (values: Float64Array, isMatrix: boolean) => Float64Array,
): Alternative {
  const rounded = (values: Float64Array | null): Float64Array | null =>
    values === null ? null : round(values, false);
  return {
    id: `precision/${name}`,
    title,
    applies: always,
    isPrecision: true,
    edit: (model) =>
      eachLayer(model, (weights): LayerParameters => ({
        ...weights,
        weightIh: round(weights.weightIh, true),
        weightHh: round(weights.weightHh, true),
        biasIh: rounded(weights.biasIh),
        biasHh: rounded(weights.biasHh),
        weightHr: rounded(weights.weightHr),
        peephole: rounded(weights.peephole),
      })),
  };
}

/** Symmetric 8-bit integers with one scale for the matrix: s = max|W| / 127. */
function roundToInt8(values: Float64Array): Float64Array {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  return scale === 0 ? values : values.map((value) => Math.round(value / scale) * scale);
}

const float32 = new Float32Array(1);
const bits = new Uint32Array(float32.buffer);

/** 10 explicit mantissa bits of a float32, to nearest, ties away from zero: TF32 of NVIDIA's tensor cores. */
export function roundToTf32(value: number): number {
  float32[0] = value;
  if (!Number.isFinite(float32[0])) return value;
  // Half of the last bit that stays, then the 13 bits below it.
  bits[0] = (bits[0]! + 0x1000) & 0xffffe000;
  return float32[0];
}

const precisionAlternatives: readonly Alternative[] = [
  roundedWeights("half-weights", text("the weights are rounded to float16"), (values) =>
    values.map(roundToFloat16),
  ),
  roundedWeights("bfloat16-weights", text("the weights are rounded to bfloat16"), (values) =>
    values.map(roundToBfloat16),
  ),
  roundedWeights(
    "int8-weights",
    text("W_ih and W_hh are quantised to 8-bit integers"),
    (values, isMatrix) => (isMatrix ? roundToInt8(values) : values),
  ),
  {
    id: "precision/tf32",
    title: text("the matrix products are computed in TF32"),
    applies: always,
    isPrecision: true,
    // Weights once, what they are multiplied by at every step.
    edit: (model) =>
      eachLayer(model, (weights) => ({
        ...weights,
        weightIh: weights.weightIh.map(roundToTf32),
        weightHh: weights.weightHh.map(roundToTf32),
        weightHr: weights.weightHr?.map(roundToTf32) ?? null,
      })),
    switches: { operands: roundToTf32 },
    outliers: { share: 0.25, most: 1e-3 },
  },
];

export const layoutAndPrecisionAlternatives: readonly Alternative[] = [
  ...layoutAlternatives,
  ...precisionAlternatives,
];
