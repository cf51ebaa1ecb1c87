/**
 * One step of a recurrent cell, written as its equations are, in float64.
 *
 * Sources: torch.nn.RNN, LSTM and GRU documentation; ONNX operators RNN, LSTM and GRU for the variants. `round` is
 * what 16-bit precision does after each operation; it is the identity otherwise.
 */
import { clamp } from "../../core/numeric";
import type { LayerWeights, WeightArray } from "../../model/bind";
import type { CellVariant, RecurrentConfig } from "../../model/config";
import { gateCount } from "../../model/gates";
import { activation, dot, gateActivation } from "./linalg";
import type { Rounding } from "../base/rounding";

/** The state that a step hands to the next: h (P or H), and c (H) for an LSTM. */
export interface CellState {
  readonly h: Float64Array;
  readonly c: Float64Array | null;
}

/** What a step computed on its way, by gate blocks in the order of `gates.ts`. Overwritten by the next step. */
export interface StepRecord {
  /** Sums that the activations take, (G·H). */
  readonly preActivations: Float64Array;
  /** After the activations, (G·H); an RNN's only block is h. */
  readonly gates: Float64Array;
  /** W_hh·h + b_hh, (G·H), as the GRU needs it apart; with the reset before the product, n's block is W_hn·(r∘h) + b_hn. */
  readonly recurrent: Float64Array;
  /** LSTM: h before the projection, (H). */
  readonly unprojected: Float64Array;
}

/** W_ih·x + b_ih and W_hh·h + b_hh of a step, each rounded, (G·H) each. */
export interface AffineSums {
  readonly ofInput: Float64Array;
  readonly ofState: Float64Array;
}

/** One direction of one layer, ready to step. */
export interface Cell {
  readonly record: StepRecord;
  /**
   * Computes `next` from `x` (I) and `previous`; `next` and `previous` are different buffers. `sums` are those of `x` and
   * `previous.h` where they have been computed before.
   */
  step(x: Float64Array, previous: CellState, next: CellState, sums?: AffineSums): void;
}

/** The parameters of one direction of one layer in float64, or their gradients, shaped as in `LayerWeights`. */
export interface WideParameters {
  readonly weightIh: Float64Array;
  readonly weightHh: Float64Array;
  readonly biasIh: Float64Array | null;
  readonly biasHh: Float64Array | null;
  readonly weightHr: Float64Array | null;
  readonly peephole: Float64Array | null;
}

/** LayerWeights decoded to float64 for the precision. */
export interface WideWeights extends WideParameters {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly stateSize: number;
}

/** The same weights in float64; what is float64 already is not copied. */
export function widenWeights(weights: LayerWeights): WideWeights {
  const { inputSize, hiddenSize, stateSize, weightIh, weightHh } = weights;
  const wideOrNull = (values: WeightArray | null): Float64Array | null =>
    values === null ? null : wide(values);
  return {
    inputSize,
    hiddenSize,
    stateSize,
    weightIh: wide(weightIh),
    weightHh: wide(weightHh),
    biasIh: wideOrNull(weights.biasIh),
    biasHh: wideOrNull(weights.biasHh),
    weightHr: wideOrNull(weights.weightHr),
    peephole: wideOrNull(weights.peephole),
  };
}

function wide(values: WeightArray): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/** The cell that a configuration asks for. */
export function createCell(
  config: Pick<RecurrentConfig, "cell" | "nonlinearity" | "variant">,
  weights: WideWeights,
  round: Rounding,
): Cell {
  const { hiddenSize } = weights;
  const rows = gateCount(config.cell) * hiddenSize;
  const record: StepRecord = {
    preActivations: new Float64Array(rows),
    gates: new Float64Array(rows),
    recurrent: new Float64Array(rows),
    unprojected: new Float64Array(hiddenSize),
  };
  const affine = affineRows(weights, round);
  const parts = { weights, record, round, affine, limit: limiter(config.variant) };
  switch (config.cell) {
    case "RNN":
      return { record, step: rnnStep(parts, activation(config.nonlinearity)) };
    case "LSTM":
      return { record, step: lstmStep(parts, config.variant) };
    case "GRU":
      return { record, step: gruStep(parts, config.variant) };
  }
}

