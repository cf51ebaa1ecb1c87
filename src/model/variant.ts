/**
 * Options of cells that PyTorch does not have: which cells take them, and what they change.
 */
import { rounded } from "../core/numeric";
import { text, type Text } from "../core/text";
import type { CellKind, CellVariant, GateActivation, RecurrentConfig } from "./config";

/** Names of gate activations, best known first. */
export const gateActivationNames = ["sigmoid", "hard_sigmoid", "hard_sigmoid_keras3"] as const;

/** A gate activation by its name, or max(0, min(1, alpha·x + beta)). */
export type GateActivationOption =
  (typeof gateActivationNames)[number] | { readonly alpha: number; readonly beta: number };

/** Options of cells beyond PyTorch's own arguments; without them, cells compute as torch.nn's do. */
export interface VariantOptions {
  /** GRU: false scales h by the reset gate before the product (Keras' reset_after=False, ONNX' default). */
  readonly resetAfter?: boolean;
  /** The activation of the gates of an LSTM or GRU. */
  readonly gateActivation?: GateActivationOption;
  /** Pre-activations are limited to −clip…clip (ONNX `clip`). */
  readonly clip?: number;
  /** LSTM: f = 1 − i (ONNX `input_forget`). */
  readonly coupledInputForget?: boolean;
}

/** Which cells an option of a run means something to. */
export const cellsWith: Readonly<
  Record<keyof VariantOptions | "nonlinearity", readonly CellKind[]>
> = {
  nonlinearity: ["RNN"],
  resetAfter: ["GRU"],
  gateActivation: ["LSTM", "GRU"],
  clip: ["RNN", "LSTM", "GRU"],
  coupledInputForget: ["LSTM"],
};

/** The activation of a name: Keras 2 and ONNX call another line hard sigmoid than Keras 3 does. */
export function gateActivationOf(option: GateActivationOption): GateActivation {
  if (typeof option === "object") {
    return { kind: "hard_sigmoid", alpha: option.alpha, beta: option.beta };
  }
  switch (option) {
    case "sigmoid":
      return { kind: "sigmoid" };
    case "hard_sigmoid":
      return { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 };
    case "hard_sigmoid_keras3":
      return { kind: "hard_sigmoid", alpha: 1 / 6, beta: 0.5 };
  }
}

/** The option that names an activation; the inverse of `gateActivationOf`. */
export function gateActivationOption(activation: GateActivation): GateActivationOption {
  if (activation.kind === "sigmoid") return "sigmoid";
  const { alpha, beta } = activation;
  const isSame = (name: GateActivationOption): boolean => {
    const named = gateActivationOf(name);
    return named.kind === "hard_sigmoid" && named.alpha === alpha && named.beta === beta;
  };
  return gateActivationNames.find(isSame) ?? { alpha, beta };
}

/** A cell's variant with the options of a run; options that the cell does not have are ignored. */
export function variantWith(
  { cell, variant }: Pick<RecurrentConfig, "cell" | "variant">,
  options: VariantOptions,
): CellVariant {
  const { resetAfter, gateActivation, clip, coupledInputForget } = options;
  const has = (name: keyof VariantOptions): boolean => cellsWith[name].includes(cell);
  return {
    ...variant,
    ...(resetAfter !== undefined && has("resetAfter") ? { resetAfter } : {}),
    ...(gateActivation !== undefined && has("gateActivation")
      ? { gateActivation: gateActivationOf(gateActivation) }
      : {}),
    ...(clip === undefined ? {} : { clip }),
    ...(coupledInputForget !== undefined && has("coupledInputForget")
      ? { coupledInputForget }
      : {}),
  };
}

/** Names of the given options that the cell does not have. */
export function optionsNotOf(cell: CellKind, options: object): string[] {
  return Object.entries(cellsWith).flatMap(([name, cells]) =>
    (options as Readonly<Record<string, unknown>>)[name] === undefined || cells.includes(cell)
      ? []
      : [name],
  );
}

/** The differences of the cell from torch.nn's, one sentence each. */
export function departures(
  config: Pick<RecurrentConfig, "cell" | "variant" | "reverseOnly">,
): readonly Text[] {
  const { clip } = config.variant;
  const backwards = text("its one direction goes from the last step to the first");
  return [
    ...(config.reverseOnly === true ? [backwards] : []),
    ...gateDepartures(config),
    ...(clip === null ? [] : [text("pre-activations are limited to −{0}…{0}", short(clip))]),
    ...(config.cell === "LSTM" ? lstmDepartures(config.variant) : []),
  ];
}

function gateDepartures({ cell, variant }: Pick<RecurrentConfig, "cell" | "variant">): Text[] {
  const { resetAfter, gateActivation } = variant;
  const found: Text[] = [];
  if (cell === "GRU" && !resetAfter) {
    found.push(text("the reset gate scales h before the product (reset_after = False)"));
  }
  if (cell !== "RNN" && gateActivation.kind === "hard_sigmoid") {
    const [alpha, beta] = [gateActivation.alpha, gateActivation.beta].map(short);
    found.push(text("gates are max(0, min(1, {0}·x + {1}))", alpha ?? 0, beta ?? 0));
  }
  return found;
}

function lstmDepartures({ coupledInputForget, peephole }: CellVariant): Text[] {
  return [
    ...(coupledInputForget ? [text("the forget gate is 1 − i")] : []),
    ...(peephole ? [text("gates look at c through peephole weights")] : []),
  ];
}

function short(value: number): number {
  return rounded(value, 4);
}
