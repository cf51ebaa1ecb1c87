/** Layers of other frameworks as networks: weights unpacked, gates put into order, variants chosen. */
import type { ForwardInput, Precision, StateArray } from "../../../src/engine/base/engine";
import type { ForwardTrace } from "../../../src/engine/base/trace";
import type { LayerWeights } from "../../../src/model/bind";
import {
  pytorchVariant,
  type CellKind,
  type CellVariant,
  type GateActivation,
  type RecurrentConfig,
} from "../../../src/model/config";
import { gateActivationOf } from "../../../src/model/variant";
import { swapLeadingAxes, type Tensor } from "../../../src/tensor/tensor";
import { rnnConfig } from "./goldens";
import { statesOf } from "./runs";

/** Where each of PyTorch's blocks (i, f, g, o and r, z, n) lies in ONNX' iofc and zrh; written down apart from the product. */
const onnxBlocks = { RNN: [0], LSTM: [0, 2, 3, 1], GRU: [1, 0, 2] } as const;
/** The same in Keras' i, f, c, o and z, r, h. */
const kerasBlocks = { RNN: [0], LSTM: [0, 1, 2, 3], GRU: [1, 0, 2] } as const;
/** Peepholes i, f, o in ONNX' iof. */
const onnxPeepholes = [0, 2, 1] as const;

/** A copy of equal blocks; `from` names the block that each becomes. */
function fromBlocks<Values extends StateArray>(from: readonly number[], values: Values): Values {
  const size = values.length / from.length;
  const copy = values.slice() as Values;
  from.forEach((source, block) => {
    copy.set(values.subarray(source * size, (source + 1) * size), block * size);
  });
  return copy;
}

/** Attributes of ONNX' operators RNN, LSTM and GRU. */
export interface OnnxAttributes {
  readonly hidden_size: number;
  readonly direction?: "forward" | "reverse" | "bidirectional";
  readonly layout?: number;
  readonly activations?: readonly string[];
  readonly activation_alpha?: readonly number[];
  readonly activation_beta?: readonly number[];
  readonly clip?: number;
  readonly linear_before_reset?: number;
  readonly input_forget?: number;
}

/** A node with its inputs by the operator's names: X, W, R, B, sequence_lens, initial_h, initial_c, P. */
export interface OnnxNode {
  readonly operator: CellKind;
  readonly attributes: OnnxAttributes;
  readonly inputs: ReadonlyMap<string, Tensor>;
}

/**
 * The network of a node. A reverse node becomes the reverse direction of a network with two, whose forward direction
 * is the same once more: `onnxOutputs` takes the ones that count.
 */
export function onnxRun(node: OnnxNode, precision: Precision): ForwardInput {
  const { operator, attributes, inputs } = node;
  const x = timeMajor(node, "X");
  const [seqLength = 0, batchSize = 0, inputSize = 0] = x.shape;
  const bidirectional = attributes.direction !== undefined && attributes.direction !== "forward";
  const config = rnnConfig({
    cell: operator,
    inputSize,
    hiddenSize: attributes.hidden_size,
    bidirectional,
    bias: inputs.has("B"),
    nonlinearity: attributes.activations?.[0] === "Relu" ? "relu" : "tanh",
    variant: onnxVariant(node),
  });
  const lanes = bidirectional ? [0, 1] : [0];
  const isReverse = attributes.direction === "reverse";
  const lengths = inputs.get("sequence_lens");
  return {
    config,
    weights: [lanes.map((lane) => onnxWeights(node, isReverse ? 0 : lane, inputSize))],
    input: x.data,
    seqLength,
    batchSize,
    precision,
    h0: initialState(node, "initial_h", isReverse),
    c0: initialState(node, "initial_c", isReverse),
    lengths: lengths === undefined ? null : [...lengths.data],
  };
}

/** Directions of `onnxRun`'s network that are the node's, in its order. */
function onnxDirections({ attributes: { direction } }: OnnxNode): readonly number[] {
  return { forward: [0], reverse: [1], bidirectional: [0, 1] }[direction ?? "forward"];
}