interface CellParts {
  readonly weights: WideWeights;
  readonly record: StepRecord;
  readonly round: Rounding;
  readonly affine: AffineRows;
  readonly limit: (value: number) => number;
}

/**
 * ONNX `clip`: the argument of an activation is limited; NaN stays NaN. Not that of the last one, tanh(c_t): ONNX says
 * "the input of activations", ONNX Runtime leaves c_t alone, and a file is to run as its runtime runs it.
 */
function limiter({ clip }: CellVariant): (value: number) => number {
  return clip === null ? (value) => value : (value) => clamp(value, -clip, clip);
}

/**
 * h_t = φ(W_ih·x_t + b_ih + W_hh·h_(t−1) + b_hh), φ = tanh or relu (Elman 1990).
 *
 * Shapes: x (I), h (H), weightIh (H, I), weightHh (H, H), biases (H).
 */
function rnnStep(parts: CellParts, phi: Rounding): Cell["step"] {
  const { record, round, limit } = parts;
  const { hiddenSize } = parts.weights;
  const { preActivations, gates, recurrent } = record;
  return (x, previous, next, sums) => {
    const { ofInput, ofState } = known(sums) ?? parts.affine;
    for (let unit = 0; unit < hiddenSize; unit++) {
      recurrent[unit] = ofState(unit, previous.h);
      preActivations[unit] = limit(round(ofInput(unit, x) + recurrent[unit]!));
      gates[unit] = round(phi(preActivations[unit]!));
    }
    next.h.set(gates);
  };
}

/**
 * i, f, o = σ(W·x_t + b + W_h·h_(t−1) + b_h), g = tanh(…), c_t = f∘c_(t−1) + i∘g, h_t = o∘tanh(c_t), projected to
 * W_hr·h_t where the module has a projection (Hochreiter & Schmidhuber 1997, Gers et al. 2000, Sak et al. 2014).
 *
 * Shapes: x (I), h (P or H), c (H), weightIh (4H, I), weightHh (4H, P or H), biases (4H), weightHr (P, H),
 * peephole (3H); blocks i, f, g, o.
 */
function lstmStep(parts: CellParts, variant: CellVariant): Cell["step"] {
  const { weights, record, round, limit } = parts;
  const { hiddenSize: H, weightHr, peephole } = weights;
  const { preActivations, gates, recurrent, unprojected } = record;
  const squash = gateActivation(variant.gateActivation);
  const look = (block: number, unit: number, cell: number): number =>
    peephole === null ? 0 : peephole[block * H + unit]! * cell;
  return (x, previous, next, sums) => {
    const { ofInput, ofState } = known(sums) ?? parts.affine;
    for (let row = 0; row < 4 * H; row++) {
      recurrent[row] = ofState(row, previous.h);
      preActivations[row] = round(ofInput(row, x) + recurrent[row]!);
    }
    const before = previous.c!;
    const after = next.c!;
    for (let unit = 0; unit < H; unit++) {
      const [i, f, g, o] = [unit, H + unit, 2 * H + unit, 3 * H + unit];
      preActivations[i] = limit(preActivations[i]! + look(0, unit, before[unit]!));
      preActivations[f] = limit(preActivations[f]! + look(1, unit, before[unit]!));
      preActivations[g] = limit(preActivations[g]!);
      gates[i] = round(squash(preActivations[i]));
      gates[f] = variant.coupledInputForget ? 1 - gates[i] : round(squash(preActivations[f]));
      gates[g] = round(Math.tanh(preActivations[g]));
      after[unit] = round(round(gates[f] * before[unit]!) + round(gates[i] * gates[g]));
      preActivations[o] = limit(preActivations[o]! + look(2, unit, after[unit]!));
      gates[o] = round(squash(preActivations[o]));
      unprojected[unit] = round(gates[o] * round(Math.tanh(after[unit]!)));
    }
    if (weightHr === null) next.h.set(unprojected);
    else project(weightHr, unprojected, next.h, round);
  };
}

