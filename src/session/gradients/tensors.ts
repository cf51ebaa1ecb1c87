/**
 * Gradients as tensors for files, with the names and layouts of their variables.
 */
import type { ForwardInput } from "../../engine/base/engine";
import type { Gradients } from "../../engine/gradient/gradient";
import type { LayerGradients } from "../../engine/gradient/cells";
import type { StepGradients } from "../../engine/gradient/lanes";
import { cellSizeOf } from "../../engine/base/trace";
import { stateSize, type RecurrentConfig } from "../../model/config";
import { directionIndexOf, directionsOf } from "../../model/directions";
import { expectedParameters } from "../../model/parameters";
import { outputShapes, sequenceShape } from "../../model/sequence";
import { swapLeadingAxes, type Shape, type Tensor } from "../../tensor/tensor";

/**
 * `d_` and the name of the tensor: `d_input`, `d_h0`, `d_c0` in the layout of the input, every parameter, and where
 * the steps were kept `d_h_l0_reverse`, (T, B, P), and `d_c_l0`, (T, B, H), time-major.
 */
export function gradientTensors(
  run: ForwardInput,
  gradients: Gradients,
  { unbatched }: { unbatched: boolean },
): Map<string, Tensor> {
  const { config, seqLength, batchSize } = run;
  const sizes = { seqLength, batchSize, features: config.inputSize, unbatched };
  const stateShape = outputShapes(config, sizes).hn;
  const cellShape = [...stateShape.slice(0, -1), cellSizeOf(config)];
  const tensors = new Map<string, Tensor>();
  const put: Put = (name, shape, data) => {
    tensors.set(`d_${name}`, { dtype: "float64", shape, data });
  };
  if (gradients.steps !== null) {
    const { input } = gradients.steps;
    const swaps = config.batchFirst && !unbatched;
    const timeMajor = [seqLength, batchSize, config.inputSize];
    const data = swaps ? swapLeadingAxes(input, timeMajor) : input;
    put("input", sequenceShape(sizes, config.batchFirst), data);
  }
  put("h0", stateShape, gradients.h0);
  if (gradients.c0 !== null) put("c0", cellShape, gradients.c0);
  if (gradients.parameters !== null) putParameters(config, gradients.parameters, put);
  if (gradients.steps !== null) putStates(run, gradients.steps, put);
  return tensors;
}

type Put = (name: string, shape: Shape, data: Float64Array) => void;

/** Puts the gradients of the weights and biases. */
function putParameters(
  config: RecurrentConfig,
  lanes: readonly (readonly LayerGradients[])[],
  put: Put,
): void {
  for (const { name, role, layer, direction, shape } of expectedParameters(config)) {
    const values = lanes[layer]![directionIndexOf(config, direction)]![role];
    if (values !== null) put(name, shape, values);
  }
}

/** Puts the gradients of the states of every step. */
function putStates(
  { config, seqLength, batchSize }: ForwardInput,
  steps: StepGradients,
  put: Put,
): void {
  steps.h.forEach((lanes, layer) => {
    directionsOf(config).forEach((direction, directionIndex) => {
      const suffix = `l${layer}${direction === "reverse" ? "_reverse" : ""}`;
      put(`h_${suffix}`, [seqLength, batchSize, stateSize(config)], lanes[directionIndex]!);
      const c = steps.c?.[layer]?.[directionIndex];
      if (c !== undefined) put(`c_${suffix}`, [seqLength, batchSize, cellSizeOf(config)], c);
    });
  });
}