/** Y, Y_h and Y_c (LSTM) of a node in its own layout. */
export function onnxOutputs(
  node: OnnxNode,
  run: ForwardInput,
  trace: ForwardTrace,
): ReadonlyMap<string, StateArray> {
  const directions = onnxDirections(node);
  const { seqLength, batchSize } = run;
  const states = statesOf(run, trace)[0] ?? [];
  const rowsOf = (values: StateArray | undefined, count: number, row: number): StateArray =>
    (values ?? new Float64Array()).subarray(
      (row * (values?.length ?? 0)) / count,
      ((row + 1) * (values?.length ?? 0)) / count,
    );
  const y = [...new Array<number>(seqLength).keys()].flatMap((step) =>
    directions.flatMap((lane) => [...rowsOf(states[lane], seqLength, step)]),
  );
  const final = (values: StateArray): number[] =>
    directions.flatMap((lane) => [...rowsOf(values, states.length, lane)]);
  const count = directions.length;
  const size = trace.stateSize;
  const found: [string, number[]][] = [
    ["Y", y],
    ["Y_h", final(trace.hn)],
    ...(trace.cn === null ? [] : ([["Y_c", final(trace.cn)]] satisfies [string, number[]][])),
  ];
  return new Map(
    found.map(([name, values]) => {
      const data = Float64Array.from(values);
      if (node.attributes.layout !== 1) return [name, data];
      if (name !== "Y") return [name, swapLeadingAxes(data, [count, batchSize, size])];
      // (T, D, B, H) → (B, T, D, H).
      return [name, swapLeadingAxes(data, [seqLength * count, batchSize, size])];
    }),
  );
}

function onnxVariant({ operator, attributes, inputs }: OnnxNode): CellVariant {
  const { activations, activation_alpha, activation_beta, clip } = attributes;
  const gateActivation: GateActivation =
    activations?.[0] === "HardSigmoid"
      ? {
          kind: "hard_sigmoid",
          alpha: activation_alpha?.[0] ?? 0.2,
          beta: activation_beta?.[0] ?? 0.5,
        }
      : { kind: "sigmoid" };
  return {
    ...pytorchVariant,
    gateActivation,
    resetAfter: operator !== "GRU" || attributes.linear_before_reset === 1,
    clip: clip ?? null,
    coupledInputForget: attributes.input_forget === 1,
    peephole: inputs.has("P"),
  };
}

function onnxWeights(
  { operator, attributes, inputs }: OnnxNode,
  lane: number,
  inputSize: number,
): LayerWeights {
  const hiddenSize = attributes.hidden_size;
  const ofLane = (name: string): StateArray | null => {
    const tensor = inputs.get(name);
    if (tensor === undefined) return null;
    const size = tensor.data.length / (tensor.shape[0] ?? 1);
    return tensor.data.subarray(lane * size, (lane + 1) * size);
  };
  const stacked = (values: StateArray | null): StateArray =>
    fromBlocks(onnxBlocks[operator], values ?? new Float64Array());
  const bias = ofLane("B");
  const half = (bias?.length ?? 0) / 2;
  const peephole = ofLane("P");
  return {
    inputSize,
    hiddenSize,
    stateSize: hiddenSize,
    weightIh: stacked(ofLane("W")),
    weightHh: stacked(ofLane("R")),
    biasIh: bias === null ? null : stacked(bias.subarray(0, half)),
    biasHh: bias === null ? null : stacked(bias.subarray(half)),
    weightHr: null,
    peephole: peephole === null ? null : fromBlocks(onnxPeepholes, peephole),
  };
}

/** Layout 1 has the batch first, in states as well. */
function timeMajor({ attributes, inputs }: OnnxNode, name: string): Tensor {
  const tensor = inputs.get(name);
  if (tensor === undefined) throw new Error(`the node has no ${name}`);
  if (attributes.layout !== 1) return tensor;
  const [first = 0, second = 0, ...rest] = tensor.shape;
  const data = swapLeadingAxes(tensor.data, tensor.shape);
  return { ...tensor, shape: [second, first, ...rest], data };
}

