/**
 * Modules as an ONNX graph: a node for each layer with both of its directions, and what puts layers on top of each other.
 *
 * Source: onnx.ai/onnx/operators, RNN-14, LSTM-14 and GRU-14, in layout 0: X is (T, B, I), Y (T, D, B, H).
 */
import { pythonString } from "../../core/escapeJson";
import { text } from "../../core/text";
import type { OnnxModel, OnnxNode, OnnxValue } from "../../formats/write/onnxModel";
import type { TensorSource } from "../../tensor/source";
import { numDirections } from "../config";
import { commonDtype, type ModuleToExport } from "./module";
import { recurrentAttributes, trimmed } from "./onnxNode";
import { weightName, weightsOf } from "./onnxWeights";
import { constant, widened } from "./rearrange";
import type { ExportTarget, GraphInputs, LoadedFile } from "./target";

/** Squeeze and Split take what they need as inputs since 13; the cells have been the same from 14 to 21. */
const OPSET = 17;

export const onnx: ExportTarget = {
  id: "onnx",
  title: "ONNX",
  endings: ["onnx"],
  lacks: ["projection", "mergeMode", "swappedHalves"],
  tensors: (module) => module.lanes.flatMap((lanes, layer) => weightsOf(module, lanes, layer)),
  graph: graphOf,
  lines,
  notes: ({ isCellClass }, dtype) => [
    ...(isCellClass ? [text("the cell is written as a layer that goes over all steps")] : []),
    ...(dtype === "float64"
      ? [text("the weights are float64, in which ONNX Runtime computes no recurrent layer")]
      : []),
  ],
};

/** Names of values, all ours: the module's own name stands nowhere in the graph. */
function graphOf(module: ModuleToExport, inputs: GraphInputs): OnnxModel {
  const { config } = module;
  const { cell, batchFirst, numLayers, isCellClass } = config;
  const graph = new Graph(module, inputs);
  const isBatchFirst = batchFirst && !isCellClass;
  const begin = isBatchFirst ? graph.transpose("input", [1, 0, 2], "x") : "input";
  const states = cell === "LSTM" ? (["h", "c"] as const) : (["h"] as const);
  const initial = new Map(
    states.map((state) => {
      const begins = graph.initial(`${state}0`, begin);
      return [state, begins === null ? [] : graph.split(begins, numLayers)] as const;
    }),
  );
  let below = begin;
  for (let layer = 0; layer < numLayers; layer++) {
    below = graph.layer(layer, below, {
      initial: states.map((state) => initial.get(state)?.[layer] ?? ""),
      result: layer === numLayers - 1 && !isBatchFirst ? "output" : `y${layer}`,
    });
  }
  if (isBatchFirst) graph.transpose(below, [1, 0, 2], "output");
  for (const state of states) graph.concat(state, numLayers);
  return graph.model();
}

interface LayerFrame {
  /** Names of h0 and c0; empty for zeros. */
  readonly initial: readonly string[];
  readonly result: string;
}

class Graph {
  readonly #module: ModuleToExport;
  readonly #inputs: GraphInputs;
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, TensorSource>();

  constructor(module: ModuleToExport, inputs: GraphInputs) {
    this.#module = module;
    this.#inputs = inputs;
  }

  /** A node of a layer, and its Y as (T, B, D·H). */
  layer(layer: number, x: string, { initial, result }: LayerFrame): string {
    const { config } = this.#module;
    const { cell, bias, variant } = config;
    const name = (of: string): string => weightName(layer, of);
    const hasPeephole = cell === "LSTM" && variant.peephole;
    const last =
      config.numLayers === 1
        ? (state: string) => `${state}_n`
        : (state: string) => `${state}${layer}_n`;
    const inputs = [
      ...[x, name("W"), name("R"), bias ? name("B") : ""],
      this.#inputs.lengths ? "lengths" : "",
      ...initial,
      hasPeephole ? name("P") : "",
    ];
    const outputs = [`Y${layer}`, last("h"), ...(cell === "LSTM" ? [last("c")] : [])];
    const attributes = recurrentAttributes(config);
    this.#add({ op: cell, name: `${cell}_${layer}`, inputs: trimmed(inputs), outputs, attributes });
    return this.#joinDirections(`Y${layer}`, result);
  }

