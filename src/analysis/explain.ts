/**
 * The arithmetic of one unit at one step: every term of its sum, in float64 from the stored neighbouring states.
 */
import { activation } from "../engine/linalg";
import { readLayerInput, type ForwardInput } from "../engine/forward";
import type { ForwardTrace, Place } from "../engine/trace";

export interface Explanation {
  readonly inputCount: number;
  /** W_ih[unit, ·] then W_hh[unit, ·]. */
  readonly weights: Float64Array;
  /** x_t then the previous state. */
  readonly operands: Float64Array;
  /** [Σ W_ih·x, b_ih, Σ W_hh·h_prev, b_hh, pre-activation, value]. */
  readonly sums: Float64Array;
  /** Step the previous state is of; null when it is h0. */
  readonly previousStep: number | null;
  readonly valid: boolean;
}

/** Explains the state of one unit of an RNN; everything is 0 and `valid` false in the padding. */
export function explainUnit(run: ForwardInput, trace: ForwardTrace, place: Place): Explanation {
  const { layer, direction, step, batch, unit } = place;
  const directionIndex = direction === "forward" ? 0 : 1;
  const weights = run.weights[layer]![directionIndex]!;
  const { inputSize, hiddenSize } = weights;
  const x = new Float64Array(inputSize);
  const length = run.lengths?.[batch] ?? run.seqLength;
  const valid = step < length;
  const previousStep = valid ? stepBefore(direction === "forward", step, length) : null;
  readLayerInput(run, trace, layer, step * run.batchSize + batch, x);
  const previous = valid
    ? previousState(run, trace, place, previousStep)
    : new Float64Array(hiddenSize);

  const rowIh = weights.weightIh.slice(unit * inputSize, (unit + 1) * inputSize);
  const rowHh = weights.weightHh.slice(unit * hiddenSize, (unit + 1) * hiddenSize);
  const fromInput = sumOfProducts(rowIh, x);
  const fromState = sumOfProducts(rowHh, previous);
  const biasIh = weights.biasIh?.[unit] ?? 0;
  const biasHh = weights.biasHh?.[unit] ?? 0;
  const preActivation = fromInput + biasIh + fromState + biasHh;
  const value = activation(run.config.nonlinearity)(preActivation);
  const sums = [fromInput, biasIh, fromState, biasHh, preActivation, value];
  return {
    inputCount: inputSize,
    weights: joined(rowIh, rowHh),
    operands: joined(x, previous),
    sums: valid ? Float64Array.from(sums) : new Float64Array(sums.length),
    previousStep,
    valid,
  };
}

/** Step that was processed before `step`; null for the first one, which starts from h0. */
function stepBefore(isForward: boolean, step: number, length: number): number | null {
  if (isForward) return step === 0 ? null : step - 1;
  return step === length - 1 ? null : step + 1;
}

function previousState(
  run: ForwardInput,
  trace: ForwardTrace,
  place: Place,
  previousStep: number | null,
): Float64Array {
  const { layer, batch } = place;
  const directionIndex = place.direction === "forward" ? 0 : 1;
  const size = trace.stateSize;
  if (previousStep !== null) {
    const offset = (previousStep * run.batchSize + batch) * size;
    return Float64Array.from(trace.states[layer]![directionIndex]!.subarray(offset, offset + size));
  }
  if (run.h0 === null) return new Float64Array(size);
  const slot = (layer * trace.states[0]!.length + directionIndex) * run.batchSize + batch;
  return Float64Array.from(run.h0.subarray(slot * size, (slot + 1) * size));
}

function sumOfProducts(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, k) => sum + value * right[k]!, 0);
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