function initialState(node: OnnxNode, name: string, isReverse: boolean): StateArray | null {
  if (!node.inputs.has(name)) return null;
  const { data } = timeMajor(node, name);
  return isReverse ? Float64Array.of(...data, ...data) : data;
}

/** A layer of keras_layers.json: kernel, recurrent_kernel and bias, of both directions one after the other. */
export interface KerasLayer {
  readonly class: "SimpleRNN" | "LSTM" | "GRU";
  readonly units: number;
  readonly options: {
    readonly activation?: "relu";
    readonly recurrent_activation?: "hard_sigmoid";
    readonly use_bias?: boolean;
    readonly reset_after?: boolean;
    readonly bidirectional?: boolean;
  };
  readonly weights: readonly (readonly [name: string, shape: number[], values: number[]])[];
}

type Stored = KerasLayer["weights"][number];

/** The network of a Keras layer over an input (B, T, I); states are h, or h and c, of each direction in turn. */
export function kerasRun(
  layer: KerasLayer,
  input: Tensor,
  states: readonly StateArray[],
): ForwardInput {
  const { weights, units } = layer;
  const [batchSize = 0, seqLength = 0, inputSize = 0] = input.shape;
  const config = kerasConfig(layer, inputSize);
  const { cell, bidirectional } = config;
  const perLane = weights.length / (bidirectional ? 2 : 1);
  const lanes = bidirectional ? [0, 1] : [0];
  const quantities = cell === "LSTM" ? 2 : 1;
  const initial = (quantity: number): StateArray =>
    Float64Array.from(lanes.flatMap((lane) => [...(states[lane * quantities + quantity] ?? [])]));
  return {
    config,
    weights: [
      lanes.map((lane) =>
        kerasWeights(cell, units, weights.slice(lane * perLane, (lane + 1) * perLane)),
      ),
    ],
    input: swapLeadingAxes(input.data, input.shape),
    seqLength,
    batchSize,
    lengths: null,
    precision: "f64",
    h0: initial(0),
    c0: cell === "LSTM" ? initial(1) : null,
  };
}

function kerasConfig(layer: KerasLayer, inputSize: number): RecurrentConfig {
  const { activation, recurrent_activation, use_bias, reset_after, bidirectional } = layer.options;
  return rnnConfig({
    cell: layer.class === "SimpleRNN" ? "RNN" : layer.class,
    inputSize,
    hiddenSize: layer.units,
    bidirectional: bidirectional ?? false,
    bias: use_bias ?? true,
    nonlinearity: activation ?? "tanh",
    variant: {
      ...pytorchVariant,
      resetAfter: reset_after ?? true,
      gateActivation: gateActivationOf(
        recurrent_activation === "hard_sigmoid" ? "hard_sigmoid_keras3" : "sigmoid",
      ),
    },
  });
}

function kerasWeights(cell: CellKind, units: number, stored: readonly Stored[]): LayerWeights {
  const [kernel, recurrent, bias] = stored;
  if (kernel === undefined || recurrent === undefined) throw new Error("kernels are missing");
  const stacked = (values: ArrayLike<number>): Float64Array =>
    fromBlocks(kerasBlocks[cell], Float64Array.from(values));
  const rows = kernel[1][1] ?? 0;
  // Of a GRU that resets after the product, and of it alone, both products have a bias.
  const [given = null, ofState = new Array<number>(rows).fill(0)] =
    bias === undefined
      ? [null]
      : bias[1].length === 2
        ? [bias[2].slice(0, rows), bias[2].slice(rows)]
        : [bias[2]];
  return {
    inputSize: kernel[1][0] ?? 0,
    hiddenSize: units,
    stateSize: units,
    weightIh: stacked(transposed(kernel)),
    weightHh: stacked(transposed(recurrent)),
    biasIh: given === null ? null : stacked(given),
    biasHh: given === null ? null : stacked(ofState),
    weightHr: null,
    peephole: null,
  };
}

/** Kernels have a column for each row of ours. */
function transposed([, [rows = 0, columns = 0], values]: Stored): number[] {
  return Array.from(
    { length: rows * columns },
    (_, index) => values[(index % rows) * columns + Math.floor(index / rows)] ?? NaN,
  );
}
