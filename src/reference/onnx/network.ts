/**
 * A run as an ONNX graph: a node for each direction of each layer, single operations beside it for what the operators
 * keep to themselves, and the linear layer after them.
 */
import type { RunHead } from "../../analysis/surrounding";
import type { OnnxModel } from "../../formats/write/onnxModel";
import type { LayerWeights } from "../../model/bind";
import { slotOf, directionsOf } from "../../model/directions";
import { headSource } from "../../model/find/head";
import { stateName } from "../../model/stateNames";
import type { StateArray } from "../../engine/base/engine";
import type { PreparedRun } from "../../run/inputs";
import { GraphBuilder, type FloatType } from "./builder";
import { addOperatorLane, hasOperator, type LaneFrame, type LaneValues } from "./operatorLane";
import { transposed } from "./rearranged";
import type { OnnxTensor } from "../../run/graph/runtime";
import { addScanLane } from "./scanLane";

/** What single operations are added for, beside the operators. */
export interface Wanted {
  readonly c: boolean;
  readonly gates: boolean;
}

/** A graph, the values of its inputs, and what each output is. */
export interface RunGraph {
  readonly model: OnnxModel;
  readonly feeds: Readonly<Record<string, OnnxTensor>>;
  /** Names of outputs that are states and gates by their names as files have them, (T, B, ·). */
  readonly states: ReadonlyMap<string, string>;
  /** By slot of h_n. */
  readonly hn: readonly string[];
  /** By slot of c_n; null for a cell without one. */
  readonly cn: readonly string[] | null;
  /** null where no linear layer runs. */
  readonly logits: string | null;
}

type Run = PreparedRun["run"];

/** Writes a run as a graph; nothing of it is computed. */
export function graphOfRun(
  run: Run,
  head: RunHead | null,
  type: FloatType,
  wanted: Wanted,
): RunGraph {
  const { config, seqLength, batchSize } = run;
  const graph = new GraphBuilder(type);
  const inputs = new RunFeeds(graph, run);
  const lanes: LaneValues[] = [];
  const states = new Map<string, string>();
  let x = inputs.x;
  for (let layer = 0; layer < config.numLayers; layer++) {
    const ofLayer = directionsOf(config).map((direction, index) => {
      const slot = slotOf(config, layer, direction);
      const weights = weightsAt(run, layer, index);
      const frame: LaneFrame = {
        config,
        direction,
        weights,
        name: `layer${layer}.${direction}`,
        x,
        ...inputs.ofSlot(slot),
      };
      const lane = addLane(graph, frame, batchSize, wanted);
      for (const [quantity, value] of namedValues(lane)) {
        states.set(stateName({ layer, direction, quantity }), value);
      }
      return lane;
    });
    lanes.push(...ofLayer);
    x = joinedLane(graph, ofLayer, `layer${layer}.output`);
  }
  const logits = head === null ? null : addHead(graph, head, { run, output: x, lanes });
  for (const value of states.values()) graph.output(value, [seqLength, batchSize, "units"]);
  const finals = lanes.flatMap(({ hn, cn }) => [hn, ...(cn === null ? [] : [cn])]);
  for (const value of finals) graph.output(value, flatOr3(value));
  if (logits !== null) graph.output(logits, logitsAxes(head));
  return {
    model: graph.model(),
    feeds: inputs.feeds,
    states,
    hn: lanes.map(({ hn }) => hn),
    cn: config.cell === "LSTM" ? lanes.map(({ cn }) => cn ?? "") : null,
    logits,
  };
}

function weightsAt({ weights }: Run, layer: number, direction: number): LayerWeights {
  const found = weights[layer]?.[direction];
  if (found === undefined) throw new RangeError("a direction without weights");
  return found;
}

/** Final states of operators have an axis of directions. */
function flatOr3(value: string): readonly string[] {
  return value.endsWith("_n") ? ["D", "B", "units"] : ["B", "units"];
}

function logitsAxes(head: RunHead | null): readonly string[] {
  return head?.head === "every" ? ["T", "B", "out"] : ["B", "out"];
}

/** The operator where there is one; beside it, or in its place, single operations. */
function addLane(
  graph: GraphBuilder,
  frame: LaneFrame,
  batchSize: number,
  { c: wantsC, gates }: Wanted,
): LaneValues {
  const { cell } = frame.config;
  const hasGates = gates && cell !== "RNN";
  if (!hasOperator(frame.config, graph.type)) {
    return addScanLane(graph, frame, { batchSize, gates: hasGates });
  }
  const operator = addOperatorLane(graph, frame);
  if (!hasGates && !(wantsC && cell === "LSTM")) return operator;
  const { c, gates: found } = addScanLane(
    graph,
    { ...frame, name: `${frame.name}.single` },
    {
      batchSize,
      gates: hasGates,
    },
  );
  return { ...operator, c: wantsC ? c : null, gates: found };
}

