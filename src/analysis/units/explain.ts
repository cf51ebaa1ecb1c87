/**
 * The arithmetic of one unit at one step, in float64: every term of every sum, the gates and the update.
 */
import type { ForwardInput } from "../../engine/base/engine";
import { dot } from "../../engine/readable/linalg";
import { lanePlaceOf, type RecomputedStep } from "../../engine/recompute";
import { roundingOf } from "../../engine/base/rounding";
import type { Place, StateName } from "../../engine/base/trace";
import type { LayerWeights, WeightArray } from "../../model/bind";
import type { RecurrentConfig } from "../../model/config";
import { gateOrder, peepholeOrder } from "../../model/gates";

/** One weighted sum, term by term, with its activation. */
export interface UnitSum {
  /** The gate (`i` `f` `g` `o`, `r` `z` `n`); `h` for an RNN's only sum and for a projection. */
  readonly name: string;
  /** Row of the weights. */
  readonly row: number;
  /** W_ih[row, ·] then W_hh[row, ·]; W_hr[row, ·] for a projection. */
  readonly weights: Float64Array;
  /**
   * x_t then h_(t−1); for a GRU's n with the reset before the product r∘h_(t−1); for a projection h_t before it.
   */
  readonly operands: Float64Array;
  /**
   * [Σ W_ih·x, b_ih, Σ W_hh·h, b_hh, factor of the last two, peephole weight, the c that it reads, sum, the sum within
   * the clip, value]; a GRU's n has its r as the factor, every other sum 1.
   */
  readonly numbers: Float64Array;
}

/** The computation of one unit's h or c. */
export interface UnitArithmetic {
  /** False in the padding, where nothing was computed. */
  readonly valid: boolean;
  /** Terms of a gate's sum that read x_t; the others read the previous state. */
  readonly inputCount: number;
  /** The step of the previous state; null when this is the initial state. */
  readonly previousStep: number | null;
  /** In the order of `gates.ts`, an RNN's only sum as one; none for h behind a projection, and in the padding. */
  readonly gates: readonly UnitSum[];
  /** h_t = W_hr·h'_t for h of an LSTM with a projection, else null. */
  readonly projection: UnitSum | null;
  /** [h_(t−1), c_(t−1), c_t, h_t before a projection] of the unit; NaN where there is none. */
  readonly states: Float64Array;
  /** The explained h or c. */
  readonly value: number;
}

/** Gates and value of one unit, without the terms. */
export interface UnitValues {
  /** After their activations, in the order of `gates.ts`; empty for h behind a projection. */
  readonly gates: Float64Array;
  readonly value: number;
}

/**
 * Explains h or c of one unit; with a projection a unit of h is a feature of it, and a unit of c is not. `step` is the
 * place's step computed again, null in the padding.
 */
export function explainUnit(
  run: ForwardInput,
  step: RecomputedStep | null,
  place: Place,
  stateName: StateName,
): UnitArithmetic {
  const { layer, directionIndex } = lanePlaceOf(run.config, place);
  const weights = run.weights[layer]![directionIndex]!;
  const { inputSize } = weights;
  if (step === null) {
    const nothing = { gates: [], projection: null, states: new Float64Array(4), value: 0 };
    return { valid: false, inputCount: inputSize, previousStep: null, ...nothing };
  }
  const { config } = run;
  const { unit } = place;
  const frame = { valid: true, inputCount: inputSize, previousStep: step.previousStep };
  const { value } = unitValues(config, step, unit, stateName);
  if (isProjected(config, stateName)) {
    const projection = projectionSum(weights, step, unit);
    return { ...frame, gates: [], projection, states: new Float64Array(4).fill(NaN), value };
  }
  const gates = gateOrder[config.cell].map((_, block) =>
    gateSum({ run, weights, step, unit, block }),
  );
  return { ...frame, gates, projection: null, states: statesOf(config, step, unit), value };
}

function isProjected(config: RecurrentConfig, stateName: StateName): boolean {
  return config.projSize > 0 && stateName === "h";
}

