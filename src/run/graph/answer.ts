/**
 * What a whole graph gave to the nodes of a module and got from them, as tensors of that module.
 *
 * Source: onnx.ai/onnx/operators, RNN, GRU and LSTM, layout 0: X (T, B, I), Y (T, D, B, H), states (D, B, H).
 */
import { text, type Text } from "../../core/text";
import type { ExposedModel, ExposedNode } from "../../formats/base/graph";
import type { Direction, RecurrentConfig } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { elementCount, type Shape, type Tensor } from "../../tensor/tensor";
import type { OnnxJob, OnnxReply, OnnxTensor } from "./runtime";

/** A lane of a module: h of every step, (T, B, H). */
interface GraphLane {
  readonly layer: number;
  readonly direction: Direction;
  readonly tensor: Tensor;
}

/** What the nodes of a module were given, and gave. */
export interface GraphAnswer {
  /** Of ONNX Runtime. */
  readonly version: string;
  readonly milliseconds: number;
  /** (T, B, I). */
  readonly x: Tensor;
  /** (L·D, B, H); null where all nodes begin with zeros. */
  readonly h0: Tensor | null;
  readonly c0: Tensor | null;
  readonly lengths: readonly number[] | null;
  /** (T, B, D·H). */
  readonly output: Tensor;
  /** (L·D, B, H). */
  readonly hn: Tensor;
  readonly cn: Tensor | null;
  readonly lanes: readonly GraphLane[];
  /** What the model itself gave, by name. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** True where nodes of layout 1 were computed in layout 0. */
  readonly isTurned: boolean;
}

/** A model that gives what a module's nodes are given and give, and how its outputs are read. */
export interface GraphJob {
  readonly job: OnnxJob;
  /** Of the module's layers, the lowest first. */
  readonly nodes: readonly ExposedNode[];
  /** Outputs of the model itself that are wanted. */
  readonly outputs: readonly string[];
}

/** The nodes of a module, or why they cannot be told apart in a run of the graph. */
export function nodesNamed(
  { nodes, repeated }: Pick<ExposedModel, "nodes" | "repeated">,
  names: readonly string[],
): readonly ExposedNode[] | Text {
  const found: ExposedNode[] = [];
  for (const name of names) {
    const node = nodes.get(name);
    const body = repeated.get(name);
    if (node !== undefined) found.push(node);
    else if (body !== undefined) {
      return text("{0} lies in the body of {1}, which may run it more than once", name, body);
    } else {
      return text("{0} is no single node of the graph, but made of other operations", name);
    }
  }
  return found;
}

/** Names of the values that are asked for, each once. */
export function fetchesOf(nodes: readonly ExposedNode[], outputs: readonly string[]): string[] {
  const ofNodes = nodes.flatMap(({ x, lengths, h0, c0, y, hn, cn }) => [
    ...[x, lengths, h0, c0],
    ...[y, hn, cn],
  ]);
  const names = [...ofNodes, ...outputs].filter((name) => name !== null && name !== "");
  return [...new Set(names as string[])];
}

type Outputs = Extract<OnnxReply, { kind: "outputs" }>;

/** A problem in one sentence where a branch was not taken, or a value is of another type or shape. */
export function graphAnswer(
  config: RecurrentConfig,
  { nodes, outputs: wanted }: Pick<GraphJob, "nodes" | "outputs">,
  { outputs, version, milliseconds }: Outputs,
): GraphAnswer | Text {
  const directions = directionsOf(config);
  const read = new Values(outputs);
  const ys = nodes.flatMap(({ y }) => read.floats(y, 4) ?? []);
  const [lowest] = nodes;
  const top = ys.at(-1);
  const x = lowest === undefined ? null : read.floats(lowest.x, 3);
  if (lowest === undefined || top === undefined || x === null || ys.length < nodes.length) {
    return text("for these inputs the graph does not compute the module: a branch was not taken");
  }
  const [steps = 0, , batch = 0, units = 0] = top.shape;
  const lanes = ys.flatMap((y, layer) =>
    directions.map((direction, slot) => ({ layer, direction, tensor: laneOf(y, slot) })),
  );
  const stateShape: Shape = [nodes.length * directions.length, batch, units];
  const stacked = (names: readonly (string | null)[]): Tensor | null =>
    read.stacked(names, stateShape);
  const { lengths } = lowest;
  const hn = stacked(nodes.map((node) => node.hn));
  if (hn === null) return text("the graph gives final states of another shape than {0}", "Y_h");
  return {
    version,
    milliseconds,
    x,
    h0: stacked(nodes.map((node) => node.h0)),
    c0: stacked(nodes.map((node) => node.c0)),
    lengths: lengths === null ? null : read.integers(lengths),
    output: { ...top, shape: [steps, batch, directions.length * units], data: sideBySide(top) },
    hn,
    cn: stacked(nodes.map((node) => node.cn)),
    lanes,
    outputs: read.named(wanted),
    isTurned: nodes.some(({ isTurned }) => isTurned),
  };
}