function namedValues({ h, c, gates }: LaneValues): readonly (readonly [string, string])[] {
  return [["h", h], ...(c === null ? [] : [["c", c] as const]), ...Object.entries(gates)];
}

/** (T, B, D·P). */
function joinedLane(graph: GraphBuilder, lanes: readonly LaneValues[], name: string): string {
  const [first] = lanes;
  if (lanes.length === 1 && first !== undefined) return first.h;
  return graph.nodes.add(
    "Concat",
    lanes.map(({ h }) => h),
    { axis: 2 },
    name,
  );
}

/** The logits: (B, out), or (T, B, out) of the head `every`. */
function addHead(
  graph: GraphBuilder,
  { head, linear }: RunHead,
  { run, output, lanes }: { run: Run; output: string; lanes: readonly LaneValues[] },
): string {
  const { weight, bias, inFeatures, outFeatures } = linear;
  const matrix = graph.floats(
    "linear.weight",
    [inFeatures, outFeatures],
    transposed(weight, outFeatures),
  );
  const features = headInput(graph, head, { run, output, lanes, inFeatures });
  const product = graph.nodes.add("MatMul", [features, matrix], {}, "logits_product");
  if (bias === null) return product;
  const summand = graph.floats("linear.bias", [outFeatures], bias);
  return graph.nodes.add("Add", [product, summand], {}, "logits");
}

/** What the linear layer reads. */
function headInput(
  graph: GraphBuilder,
  head: RunHead["head"],
  {
    run,
    output,
    lanes,
    inFeatures,
  }: { run: Run; output: string; lanes: readonly LaneValues[]; inFeatures: number },
): string {
  const { config, seqLength, batchSize } = run;
  if (head === "every") return output;
  if (head === "last") {
    const last = graph.integers("last_step", [seqLength - 1]);
    const step = graph.nodes.add("Gather", [output, last], { axis: 0 });
    const axis = graph.integers("axis_of_slots", [0]);
    return graph.nodes.add("Squeeze", [step, axis]);
  }
  const directions = directionsOf(config).length;
  const isLast = headSource(config, head, inFeatures) === "lastRow";
  const read = lanes.slice(isLast ? -1 : -directions);
  const shape = graph.integers("shape_of_final", [batchSize, -1]);
  const rows = read.map(({ hn }) => graph.nodes.add("Reshape", [hn, shape]));
  return rows.length === 1 ? (rows[0] ?? "") : graph.nodes.add("Concat", rows, { axis: 1 });
}

/** The inputs of the graph, with their values. */
class RunFeeds {
  readonly x: string;
  readonly feeds: Record<string, OnnxTensor> = {};
  readonly #graph: GraphBuilder;
  readonly #run: Run;

  constructor(graph: GraphBuilder, run: Run) {
    this.#graph = graph;
    this.#run = run;
    const { config, seqLength, batchSize, lengths } = run;
    this.x = this.#feed("input", [seqLength, batchSize, config.inputSize], run.input);
    if (lengths === null) return;
    graph.input("lengths", [batchSize], "int32");
    this.feeds["lengths"] = {
      type: "int32",
      dims: [batchSize],
      data: Int32Array.from(lengths),
    };
    this.#addMask(lengths);
  }

  /** What a lane begins with. */
  ofSlot(slot: number): Pick<LaneFrame, "lengths" | "mask" | "h0" | "c0"> {
    const { h0, c0, lengths, config } = this.#run;
    return {
      lengths: lengths === null ? "" : "lengths",
      mask: lengths === null ? "" : "mask",
      h0: this.#state("h0", h0, slot),
      c0: config.cell === "LSTM" ? this.#state("c0", c0, slot) : "",
    };
  }

  #state(name: string, values: StateArray | null, slot: number): string {
    if (values === null) return "";
    const { batchSize } = this.#run;
    const { stateSize, hiddenSize } = weightsAt(this.#run, 0, 0);
    const units = name === "h0" ? stateSize : hiddenSize;
    const size = batchSize * units;
    const own = values.subarray(slot * size, (slot + 1) * size);
    return this.#feed(`${name}_${slot}`, [1, batchSize, units], own);
  }

  #addMask(lengths: readonly number[]): void {
    const { seqLength, batchSize } = this.#run;
    const dims = [seqLength, batchSize, 1];
    this.#graph.input("mask", dims, "bool");
    const data = new Uint8Array(seqLength * batchSize);
    for (let at = 0; at < data.length; at++) {
      data[at] = Math.floor(at / batchSize) < (lengths[at % batchSize] ?? 0) ? 1 : 0;
    }
    this.feeds["mask"] = { type: "bool", dims, data };
  }

  #feed(name: string, dims: readonly number[], values: StateArray): string {
    const { type } = this.#graph;
    this.#graph.input(name, dims);
    this.feeds[name] =
      type === "float32"
        ? { type, dims, data: Float32Array.from(values) }
        : { type, dims, data: Float64Array.from(values) };
    return name;
  }
}
