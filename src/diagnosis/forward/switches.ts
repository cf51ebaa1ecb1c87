/**
 * What a forward does otherwise than PyTorch's: one value for each place where an implementation may go wrong.
 *
 * Definitions: the catalogue in docs/diagnosis.md.
 */
import type { GateActivation, RecurrentConfig } from "../../model/config";
import { hardSigmoid, relu, sigmoid, type Activation } from "./activations";

/** The update of an LSTM. */
export type LstmUpdate =
  | "right"
  | "coupledInputForget"
  | "forgetGateMissing"
  | "inputGateMissing"
  | "candidateAdded"
  | "hFromPreviousC"
  | "outputGateMissing"
  | "carriedSquashed"
  | "peepholeOutputFromPreviousC";

/** The candidate or the update of a GRU. */
export type GruUpdate =
  | "right"
  | "resetBeforeProduct"
  | "resetMissing"
  | "resetOnInput"
  | "resetAdded"
  | "updateInverted"
  | "updateNotComplementary";

/** What goes on from step to step with a projection. */
export type Projection = "right" | "omitted" | "onlyAtOutput";

/** How the reverse direction goes through the sequence, and puts its states back. */
export type ReverseOrder =
  | "right"
  | "inputNotFlipped"
  | "outputNotFlippedBack"
  | "neither"
  | "batchAxis"
  | "overPadding"
  | "flipThenMask";

/** How the directions of a layer are joined. */
export type Join = "right" | "reverseFirst" | "interleaved";

/** What a layer above the first reads, or hands on. */
export type Stacking = "right" | "inputIsX" | "residualAdded" | "previousStep";

/** Where lanes begin, and whether they go on from step to step. */
export type Carrying =
  "right" | "notCarried" | "chainedThroughLayers" | "reverseFromForwardFinal" | "acrossBatch";

export interface Switches {
  /** φ of an RNN, tanh of a GRU's n. */
  readonly tanh: Activation;
  /** The tanh of an LSTM's g. */
  readonly candidate: Activation;
  /** The tanh of an LSTM's c_t. */
  readonly cellTanh: Activation;
  readonly gate: Activation;
  /** Pre-activations are limited to ±clip; null for no limit. */
  readonly clip: number | null;
  readonly lstm: LstmUpdate;
  readonly gru: GruUpdate;
  readonly projection: Projection;
  readonly reverse: ReverseOrder;
  /** The forward direction runs on to T past the end of its row. */
  readonly forwardRunsOn: boolean;
  readonly join: Join;
  readonly stacking: Stacking;
  readonly carrying: Carrying;
  /** By layer, what it reads is multiplied by these, (T, B, inputSize), as dropout does; null where by nothing. */
  readonly masks: readonly (Float64Array | null)[] | null;
  /** What the operands of every matrix product are rounded to; null for no rounding. */
  readonly operands: Activation | null;
}

/** The switches of the forward that is right for a module. */
export function switchesOf({ cell, nonlinearity, variant }: RecurrentConfig): Switches {
  const isRelu = cell === "RNN" && nonlinearity === "relu";
  return {
    tanh: isRelu ? relu : Math.tanh,
    candidate: Math.tanh,
    cellTanh: Math.tanh,
    gate: gateOf(variant.gateActivation),
    clip: variant.clip,
    lstm: variant.coupledInputForget ? "coupledInputForget" : "right",
    gru: variant.resetAfter ? "right" : "resetBeforeProduct",
    projection: "right",
    reverse: "right",
    forwardRunsOn: false,
    join: "right",
    stacking: "right",
    carrying: "right",
    masks: null,
    operands: null,
  };
}

function gateOf(activation: GateActivation): Activation {
  return activation.kind === "sigmoid" ? sigmoid : hardSigmoid(activation.alpha, activation.beta);
}
