/**
 * The derivative of one step of a recurrent cell, in float64.
 *
 * It takes ∂L/∂h_t and ∂L/∂c_t and gives the gradients of the step's input, its previous state and the parameters.
 *
 * Source: P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990), applied to
 * the equations of `cells.ts`. Kinks are as in torch.autograd: relu'(0) = 0, and the
 * derivatives of a saturated hard sigmoid and of a clipped value are 0.
 */
import type { CellVariant, GateActivation, RecurrentConfig } from "../../model/config";
import { gateCount } from "../../model/gates";
import {
  createCell,
  type CellState,
  type StepRecord,
  type WideParameters,
  type WideWeights,
} from "../readable/cells";
import { addOuter, addTransposed } from "../readable/linalg";
import { roundingOf } from "../base/rounding";

/** ∂L/∂ of the parameters of one direction of one layer. */
export type LayerGradients = WideParameters;

/** One direction of one layer, ready to step backwards. */
export interface CellGradient {
  /**
   * Goes back through the step that made a state of `x` (I) and `previous`.
   *
   * `at` holds ∂L/∂h_t, and ∂L/∂c_t as far as it comes from later steps; its c is completed with what comes through
   * h_t. Written: `before`, the part of ∂L/∂h_(t−1) and ∂L/∂c_(t−1) that comes through this step, and `dx` (I), unless
   * it is null. The gradients of the parameters are added to those of the layer.
   */
  step(
    x: Float64Array,
    previous: CellState,
    at: CellState,
    before: CellState,
    dx: Float64Array | null,
  ): void;
}

/** The common part of the cells: `ofInput` and `ofState` are ∂L/∂(W_ih·x + b_ih) and ∂L/∂(W_hh·h + b_hh), (G·H). */
interface GradientParts {
  readonly weights: WideWeights;
  readonly sums: LayerGradients | null;
  readonly record: StepRecord;
  readonly variant: CellVariant;
  readonly ofInput: Float64Array;
  readonly ofState: Float64Array;
}

/** From the gradients at a state to `ofInput`, `ofState` and the previous state's gradient without W_hh's product. */
type Backstep = (previous: CellState, next: CellState, at: CellState, before: CellState) => void;

/** Zeros in the shapes of a layer's parameters. */
export function zeroLayerGradients(weights: WideWeights): LayerGradients {
  const zerosOrNull = (values: Float64Array | null): Float64Array | null =>
    values === null ? null : new Float64Array(values.length);
  return {
    weightIh: new Float64Array(weights.weightIh.length),
    weightHh: new Float64Array(weights.weightHh.length),
    biasIh: zerosOrNull(weights.biasIh),
    biasHh: zerosOrNull(weights.biasHh),
    weightHr: zerosOrNull(weights.weightHr),
    peephole: zerosOrNull(weights.peephole),
  };
}

/** The derivative of the configured cell; `sums` is null when the gradients of the parameters are not needed. */
export function createCellGradient(
  config: Pick<RecurrentConfig, "cell" | "nonlinearity" | "variant">,
  weights: WideWeights,
  sums: LayerGradients | null,
): CellGradient {
  const cell = createCell(config, weights, roundingOf("f64"));
  const rows = gateCount(config.cell) * weights.hiddenSize;
  const parts: GradientParts = {
    weights,
    sums,
    record: cell.record,
    variant: config.variant,
    ofInput: new Float64Array(rows),
    ofState: new Float64Array(rows),
  };
  const next: CellState = {
    h: new Float64Array(weights.stateSize),
    c: config.cell === "LSTM" ? new Float64Array(weights.hiddenSize) : null,
  };
  const back = backstepOf(config, parts);
  // The candidate of a GRU with the reset before its product multiplies r∘h, not h: its backstep does that block.
  const isResetBefore = config.cell === "GRU" && !config.variant.resetAfter;
  const stateRows = isResetBefore ? 2 * weights.hiddenSize : rows;
  const { ofInput, ofState } = parts;
  return {
    step: (x, previous, at, before, dx) => {
      cell.step(x, previous, next);
      back(previous, next, at, before);
      addTransposed(weights.weightHh, ofState, { from: 0, to: stateRows }, before.h);
      if (dx !== null) {
        dx.fill(0);
        addTransposed(weights.weightIh, ofInput, { from: 0, to: rows }, dx);
      }
      if (sums === null) return;
      addOuter(sums.weightIh, ofInput, { from: 0, to: rows }, x);
      addOuter(sums.weightHh, ofState, { from: 0, to: stateRows }, previous.h);
      if (sums.biasIh !== null) add(sums.biasIh, ofInput);
      if (sums.biasHh !== null) add(sums.biasHh, ofState);
    },
  };
}

