/**
 * A direction of a layer as one node of the operator RNN, LSTM or GRU.
 *
 * Source: onnx.ai/onnx/operators, RNN-14, LSTM-14 and GRU-14, layout 0.
 */
import type { LayerWeights } from "../../model/bind";
import type { Direction, RecurrentConfig } from "../../model/config";
import {
  gateCount,
  gateOrder,
  peepholeOrder,
  storedGates,
  storedPeepholes,
} from "../../model/gates";
import { recurrentAttributes, trimmed } from "../../model/export/onnxNode";
import type { GraphBuilder } from "./builder";
import { inBlocks, joined } from "./rearranged";

/** A lane of the graph, and the names of what it reads. */
export interface LaneFrame {
  readonly config: RecurrentConfig;
  readonly weights: LayerWeights;
  readonly direction: Direction;
  /** Begins the names of its values. */
  readonly name: string;
  /** The layer's input, (T, B, I). */
  readonly x: string;
  /** (B), int32; empty where every row has every step. */
  readonly lengths: string;
  /** (T, B, 1), bool, true at steps that are no padding; empty where there is none. */
  readonly mask: string;
  /** (1, B, H) and (1, B, H); empty for zeros. */
  readonly h0: string;
  readonly c0: string;
}

/** Names of what a lane gives. */
export interface LaneValues {
  /** (T, B, P). */
  readonly h: string;
  /** (T, B, H), where it is known. */
  readonly c: string | null;
  /** After the last processed step, of B·P and B·H values. */
  readonly hn: string;
  readonly cn: string | null;
  /** By their letters, (T, B, H) each. */
  readonly gates: Readonly<Record<string, string>>;
}

/** True where the operator computes this cell. ONNX Runtime has it in float32 alone. */
export function hasOperator({ projSize }: RecurrentConfig, type: GraphBuilder["type"]): boolean {
  return projSize === 0 && type === "float32";
}

/** Adds the node. */
export function addOperatorLane(graph: GraphBuilder, frame: LaneFrame): LaneValues {
  const { config, name, x, lengths, h0, c0 } = frame;
  const { cell } = config;
  const isLstm = cell === "LSTM";
  const { w, r, b, p } = parametersOf(graph, frame);
  const inputs = [x, w, r, b, lengths, h0, ...(isLstm ? [c0, p] : [])];
  const outputs = [`${name}.Y`, `${name}.h_n`, ...(isLstm ? [`${name}.c_n`] : [])];
  graph.nodes.addAll(cell, trimmed(inputs), outputs, recurrentAttributes(layerOf(frame)));
  const axis = graph.integers("axis_of_directions", [1]);
  const h = graph.nodes.add("Squeeze", [`${name}.Y`, axis], {}, `${name}.h`);
  return { h, c: null, hn: `${name}.h_n`, cn: isLstm ? `${name}.c_n` : null, gates: {} };
}

/** W (1, G·H, I), R (1, G·H, H), B (1, 2·G·H), P (1, 3·H). */
function parametersOf(
  graph: GraphBuilder,
  { config, weights, name }: LaneFrame,
): Readonly<Record<"w" | "r" | "b" | "p", string>> {
  const { cell, hiddenSize: H, variant } = config;
  const count = gateCount(cell);
  const blocks = storedGates("ONNX", cell).map((gate) => gateOrder[cell].indexOf(gate));
  const gated = (values: LayerWeights["weightIh"]): Float64Array => inBlocks(values, blocks, count);
  const { weightIh, weightHh, biasIh, biasHh, peephole, inputSize } = weights;
  const biases = biasIh === null || biasHh === null ? null : [gated(biasIh), gated(biasHh)];
  const looks = storedPeepholes.map((gate) => peepholeOrder.indexOf(gate));
  return {
    w: graph.floats(`${name}.W`, [1, count * H, inputSize], gated(weightIh)),
    r: graph.floats(`${name}.R`, [1, count * H, H], gated(weightHh)),
    b: biases === null ? "" : graph.floats(`${name}.B`, [1, 2 * count * H], joined(biases)),
    p:
      peephole === null || !variant.peephole
        ? ""
        : graph.floats(`${name}.P`, [1, 3 * H], inBlocks(peephole, looks, 3)),
  };
}

/** The lane as a layer of one direction. */
function layerOf({ config, direction }: LaneFrame): RecurrentConfig {
  return { ...config, bidirectional: false, reverseOnly: direction === "reverse" };
}