/**
 * r, z = σ(W·x_t + b + W_h·h_(t−1) + b_h), n = tanh(W_in·x_t + b_in + r∘(W_hn·h_(t−1) + b_hn)),
 * h_t = (1 − z)∘n + z∘h_(t−1) (Cho et al. 2014, with the reset after the product as torch and cuDNN have it).
 * With `resetAfter` false, n = tanh(W_in·x_t + b_in + W_hn·(r∘h_(t−1)) + b_hn).
 *
 * Shapes: x (I), h (H), weightIh (3H, I), weightHh (3H, H), biases (3H); blocks r, z, n.
 */
function gruStep(parts: CellParts, variant: CellVariant): Cell["step"] {
  const { weights, record, round, limit } = parts;
  const { hiddenSize: H } = weights;
  const { preActivations, gates, recurrent } = record;
  const squash = gateActivation(variant.gateActivation);
  const scaled = new Float64Array(H);
  return (x, previous, next, sums) => {
    const { ofInput, ofState } = known(sums) ?? parts.affine;
    const ofReset = variant.resetAfter ? ofState : parts.affine.ofState;
    for (let row = 0; row < 2 * H; row++) {
      recurrent[row] = ofState(row, previous.h);
      preActivations[row] = limit(round(ofInput(row, x) + recurrent[row]!));
      gates[row] = round(squash(preActivations[row]!));
    }
    if (!variant.resetAfter) {
      for (let unit = 0; unit < H; unit++) scaled[unit] = round(gates[unit]! * previous.h[unit]!);
    }
    for (let unit = 0; unit < H; unit++) {
      const row = 2 * H + unit;
      const state = variant.resetAfter ? previous.h : scaled;
      const reset = variant.resetAfter ? gates[unit]! : 1;
      recurrent[row] = ofReset(row, state);
      const sum = ofInput(row, x) + round(reset * recurrent[row]);
      preActivations[row] = limit(round(sum));
      const n = round(Math.tanh(preActivations[row]));
      gates[row] = n;
      // The equation as torch evaluates it: one product less.
      next.h[unit] = round(round(round(previous.h[unit]! - n) * gates[H + unit]!) + n);
    }
  };
}

/** Computes one row of W·v + b. */
type AffineRow = (row: number, vector: Float64Array) => number;

interface AffineRows {
  readonly ofInput: AffineRow;
  readonly ofState: AffineRow;
}

/** The rows of W_ih·x + b_ih, and of W_hh·h + b_hh, each rounded once. */
function affineRows(weights: WideWeights, round: Rounding): AffineRows {
  const rowsOf =
    (matrix: Float64Array, bias: Float64Array | null, size: number): AffineRow =>
    (row, vector) =>
      round(dot(matrix, row * size, vector, size) + (bias === null ? 0 : bias[row]!));
  return {
    ofInput: rowsOf(weights.weightIh, weights.biasIh, weights.inputSize),
    ofState: rowsOf(weights.weightHh, weights.biasHh, weights.stateSize),
  };
}

/** The rows of sums that have been computed before. */
function known(sums: AffineSums | undefined): AffineRows | undefined {
  if (sums === undefined) return undefined;
  const { ofInput, ofState } = sums;
  return { ofInput: (row) => ofInput[row]!, ofState: (row) => ofState[row]! };
}

/** h = W_hr·h', (P). */
function project(
  weightHr: Float64Array,
  unprojected: Float64Array,
  h: Float64Array,
  round: Rounding,
): void {
  for (let unit = 0; unit < h.length; unit++) {
    h[unit] = round(dot(weightHr, unit * unprojected.length, unprojected, unprojected.length));
  }
}
