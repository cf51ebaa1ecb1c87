/**
 * The nodes RNN, LSTM and GRU of ONNX: their attributes, and inputs that may be left out.
 *
 * Source: onnx.ai/onnx/operators, RNN-14, LSTM-14 and GRU-14.
 */
import type { OnnxAttribute } from "../../formats/write/onnxModel";
import { numDirections, type RecurrentConfig } from "../config";

/** Optional inputs at the end are left out. */
export function trimmed(inputs: readonly string[]): readonly string[] {
  const kept = [...inputs];
  while (kept.at(-1) === "") kept.pop();
  return kept;
}

/** The attributes of a node that computes a layer of `config`. */
export function recurrentAttributes(
  config: RecurrentConfig,
): Readonly<Record<string, OnnxAttribute>> {
  const { cell, hiddenSize, bidirectional, reverseOnly, variant } = config;
  const direction = bidirectional ? "bidirectional" : reverseOnly === true ? "reverse" : "forward";
  return {
    hidden_size: hiddenSize,
    direction,
    ...activationsOf(config),
    ...(variant.clip === null ? {} : { clip: { float: variant.clip } }),
    ...(cell === "GRU" ? { linear_before_reset: variant.resetAfter ? 1 : 0 } : {}),
    ...(cell === "LSTM" && variant.coupledInputForget ? { input_forget: 1 } : {}),
  };
}

/** Named where they are not the operator's own; alphas and betas for each function that has one. */
function activationsOf(config: RecurrentConfig): Readonly<Record<string, OnnxAttribute>> {
  const { cell, nonlinearity, variant } = config;
  const each = <Item>(items: readonly Item[]): readonly Item[] =>
    Array.from({ length: numDirections(config) }, () => items).flat();
  if (cell === "RNN") {
    return nonlinearity === "relu" ? { activations: { strings: each(["Relu"]) } } : {};
  }
  const gates = variant.gateActivation;
  if (gates.kind === "sigmoid") return {};
  const others = cell === "LSTM" ? ["Tanh", "Tanh"] : ["Tanh"];
  return {
    activations: { strings: each(["HardSigmoid", ...others]) },
    activation_alpha: { floats: each([gates.alpha]) },
    activation_beta: { floats: each([gates.beta]) },
  };
}
