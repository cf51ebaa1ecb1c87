/**
 * One step of a cell under switches, for one row of the batch, in float64.
 *
 * Sources: torch.nn.RNN, LSTM and GRU documentation for what is right; docs/diagnosis.md for what is switched.
 */
import { clamp } from "../../core/numeric";
import type { RecurrentConfig } from "../../model/config";
import { gateCount } from "../../model/gates";
import type { LayerParameters } from "../base/model";
import type { Activation } from "./activations";
import { multiply } from "../../engine/products/product";
import type { GruUpdate, LstmUpdate, Switches } from "./switches";

/** Buffers of a step, and where it reads and writes. All but `input` belong to one lane. */
export interface StepBuffers {
  /** W_ih·x + b_ih of the step at `inputAt`, (G·H). */
  readonly input: Float64Array;
  inputAt: number;
  /** State before the step, which the recurrence reads, (R). */
  readonly h: Float64Array;
  /** (H); empty for a cell without a cell state. */
  readonly c: Float64Array;
  /** After the step: what goes on, what is returned (R), c (H), and before the projection (H). */
  readonly nextH: Float64Array;
  readonly shown: Float64Array;
  readonly nextC: Float64Array;
  readonly unprojected: Float64Array;
}

export type Step = (buffers: StepBuffers) => void;

/** What a step is made of. */
export interface StepParts {
  readonly config: RecurrentConfig;
  readonly weights: LayerParameters;
  readonly switches: Switches;
  /** Of every sum, gate and state: the identity, or float32. */
  readonly round: Activation;
}

/** The step of a direction of a layer; `recurrent` stands in for the products with W_hh. */
export function stepOf(parts: StepParts, recurrent: Recurrent = recurrentOf(parts)): Step {
  switch (parts.config.cell) {
    case "RNN":
      return rnnStep(parts, recurrent);
    case "LSTM":
      return lstmStep(parts, recurrent);
    case "GRU":
      return gruStep(parts, recurrent);
  }
}

type Limit = (value: number) => number;

function limitOf({ clip }: Switches): Limit {
  return clip === null ? (value) => value : (value) => clamp(value, -clip, clip);
}

/** W_hh·h + b_hh into `out`, for rows of the gate blocks. */
export type Recurrent = (h: Float64Array, first: number, end: number) => Float64Array;

export function recurrentOf({ config, weights, switches, round }: StepParts): Recurrent {
  const size = weights.weightHh.length / (gateCount(config.cell) * config.hiddenSize);
  const affine = { matrix: weights.weightHh, bias: weights.biasHh, size };
  const sums = new Float64Array(gateCount(config.cell) * config.hiddenSize);
  const operand = new Float64Array(size);
  const { operands } = switches;
  return (h, first, end) => {
    const values = operands === null ? h : operand;
    if (operands !== null) for (let k = 0; k < size; k++) operand[k] = operands(h[k]!);
    multiply(affine, { values, from: 0 }, { values: sums, at: 0 }, { first, end });
    if (round !== exact) for (let row = first; row < end; row++) sums[row] = round(sums[row]!);
    return sums;
  };
}

export const exact: Activation = (value) => value;

function rnnStep(parts: StepParts, recurrent: Recurrent): Step {
  const { config, switches, round } = parts;
  const H = config.hiddenSize;
  const limit = limitOf(switches);
  return ({ input, inputAt, h, nextH, shown }) => {
    const sums = recurrent(h, 0, H);
    for (let unit = 0; unit < H; unit++) {
      nextH[unit] = round(switches.tanh(limit(round(input[inputAt + unit]! + sums[unit]!))));
    }
    shown.set(nextH);
  };
}

/** c_t of an LSTM from its gates. */
type CellUpdate = (i: number, f: number, g: number, c: number) => number;

const cellUpdates: Partial<Readonly<Record<LstmUpdate, CellUpdate>>> = {
  coupledInputForget: (i, _f, g, c) => (1 - i) * c + i * g,
  forgetGateMissing: (i, _f, g, c) => c + i * g,
  inputGateMissing: (_i, f, g, c) => f * c + g,
  candidateAdded: (i, f, g, c) => f * c + (i + g),
};
const rightCellUpdate: CellUpdate = (i, f, g, c) => f * c + i * g;

