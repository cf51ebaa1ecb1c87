/**
 * The parameters of a recurrent module by PyTorch's names, with their expected shapes and the reasons.
 *
 * Source: torch.nn.RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell documentation, "Variables".
 */
import type { Shape } from "../tensor/tensor";
import { text, type Text } from "../core/text";
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

/** As formulas write them. */
export const parameterSymbols: Readonly<Record<ParameterRole, string>> = {
  weightIh: "W_ih",
  weightHh: "W_hh",
  biasIh: "b_ih",
  biasHh: "b_hh",
  weightHr: "W_hr",
  peephole: "p",
};

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
  return [...eachParameter(config)];
}

/** The same one by one: who stops early pays for those alone that were looked at. */
export function* eachParameter(config: RecurrentConfig): Generator<Parameter> {
  for (let layer = 0; layer < config.numLayers; layer++) {
    for (const direction of directionsOf(config)) {
      for (const role of rolesOf(config)) {
        const name = parameterName(config, role, layer, direction);
        yield { name, role, layer, direction, ...shapeOf(config, role, layer) };
      }
    }
  }
}

/** How many parameters a module has. */
export function parameterCount(config: RecurrentConfig): number {
  return config.numLayers * directionsOf(config).length * rolesOf(config).length;
}

/** Where a parameter stands in a module, as its name has it. */
export interface ParameterPlace {
  readonly role: ParameterRole;
  readonly layer: number;
  /** True for a name that ends in `_reverse`. */
  readonly isSecond: boolean;
}

const roleOfName = new Map(
  (Object.entries(fileNames) as [ParameterRole, string][]).map(([role, name]) => [name, role]),
);

/** Takes the name of a parameter apart; undefined for what PyTorch calls otherwise, such as `weight_ih_l01`. */
export function placeOf(
  name: string,
  isCellClass: RecurrentConfig["isCellClass"],
): ParameterPlace | undefined {
  const pattern = isCellClass ? /^([a-z_]+?)$/ : /^([a-z_]+?)_l(0|[1-9]\d*)(_reverse)?$/;
  const [, base = "", layer = "0", reverse] = pattern.exec(name) ?? [];
  const role = roleOfName.get(base);
  return role && { role, layer: Number(layer), isSecond: reverse !== undefined };
}

/** The parameter of a name, found without a walk over all of them; undefined where the module has none of this name. */
export function parameterNamed(config: RecurrentConfig, name: string): Parameter | undefined {
  const place = placeOf(name, config.isCellClass);
  if (place === undefined || !hasPlace(config, place)) return undefined;
  const { role, layer, isSecond } = place;
  const direction = isSecond ? "reverse" : (directionsOf(config)[0] ?? "forward");
  return { name, role, layer, direction, ...shapeOf(config, role, layer) };
}

/** True where the module has a parameter in this place. */
export function hasPlace(config: RecurrentConfig, place: ParameterPlace): boolean {
  const { role, layer, isSecond } = place;
  return (
    layer < config.numLayers &&
    (!isSecond || config.bidirectional) &&
    rolesOf(config).includes(role)
  );
}

/** The shape that a parameter of a module must have. */
export function parameterShape(config: RecurrentConfig, role: ParameterRole, layer: number): Shape {
  const rows = gateCount(config.cell) * config.hiddenSize;
  switch (role) {
    case "weightIh":
      return [rows, layerInputSize(config, layer)];
    case "weightHh":
      return [rows, stateSize(config)];
    case "biasIh":
    case "biasHh":
      return [rows];
    case "weightHr":
      return [config.projSize, config.hiddenSize];
    case "peephole":
      return [3 * config.hiddenSize];
  }
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
  return { shape: parameterShape(config, role, layer), ...meaningOf(config, role, layer) };
}

function meaningOf(
  config: RecurrentConfig,
  role: ParameterRole,
  layer: number,
): Pick<Parameter, "axes" | "reason"> {
  const gates = gateCount(config.cell);
  const { hiddenSize } = config;
  const rowAxis = gates === 1 ? "H" : `${gates}·H`;
  const stateAxis = config.projSize > 0 ? "P" : "H";
  const rowReason =
    gates === 1
      ? text("H = {0}", hiddenSize)
      : text("{0}·H = {0} · {1}, one block per gate", gates, hiddenSize);
  switch (role) {
    case "weightIh":
      return weightIhMeaning(config, layer, rowAxis);
    case "weightHh":
      return { axes: [rowAxis, stateAxis], reason: rowReason };
    case "biasIh":
    case "biasHh":
      return { axes: [rowAxis], reason: rowReason };
    case "weightHr":
      return {
        axes: ["P", "H"],
        reason: text("projection of H = {0} to P = {1}", hiddenSize, config.projSize),
      };
    case "peephole":
      return {
        axes: ["3·H"],
        reason: text("3·H = 3 · {0}, one block for each of i, f, o", hiddenSize),
      };
  }
}

function weightIhMeaning(
  config: RecurrentConfig,
  layer: number,
  rowAxis: string,
): Pick<Parameter, "axes" | "reason"> {
  const stateAxis = config.projSize > 0 ? "P" : "H";
  if (layer === 0) {
    return {
      axes: [rowAxis, "I"],
      reason: text("I = {0} features of the input", config.inputSize),
    };
  }
  const below = layer - 1;
  const state = stateSize(config);
  return {
    axes: [rowAxis, config.bidirectional ? `D·${stateAxis}` : stateAxis],
    reason: config.bidirectional
      ? text("D·{0} = {1} · {2} from layer {3}", stateAxis, numDirections(config), state, below)
      : text("{0} = {1} from layer {2}", stateAxis, state, below),
  };
}
