/**
 * The arithmetic of one unit at one step: every term of its sum, in float64 from the stored neighbouring states.
 */
import { activation } from "../engine/linalg";
import { readInputRow } from "../engine/readable";
import { directionsOf } from "../model/config";
import type { ForwardInput } from "../engine/engine";
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
  readLayerInput(run, trace, place, x);
  const previous = valid
    ? previousState(run, trace, place, previousStep)
    : new Float64Array(hiddenSize);

  const rowIh = Float64Array.from(weights.weightIh.slice(unit * inputSize, (unit + 1) * inputSize));
  const rowHh = Float64Array.from(
    weights.weightHh.slice(unit * hiddenSize, (unit + 1) * hiddenSize),
  );
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

/** Writes x_t of a layer: the input for layer 0, else [forward h_t ∥ reverse h_t] of the layer below. */
function readLayerInput(
  run: ForwardInput,
  trace: ForwardTrace,
  { layer, step, batch }: Place,
  x: Float64Array,
): void {
  const rowSize = run.batchSize * run.config.inputSize;
  const parts =
    layer === 0
      ? [run.input.subarray(step * rowSize, (step + 1) * rowSize)]
      : directionsOf(run.config).map((_, directionIndex) =>
          trace.read("h", { layer: layer - 1, directionIndex }, step, step + 1),
        );
  readInputRow(parts, batch, run.batchSize, x);
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
    const states = trace.read("h", { layer, directionIndex }, previousStep, previousStep + 1);
    return Float64Array.from(states.subarray(batch * size, (batch + 1) * size));
  }
  if (run.h0 === null) return new Float64Array(size);
  const slot = (layer * directionsOf(run.config).length + directionIndex) * run.batchSize + batch;
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