  #joinDirections(y: string, result: string): string {
    if (numDirections(this.#module.config) === 1) {
      const axes = this.#integers("axis_of_directions", [1]);
      return this.#add({
        op: "Squeeze",
        name: `${result}_squeezed`,
        inputs: [y, axes],
        outputs: [result],
      });
    }
    const turned = this.transpose(y, [0, 2, 1, 3], `${y}_by_row`);
    const shape = this.#integers("joined_shape", [0, 0, -1]);
    return this.#add({
      op: "Reshape",
      name: `${result}_joined`,
      inputs: [turned, shape],
      outputs: [result],
    });
  }

  transpose(from: string, perm: readonly number[], result: string): string {
    const attributes = { perm };
    return this.#add({
      op: "Transpose",
      name: `${result}_turned`,
      inputs: [from],
      outputs: [result],
      attributes,
    });
  }

  /** The name of an initial state (L·D, B, H); null of zeros. One for every sequence is repeated for each of `x`, (T, B, I). */
  initial(state: "h0" | "c0", x: string): string | null {
    const { states, config } = this.#module;
    const source = states[state];
    if (source === undefined) return this.#inputs.states ? state : null;
    if (source.shape[1] !== 1) return state;
    const slots = this.#integers("state_slots", [source.shape[0] ?? 1]);
    const units = this.#integers("state_units", [config.hiddenSize]);
    const batch = this.#once("batch_size", () => ({
      op: "Shape",
      name: "size_of_batch",
      inputs: [x],
      outputs: ["batch_size"],
      attributes: { start: 1, end: 2 },
    }));
    const shape = this.#once("state_shape", () => ({
      op: "Concat",
      name: "shape_of_state",
      inputs: [slots, batch, units],
      outputs: ["state_shape"],
      attributes: { axis: 0 },
    }));
    return this.#add({
      op: "Expand",
      name: `${state}_of_each`,
      inputs: [state, shape],
      outputs: [`${state}_repeated`],
    });
  }

  /** A value that several states share. */
  #once(value: string, node: () => OnnxNode): string {
    const known = this.#nodes.some(({ outputs }) => outputs.includes(value));
    return known ? value : this.#add(node());
  }

  /** A state (L·D, B, H) layer by layer. */
  split(state: string, count: number): readonly string[] {
    if (count === 1) return [state];
    const outputs = Array.from({ length: count }, (_, layer) => `${state}_of_layer${layer}`);
    this.#add({
      op: "Split",
      name: `${state}_by_layer`,
      inputs: [state],
      outputs,
      attributes: { axis: 0 },
    });
    return outputs;
  }

  /** The final states of all layers; those of one layer have their name already. */
  concat(state: string, count: number): void {
    if (count === 1) return;
    const inputs = Array.from({ length: count }, (_, layer) => `${state}${layer}_n`);
    const attributes = { axis: 0 };
    this.#add({
      op: "Concat",
      name: `${state}_joined`,
      inputs,
      outputs: [`${state}_n`],
      attributes,
    });
  }

  model(): OnnxModel {
    const module = this.#module;
    const { config } = module;
    const { cell, hiddenSize, inputSize, numLayers, isCellClass } = config;
    const elementType = commonDtype(module);
    const slots = numLayers * numDirections(config);
    const leading = config.batchFirst && !isCellClass ? ["B", "T"] : ["T", "B"];
    const value = (name: string, shape: OnnxValue["shape"]): OnnxValue => ({
      name,
      shape,
      elementType,
    });
    const state = (name: string): OnnxValue => value(name, [slots, "B", hiddenSize]);
    // Of one that has a value already, the sequences are as many as that has, or as x.
    const begins = (name: "h0" | "c0"): OnnxValue =>
      module.states[name] === undefined
        ? state(name)
        : value(name, [slots, `B_${name}`, hiddenSize]);
    const hasCell = cell === "LSTM";
    return {
      opset: OPSET,
      name: "module",
      nodes: this.#nodes,
      inputs: [
        value("input", [...leading, inputSize]),
        ...(this.#inputs.states ? [begins("h0"), ...(hasCell ? [begins("c0")] : [])] : []),
        ...(this.#inputs.lengths
          ? [{ name: "lengths", shape: ["B"], elementType: "int32" } as const]
          : []),
      ],
      outputs: [
        value("output", [...leading, numDirections(config) * hiddenSize]),
        state("h_n"),
        ...(hasCell ? [state("c_n")] : []),
      ],
      initializers: [
        ...onnx.tensors(module, "onnx"),
        ...Object.values(module.states).map((source) => widened(source, elementType)),
        ...this.#constants.values(),
      ],
    };
  }

  /** Returns the first output. */
  #add(node: OnnxNode): string {
    this.#nodes.push(node);
    return node.outputs[0] ?? "";
  }

  #integers(name: string, values: readonly number[]): string {
    if (!this.#constants.has(name)) {
      this.#constants.set(name, constant(name, { dtype: "int64", shape: [values.length], values }));
    }
    return name;
  }
}

function lines({ config }: ModuleToExport, { name, inputs }: LoadedFile): readonly string[] {
  const given = [
    '"input": x',
    ...(inputs.states ? ['"h0": h0', ...(config.cell === "LSTM" ? ['"c0": c0'] : [])] : []),
    ...(inputs.lengths ? ['"lengths": lengths.astype("int32")'] : []),
  ];
  const results = config.cell === "LSTM" ? "output, h_n, c_n" : "output, h_n";
  const layout =
    config.batchFirst && !config.isCellClass
      ? "[batch, steps, features]"
      : "[steps, batch, features]";
  return [
    "import onnxruntime",
    "",
    `session = onnxruntime.InferenceSession(${pythonString(name)})`,
    `# x is ${layout}, float32`,
    `# ${results} = session.run(None, {${given.join(", ")}})`,
  ];
}