/** Outputs as tensors. */
class Values {
  readonly #outputs: Outputs["outputs"];

  constructor(outputs: Outputs["outputs"]) {
    this.#outputs = outputs;
  }

  any(name: string): Tensor | null {
    const tensor = this.#outputs[name];
    return tensor === undefined ? null : tensorOf(tensor);
  }

  /** Those that are there. */
  named(names: readonly string[]): Map<string, Tensor> {
    return new Map(
      names.flatMap((name) => {
        const tensor = this.any(name);
        return tensor === null ? [] : [[name, tensor] as const];
      }),
    );
  }

  /** null for what is missing, of another rank, or no floats. */
  floats(name: string, rank: number): Tensor | null {
    const tensor = this.any(name);
    return tensor?.shape.length === rank && tensor.dtype.startsWith("float") ? tensor : null;
  }

  integers(name: string): number[] | null {
    const tensor = this.any(name);
    return tensor?.shape.length === 1 ? Array.from(tensor.data) : null;
  }

  /** (D, B, H) of each layer behind each other; zeros for one that has none; null where none has, or a shape differs. */
  stacked(names: readonly (string | null)[], shape: Shape): Tensor | null {
    const tensors = names.map((name) => (name === null ? null : this.floats(name, 3)));
    const [some] = tensors.filter((tensor) => tensor !== null);
    if (some === undefined || names.length === 0) return null;
    const size = elementCount(shape) / names.length;
    if (tensors.some((tensor) => tensor !== null && tensor.data.length !== size)) return null;
    const data =
      some.data.constructor === Float64Array
        ? new Float64Array(size * names.length)
        : new Float32Array(size * names.length);
    tensors.forEach((tensor, layer) => {
      if (tensor !== null) data.set(tensor.data, layer * size);
    });
    return { ...some, shape, data };
  }
}

function tensorOf({ type, data, dims: shape }: OnnxTensor): Tensor {
  if (type === "float32" || type === "float64") return { dtype: type, shape, data };
  return {
    dtype: type,
    shape,
    data: Float64Array.from(data as ArrayLike<number | bigint>, Number),
  };
}

/** One direction of Y, (T, D, B, H) → (T, B, H). */
function laneOf({ dtype, shape, data }: Tensor, slot: number): Tensor {
  const [steps = 0, directions = 1, batch = 0, units = 0] = shape;
  const size = batch * units;
  const lane = data.slice(0, steps * size);
  for (let step = 0; step < steps; step++) {
    const from = (step * directions + slot) * size;
    lane.set(data.subarray(from, from + size), step * size);
  }
  return { dtype, shape: [steps, batch, units], data: lane };
}

/** Y (T, D, B, H) with its directions side by side, (T, B, D·H). */
function sideBySide({ shape, data }: Tensor): Tensor["data"] {
  const [steps = 0, directions = 1, batch = 0, units = 0] = shape;
  const joined = data.slice();
  for (let row = 0; row < steps * directions * batch; row++) {
    const step = Math.floor(row / (directions * batch));
    const direction = Math.floor(row / batch) % directions;
    const to = ((step * batch + (row % batch)) * directions + direction) * units;
    joined.set(data.subarray(row * units, (row + 1) * units), to);
  }
  return joined;
}
