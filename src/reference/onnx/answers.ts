/**
 * What ONNX Runtime gave for the graph of a run, as the answer of an engine.
 */
import { joinDirections } from "../../analysis/lanes";
import type { StateArray } from "../../engine/base/engine";
import { directionsOf } from "../../model/directions";
import { logitsShape } from "../../model/find/head";
import { outputShapes } from "../../model/sequence";
import { parseStateName, stateName } from "../../model/stateNames";
import type { PreparedRun, RunInputs } from "../../run/inputs";
import { elementCount, swapLeadingAxes, type Shape, type Tensor } from "../../tensor/tensor";
import type { AnsweredState, ReferenceAnswer } from "../engine";
import type { FloatType } from "./builder";
import type { RunGraph } from "./network";
import type { OnnxTensor } from "../../run/graph/runtime";

type Outputs = Readonly<Record<string, OnnxTensor>>;

/** The results and states of a run. @throws RangeError where an output is not what the graph promised. */
export function answered(
  inputs: RunInputs,
  prepared: PreparedRun,
  graph: RunGraph,
  outputs: Outputs,
  dtype: FloatType,
): Pick<ReferenceAnswer, "tensors" | "states"> {
  const { run, sizes } = prepared;
  const { config } = run;
  const shapes = outputShapes(config, sizes);
  const states: AnsweredState[] = [];
  for (const [name, value] of graph.states) {
    const place = parseStateName(name, config);
    const tensor = outputs[value];
    if (place === null || tensor === undefined) continue;
    states.push({ ...place, tensor: { dtype, shape: tensor.dims, data: floatsOf(tensor) } });
  }
  const tensorOf = (shape: Shape, data: StateArray): Tensor => ({ dtype, shape, data });
  const joined = (values: readonly string[], shape: Shape): Tensor =>
    tensorOf(
      shape,
      concatenated(
        values.map((value) => floatsOf(outputs[value])),
        shape,
      ),
    );
  const logits = logitsOf(inputs, prepared, graph, outputs);
  return {
    states,
    tensors: {
      output: tensorOf(shapes.output, outputOf(prepared, states)),
      h_n: joined(graph.hn, shapes.hn),
      ...(graph.cn === null || shapes.cn === null ? {} : { c_n: joined(graph.cn, shapes.cn) }),
      ...(logits === null ? {} : { logits: { dtype, ...logits } }),
    },
  };
}

/** Values of an output. @throws RangeError for one that is missing or holds no floats. */
function floatsOf(tensor: OnnxTensor | undefined): StateArray {
  if (tensor?.type === "float32" || tensor?.type === "float64") return tensor.data;
  throw new RangeError("an output of the graph is not there");
}

function concatenated(parts: readonly StateArray[], shape: Shape): StateArray {
  const count = elementCount(shape);
  const whole =
    parts[0] instanceof Float64Array ? new Float64Array(count) : new Float32Array(count);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The last layer's lanes side by side, in the layout of the input. */
function outputOf({ run, sizes }: PreparedRun, states: readonly AnsweredState[]): StateArray {
  const { config, seqLength, batchSize } = run;
  const layer = config.numLayers - 1;
  const lanes = directionsOf(config).map((direction) => {
    const wanted = stateName({ layer, direction, quantity: "h" });
    const found = states.find((state) => stateName(state) === wanted);
    if (found === undefined) throw new RangeError("the last layer has no states");
    return found.tensor;
  });
  const units = lanes[0]?.shape[2] ?? 0;
  const joined = joinDirections(
    lanes.map(({ data }) => data),
    units,
  );
  if (!config.batchFirst || sizes.unbatched) return joined;
  return swapLeadingAxes(joined, [seqLength, batchSize, lanes.length * units]);
}

function logitsOf(
  { surrounding }: RunInputs,
  { run, sizes }: PreparedRun,
  { logits }: RunGraph,
  outputs: Outputs,
): Omit<Tensor, "dtype"> | null {
  const head = surrounding?.head ?? null;
  if (head === null || logits === null) return null;
  const { outFeatures } = head.linear;
  const shape = logitsShape(run.config, sizes, head.head, outFeatures);
  const values = floatsOf(outputs[logits]);
  const swaps = head.head === "every" && run.config.batchFirst && !sizes.unbatched;
  const timeMajor = [run.seqLength, run.batchSize, outFeatures];
  return { shape, data: swaps ? swapLeadingAxes(values, timeMajor) : values };
}