function backstepOf(
  config: Pick<RecurrentConfig, "cell" | "nonlinearity" | "variant">,
  parts: GradientParts,
): Backstep {
  switch (config.cell) {
    case "RNN":
      return rnnBackstep(parts, config.nonlinearity === "tanh" ? tanhSlope : reluSlope);
    case "LSTM":
      return lstmBackstep(parts);
    case "GRU":
      return config.variant.resetAfter ? gruBackstep(parts) : gruResetBeforeBackstep(parts);
  }
}

/** h = φ(a): ∂L/∂a = ∂L/∂h ∘ φ'(a). */
function rnnBackstep({ record, variant, ofInput, ofState }: GradientParts, slope: Slope): Backstep {
  const { preActivations, gates } = record;
  const passes = passing(variant);
  return (_previous, _next, at, before) => {
    for (let unit = 0; unit < gates.length; unit++) {
      const passed = passes(preActivations[unit]!, at.h[unit]! * slope(gates[unit]!));
      ofInput[unit] = passed;
      ofState[unit] = passed;
    }
    before.h.fill(0);
  };
}

/**
 * h' = o∘tanh(c), c = f∘c_(t−1) + i∘g: the gradient at c is the sum of those from later steps, from h' and from the
 * peephole of o. It flows on to i, f and g, and through f and the peepholes to c_(t−1).
 */
function lstmBackstep(parts: GradientParts): Backstep {
  const { weights, sums, record, variant, ofInput, ofState } = parts;
  const { hiddenSize: H, peephole, weightHr } = weights;
  const { preActivations, gates, unprojected } = record;
  const slope = gateSlope(variant.gateActivation);
  const passes = passing(variant);
  const look = (block: number, unit: number): number =>
    peephole === null ? 0 : peephole[block * H + unit]!;
  const ofUnprojected = weightHr === null ? null : new Float64Array(H);
  const projected = { from: 0, to: weights.stateSize };
  return (previous, next, at, before) => {
    let ofHidden = at.h;
    if (ofUnprojected !== null) {
      ofHidden = ofUnprojected.fill(0);
      addTransposed(weightHr!, at.h, projected, ofUnprojected);
      if (sums !== null) addOuter(sums.weightHr!, at.h, projected, unprojected);
    }
    const [cell, cellBefore, stored] = [at.c!, before.c!, previous.c!];
    for (let unit = 0; unit < H; unit++) {
      const [i, f, g, o] = [unit, H + unit, 2 * H + unit, 3 * H + unit];
      const squashed = Math.tanh(next.c![unit]!);
      const ofOutputGate = ofHidden[unit]! * squashed * slope(gates[o]!);
      ofInput[o] = passes(preActivations[o]!, ofOutputGate);
      const throughH = ofHidden[unit]! * gates[o]! * tanhSlope(squashed);
      const total = cell[unit]! + throughH + look(2, unit) * ofInput[o];
      cell[unit] = total;
      const ofForget = total * stored[unit]!;
      const ofInputGate = total * gates[g]! - (variant.coupledInputForget ? ofForget : 0);
      ofInput[i] = passes(preActivations[i]!, ofInputGate * slope(gates[i]!));
      // With f = 1 − i, the sums of f's own rows are not used.
      ofInput[f] = variant.coupledInputForget
        ? 0
        : passes(preActivations[f]!, ofForget * slope(gates[f]!));
      ofInput[g] = passes(preActivations[g]!, total * gates[i]! * tanhSlope(gates[g]!));
      cellBefore[unit] =
        total * gates[f]! + look(0, unit) * ofInput[i] + look(1, unit) * ofInput[f];
    }
    ofState.set(ofInput);
    before.h.fill(0);
    if (sums !== null && sums.peephole !== null) {
      addPeepholes(sums.peephole, ofInput, stored, next.c!);
    }
  };
}

