/**
 * The weights of a layer as the inputs of a node RNN, LSTM or GRU of ONNX.
 *
 * Source: onnx.ai/onnx/operators, RNN-14, LSTM-14 and GRU-14.
 */
import type { TensorSource } from "../../tensor/source";
import { gateOrder, peepholeOrder, storedGates, storedPeepholes } from "../gates";
import { commonDtype, type Lane, type ModuleToExport } from "./module";
import { along, inBlocks, stacked, widened } from "./rearrange";

/** The name of an input of the node of a layer: W, R, B or P. */
export function weightName(layer: number, name: string): string {
  return `layer${layer}.${name}`;
}

/** W (D, G·H, I), R (D, G·H, H), B (D, 2·G·H) and P (D, 3·H). */
export function weightsOf(
  module: ModuleToExport,
  lanes: readonly Lane[],
  layer: number,
): TensorSource[] {
  const { cell, hiddenSize, bias, variant } = module.config;
  const dtype = commonDtype(module);
  const blocks = storedGates("ONNX", cell).map((gate) => gateOrder[cell].indexOf(gate));
  const gated = (source: TensorSource): TensorSource =>
    widened(inBlocks(source, blocks, hiddenSize), dtype);
  const joinedLanes = (name: string, of: (lane: Lane) => TensorSource): TensorSource =>
    stacked(weightName(layer, name), lanes.map(of));
  const peepholes = storedPeepholes.map((gate) => peepholeOrder.indexOf(gate));
  return [
    joinedLanes("W", ({ weightIh }) => gated(weightIh)),
    joinedLanes("R", ({ weightHh }) => gated(weightHh)),
    ...(bias
      ? [
          joinedLanes("B", ({ biasIh, biasHh }) =>
            along(
              "",
              [biasIh, biasHh].flatMap((each) => (each === null ? [] : [gated(each)])),
            ),
          ),
        ]
      : []),
    ...(cell === "LSTM" && variant.peephole
      ? [
          joinedLanes("P", ({ peephole, weightIh }) =>
            widened(inBlocks(peephole ?? weightIh, peepholes, hiddenSize), dtype),
          ),
        ]
      : []),
  ];
}
