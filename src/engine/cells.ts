/**
 * One step of a recurrent cell, written as its equations are.
 *
 * Source: torch.nn.RNN documentation. A cell reads x_t and the state before the step and writes the state after it;
 * LSTM and GRU fit the same interface (`c` is the LSTM's cell state).
 */
import type { LayerWeights } from "../model/bind";
import type { RecurrentConfig } from "../model/config";
import { UnsupportedError } from "../errors";
import { text } from "../text";
import { activation, dot } from "./linalg";

/** The state that a step hands to the next: h (H), and c (H) for cells that have one. */
export interface CellState {
  readonly h: Float64Array;
  readonly c: Float64Array | null;
}

/** Computes `next` from `x` (I) and `previous`; `next` and `previous` are different buffers. */
export type CellStep = (
  weights: LayerWeights,
  x: Float64Array,
  previous: CellState,
  next: CellState,
) => void;

/**
 * h_t = φ(W_ih·x_t + b_ih + W_hh·h_(t−1) + b_hh), φ = tanh or relu (Elman 1990).
 *
 * Shapes: x (I), h (H), weightIh (H, I), weightHh (H, H), biases (H). Accumulates in float64.
 */
function rnnStep(phi: (value: number) => number): CellStep {
  return (weights, x, previous, next) => {
    const { inputSize, hiddenSize, weightIh, weightHh, biasIh, biasHh } = weights;
    for (let unit = 0; unit < hiddenSize; unit++) {
      const fromInput = dot(weightIh, unit * inputSize, x, inputSize);
      const fromState = dot(weightHh, unit * hiddenSize, previous.h, hiddenSize);
      next.h[unit] = phi(fromInput + (biasIh?.[unit] ?? 0) + fromState + (biasHh?.[unit] ?? 0));
    }
  };
}

/** True for the cells whose forward is here. */
export function hasForward(config: Pick<RecurrentConfig, "cell">): boolean {
  return config.cell === "RNN";
}

/** @throws UnsupportedError for a cell whose forward is not here. */
export function cellStep(config: RecurrentConfig): CellStep {
  if (!hasForward(config)) {
    throw new UnsupportedError(
      config.cell,
      text("this version runs RNN modules only; the weights can be inspected"),
    );
  }
  return rnnStep(activation(config.nonlinearity));
}