/** The peepholes of i and f read c_(t−1), that of o reads c_t. */
function addPeepholes(
  sum: Float64Array,
  ofGates: Float64Array,
  before: Float64Array,
  after: Float64Array,
): void {
  const H = before.length;
  for (let unit = 0; unit < H; unit++) {
    sum[unit]! += ofGates[unit]! * before[unit]!;
    sum[H + unit]! += ofGates[H + unit]! * before[unit]!;
    sum[2 * H + unit]! += ofGates[3 * H + unit]! * after[unit]!;
  }
}

/** h = (1 − z)∘n + z∘h_(t−1), with r on the recurrent sum of n. */
function gruBackstep(parts: GradientParts): Backstep {
  const { record, variant, ofInput, ofState } = parts;
  const { preActivations, gates, recurrent } = record;
  const { hiddenSize: H } = parts.weights;
  const slope = gateSlope(variant.gateActivation);
  const passes = passing(variant);
  return (previous, _next, at, before) => {
    for (let unit = 0; unit < H; unit++) {
      const [r, z, n] = [unit, H + unit, 2 * H + unit];
      const gradient = at.h[unit]!;
      const ofCandidate = gradient * (1 - gates[z]!) * tanhSlope(gates[n]!);
      const ofUpdate = gradient * (previous.h[unit]! - gates[n]!) * slope(gates[z]!);
      ofInput[n] = passes(preActivations[n]!, ofCandidate);
      ofInput[z] = passes(preActivations[z]!, ofUpdate);
      ofInput[r] = passes(preActivations[r]!, ofInput[n] * recurrent[n]! * slope(gates[r]!));
      ofState[r] = ofInput[r];
      ofState[z] = ofInput[z];
      ofState[n] = ofInput[n] * gates[r]!;
      before.h[unit] = gradient * gates[z]!;
    }
  };
}

/** h = (1 − z)∘n + z∘h_(t−1), with r on h_(t−1) before its product with W_hn. */
function gruResetBeforeBackstep(parts: GradientParts): Backstep {
  const { weights, sums, record, variant, ofInput, ofState } = parts;
  const { preActivations, gates } = record;
  const { hiddenSize: H, weightHh } = weights;
  const slope = gateSlope(variant.gateActivation);
  const passes = passing(variant);
  const candidate = { from: 2 * H, to: 3 * H };
  const [scaled, ofScaled] = [new Float64Array(H), new Float64Array(H)];
  return (previous, _next, at, before) => {
    for (let unit = 0; unit < H; unit++) {
      const [z, n] = [H + unit, 2 * H + unit];
      const gradient = at.h[unit]!;
      const ofCandidate = gradient * (1 - gates[z]!) * tanhSlope(gates[n]!);
      const ofUpdate = gradient * (previous.h[unit]! - gates[n]!) * slope(gates[z]!);
      ofInput[n] = passes(preActivations[n]!, ofCandidate);
      ofInput[z] = passes(preActivations[z]!, ofUpdate);
      scaled[unit] = gates[unit]! * previous.h[unit]!;
    }
    ofScaled.fill(0);
    addTransposed(weightHh, ofInput, candidate, ofScaled);
    if (sums !== null) addOuter(sums.weightHh, ofInput, candidate, scaled);
    for (let unit = 0; unit < H; unit++) {
      const ofReset = ofScaled[unit]! * previous.h[unit]! * slope(gates[unit]!);
      ofInput[unit] = passes(preActivations[unit]!, ofReset);
      before.h[unit] = at.h[unit]! * gates[H + unit]! + ofScaled[unit]! * gates[unit]!;
    }
    ofState.set(ofInput);
  };
}

/** The derivative of an activation, from its value. */
type Slope = (value: number) => number;

const tanhSlope: Slope = (value) => 1 - value * value;

/** NaN stays NaN, as in torch.relu. */
const reluSlope: Slope = (value) => (value <= 0 ? 0 : 1);

function gateSlope(gate: GateActivation): Slope {
  if (gate.kind === "sigmoid") return (value) => value * (1 - value);
  return (value) => (value <= 0 || value >= 1 ? 0 : gate.alpha);
}

/** The gradient through the clipping of a pre-activation. */
function passing({ clip }: CellVariant): (preActivation: number, gradient: number) => number {
  if (clip === null) return (_preActivation, gradient) => gradient;
  return (preActivation, gradient) => (Math.abs(preActivation) >= clip ? 0 : gradient);
}

function add(sum: Float64Array, values: Float64Array): void {
  for (let k = 0; k < sum.length; k++) sum[k]! += values[k]!;
}