/** Gates and h or c of one unit after a step. */
export function unitValues(
  config: RecurrentConfig,
  { record, state }: RecomputedStep,
  unit: number,
  stateName: StateName,
): UnitValues {
  const blocks = isProjected(config, stateName) ? [] : gateOrder[config.cell];
  return {
    gates: Float64Array.from(blocks, (_, block) => record.gates[block * config.hiddenSize + unit]!),
    value: (stateName === "h" ? state.h : state.c!)[unit]!,
  };
}

function statesOf(config: RecurrentConfig, step: RecomputedStep, unit: number): Float64Array {
  const { previous, state, record } = step;
  const isLstm = config.cell === "LSTM";
  return Float64Array.of(
    config.projSize > 0 ? NaN : previous.h[unit]!,
    previous.c?.[unit] ?? NaN,
    state.c?.[unit] ?? NaN,
    isLstm ? record.unprojected[unit]! : state.h[unit]!,
  );
}

interface GateOfUnit {
  readonly run: ForwardInput;
  readonly weights: LayerWeights;
  readonly step: RecomputedStep;
  readonly unit: number;
  readonly block: number;
}

function gateSum({ run, weights, step, unit, block }: GateOfUnit): UnitSum {
  const { config } = run;
  const { inputSize, hiddenSize, stateSize } = weights;
  const row = block * hiddenSize + unit;
  const rowIh = rowOf(weights.weightIh, row, inputSize);
  const rowHh = rowOf(weights.weightHh, row, stateSize);
  const name = gateOrder[config.cell][block]!;
  const isCandidate = name === "n";
  const isResetBefore = isCandidate && !config.variant.resetAfter;
  const state = isResetBefore ? resetState(run, step) : step.previous.h;
  const factor = isCandidate && config.variant.resetAfter ? step.record.gates[unit]! : 1;
  const [peephole, cell] = peepholeOf(weights, step, name, unit);
  const fromInput = dot(rowIh, 0, step.x, inputSize);
  const fromState = dot(rowHh, 0, state, stateSize);
  const biasIh = weights.biasIh?.[row] ?? 0;
  const biasHh = weights.biasHh?.[row] ?? 0;
  const added = fromInput + biasIh + factor * (fromState + biasHh) + peephole * cell;
  const limited = step.record.preActivations[row]!;
  // Without clipping, the sum equals that of the run, including its rounding.
  const sum = config.variant.clip === null ? limited : added;
  const value = step.record.gates[row]!;
  return {
    name: name === "" ? "h" : name,
    row,
    weights: joined(rowIh, rowHh),
    operands: joined(step.x, state),
    numbers: Float64Array.of(
      ...[fromInput, biasIh, fromState, biasHh, factor, peephole, cell],
      ...[sum, limited, value],
    ),
  };
}

/** r∘h_(t−1), which a GRU with the reset before the product multiplies with W_hn. */
function resetState(run: ForwardInput, { record, previous }: RecomputedStep): Float64Array {
  const round = roundingOf(run.precision);
  return previous.h.map((value, k) => round(record.gates[k]! * value));
}

/** Weight of a peephole and the cell state that it reads: c_(t−1) for i and f, c_t for o; zeros without a peephole. */
function peepholeOf(
  { peephole, hiddenSize }: LayerWeights,
  { previous, state }: RecomputedStep,
  gate: string,
  unit: number,
): readonly [weight: number, cell: number] {
  const block = peepholeOrder.indexOf(gate);
  if (peephole === null || block < 0) return [0, 0];
  const cell = gate === "o" ? state.c : previous.c;
  return [peephole[block * hiddenSize + unit]!, cell![unit]!];
}

function projectionSum(weights: LayerWeights, step: RecomputedStep, feature: number): UnitSum {
  const { hiddenSize } = weights;
  const row = rowOf(weights.weightHr!, feature, hiddenSize);
  const { unprojected } = step.record;
  const sum = dot(row, 0, unprojected, hiddenSize);
  const numbers = Float64Array.of(0, 0, sum, 0, 1, 0, 0, sum, sum, step.state.h[feature]!);
  return { name: "h", row: feature, weights: row, operands: unprojected, numbers };
}

function rowOf(matrix: WeightArray, row: number, size: number): Float64Array {
  return Float64Array.from(matrix.subarray(row * size, (row + 1) * size));
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