function lstmStep(parts: StepParts, recurrent: Recurrent): Step {
  const { config, weights, switches, round } = parts;
  const H = config.hiddenSize;
  const limit = limitOf(switches);
  const update = cellUpdates[switches.lstm] ?? rightCellUpdate;
  const project = projectionOf(parts);
  const peephole = weights.peephole ?? new Float64Array(3 * H);
  const { lstm, gate, candidate, cellTanh } = switches;
  const looksBack = lstm === "peepholeOutputFromPreviousC";
  return (buffers) => {
    const { input, inputAt: at, h, c, nextC, unprojected } = buffers;
    const sums = recurrent(h, 0, 4 * H);
    for (let unit = 0; unit < H; unit++) {
      const before = c[unit]!;
      const sum = (block: number): number =>
        round(input[at + block * H + unit]! + sums[block * H + unit]!);
      const i = round(gate(limit(sum(0) + peephole[unit]! * before)));
      const f = round(gate(limit(sum(1) + peephole[H + unit]! * before)));
      const g = round(candidate(limit(sum(2))));
      const after = round(update(i, f, g, before));
      const look = peephole[2 * H + unit]! * (looksBack ? before : after);
      const o = lstm === "outputGateMissing" ? 1 : round(gate(limit(sum(3) + look)));
      nextC[unit] = lstm === "carriedSquashed" ? round(cellTanh(after)) : after;
      unprojected[unit] = round(o * cellTanh(lstm === "hFromPreviousC" ? before : after));
    }
    project(buffers);
  };
}

/** From what stands before the projection to what goes on and what is shown. */
function projectionOf({ config, weights, switches, round }: StepParts): Step {
  const { weightHr } = weights;
  if (weightHr === null) {
    return ({ unprojected, nextH, shown }) => {
      nextH.set(unprojected);
      shown.set(unprojected);
    };
  }
  const { hiddenSize: H, projSize: R } = config;
  const affine = { matrix: weightHr, bias: null, size: H };
  const rows = { first: 0, end: R };
  const { operands, projection } = switches;
  const operand = new Float64Array(H);
  return ({ unprojected, nextH, shown }) => {
    const values = operands === null ? unprojected : operand;
    if (operands !== null) for (let k = 0; k < H; k++) operand[k] = operands(unprojected[k]!);
    if (projection === "omitted") shown.set(unprojected.subarray(0, R));
    else multiply(affine, { values, from: 0 }, { values: shown, at: 0 }, rows);
    for (let unit = 0; unit < R; unit++) shown[unit] = round(shown[unit]!);
    nextH.set(projection === "onlyAtOutput" ? unprojected.subarray(0, R) : shown);
  };
}

/** n of a GRU before its tanh: from W_in·x + b_in, r, and W_hn·h + b_hn. */
type CandidateSum = (ofInput: number, r: number, recurrent: number) => number;

const candidateSums: Partial<Readonly<Record<GruUpdate, CandidateSum>>> = {
  resetMissing: (x, _r, recurrent) => x + recurrent,
  // The product has scaled h already.
  resetBeforeProduct: (x, _r, recurrent) => x + recurrent,
  resetOnInput: (x, r, recurrent) => r * x + recurrent,
  resetAdded: (x, r, recurrent) => x + r + recurrent,
};
const rightCandidateSum: CandidateSum = (x, r, recurrent) => x + r * recurrent;

/** h_t of a GRU from n, z and h_(t−1). */
type StateUpdate = (n: number, z: number, h: number) => number;

const stateUpdates: Partial<Readonly<Record<GruUpdate, StateUpdate>>> = {
  updateInverted: (n, z, h) => z * n + (1 - z) * h,
  updateNotComplementary: (n, z, h) => n + z * h,
};
const rightStateUpdate: StateUpdate = (n, z, h) => (1 - z) * n + z * h;

function gruStep(parts: StepParts, recurrent: Recurrent): Step {
  const { config, switches, round } = parts;
  const H = config.hiddenSize;
  const limit = limitOf(switches);
  const sum = candidateSums[switches.gru] ?? rightCandidateSum;
  const update = stateUpdates[switches.gru] ?? rightStateUpdate;
  const scaled = new Float64Array(H);
  const reset = new Float64Array(H);
  const isBefore = switches.gru === "resetBeforeProduct";
  return ({ input, inputAt: at, h, nextH, shown }) => {
    const gates = recurrent(h, 0, isBefore ? 2 * H : 3 * H);
    for (let unit = 0; unit < H; unit++) {
      reset[unit] = round(switches.gate(limit(round(input[at + unit]! + gates[unit]!))));
      scaled[unit] = round(reset[unit]! * h[unit]!);
    }
    const sums = isBefore ? recurrent(scaled, 2 * H, 3 * H) : gates;
    for (let unit = 0; unit < H; unit++) {
      const zSum = round(input[at + H + unit]! + sums[H + unit]!);
      const z = round(switches.gate(limit(zSum)));
      const nSum = round(sum(input[at + 2 * H + unit]!, reset[unit]!, sums[2 * H + unit]!));
      const n = round(switches.tanh(limit(nSum)));
      nextH[unit] = round(update(n, z, h[unit]!));
    }
    shown.set(nextH);
  };
}
