/**
 * The parameters a recurrent module has, by PyTorch's names, with the shape each must have and why.
 *
 * Source: torch.nn.RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell documentation, "Variables".
 */
import type { Shape } from "../tensor/tensor";
import { text, type Text } from "../text";
import {
  layerInputSize,
  numDirections,
  stateSize,
  type Direction,
  type RecurrentConfig,
} from "./config";
import { directionsOf } from "./directions";
import { gateCount } from "./gates";

export type ParameterRole = "weightIh" | "weightHh" | "biasIh" | "biasHh" | "weightHr" | "peephole";

export interface Parameter {
  /** Without the module's prefix, e.g. `weight_ih_l1_reverse`. */
  readonly name: string;
  readonly role: ParameterRole;
  readonly layer: number;
  readonly direction: Direction;
  readonly shape: Shape;
  /** Axes in the field's letters, one a size of `shape`. */
  readonly axes: readonly string[];
  /** Where the shape comes from. */
  readonly reason: Text;
}

const fileNames: Readonly<Record<ParameterRole, string>> = {
  weightIh: "weight_ih",
  weightHh: "weight_hh",
  biasIh: "bias_ih",
  biasHh: "bias_hh",
  weightHr: "weight_hr",
  peephole: "peephole",
};

/** `weight_ih_l1_reverse`; for a cell class `weight_ih`. */
export function parameterName(
  config: Pick<RecurrentConfig, "isCellClass" | "bidirectional">,
  role: ParameterRole,
  layer: number,
  direction: Direction,
): string {
  const isSecond = config.bidirectional && direction === "reverse";
  const suffix = config.isCellClass ? "" : `_l${layer}${isSecond ? "_reverse" : ""}`;
  return fileNames[role] + suffix;
}

/** All parameters of a module in PyTorch's order. */
export function expectedParameters(config: RecurrentConfig): Parameter[] {
  const parameters: Parameter[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    for (const direction of directionsOf(config)) {
      for (const role of rolesOf(config)) {
        const name = parameterName(config, role, layer, direction);
        parameters.push({ name, role, layer, direction, ...shapeOf(config, role, layer) });
      }
    }
  }
  return parameters;
}

function rolesOf(config: RecurrentConfig): ParameterRole[] {
  return [
    "weightIh",
    "weightHh",
    ...(config.bias ? (["biasIh", "biasHh"] as const) : []),
    ...(config.projSize > 0 ? (["weightHr"] as const) : []),
    ...(config.cell === "LSTM" && config.variant.peephole ? (["peephole"] as const) : []),
  ];
}

function shapeOf(
  config: RecurrentConfig,
  role: ParameterRole,
  layer: number,
): Pick<Parameter, "shape" | "axes" | "reason"> {
  const gates = gateCount(config.cell);
  const { hiddenSize } = config;
  const rows = gates * hiddenSize;
  const rowAxis = gates === 1 ? "H" : `${gates}·H`;
  const stateAxis = config.projSize > 0 ? "P" : "H";
  const rowReason =
    gates === 1
      ? text("H = {0}", hiddenSize)
      : text("{0}·H = {0} · {1}, one block per gate", gates, hiddenSize);
  switch (role) {
    case "weightIh":
      return weightIhShape(config, layer, [rows, rowAxis]);
    case "weightHh":
      return { shape: [rows, stateSize(config)], axes: [rowAxis, stateAxis], reason: rowReason };
    case "biasIh":
    case "biasHh":
      return { shape: [rows], axes: [rowAxis], reason: rowReason };
    case "weightHr":
      return {
        shape: [config.projSize, hiddenSize],
        axes: ["P", "H"],
        reason: text("projection of H = {0} to P = {1}", hiddenSize, config.projSize),
      };
    case "peephole":
      return {
        shape: [3 * hiddenSize],
        axes: ["3·H"],
        reason: text("3·H = 3 · {0}, one block for each of i, f, o", hiddenSize),
      };
  }
}

function weightIhShape(
  config: RecurrentConfig,
  layer: number,
  [rows, rowAxis]: readonly [number, string],
): Pick<Parameter, "shape" | "axes" | "reason"> {
  const stateAxis = config.projSize > 0 ? "P" : "H";
  return layer === 0
    ? {
        shape: [rows, config.inputSize],
        axes: [rowAxis, "I"],
        reason: text("I = {0} features of the input", config.inputSize),
      }
    : {
        shape: [rows, layerInputSize(config, layer)],
        axes: [rowAxis, config.bidirectional ? `D·${stateAxis}` : stateAxis],
        reason: config.bidirectional
          ? text(
              "D·{0} = {1} · {2} from layer {3}",
              stateAxis,
              numDirections(config),
              stateSize(config),
              layer - 1,
            )
          : text("{0} = {1} from layer {2}", stateAxis, stateSize(config), layer - 1),
      };
}
