/**
 * Products of matrices and vectors, and activations, of the readable path, in float64.
 */
import { clamp } from "../../core/numeric";
import type { GateActivation, Nonlinearity } from "../../model/config";

/**
 * Σ_k row[rowOffset + k] · vector[k] over the `length` elements of `vector`.
 * Four partial sums: shorter chains of rounding, and the processor need not wait for each addition.
 */
export function dot(
  matrix: Float64Array,
  rowOffset: number,
  vector: Float64Array,
  length: number,
): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    sum0 += matrix[rowOffset + k]! * vector[k]!;
    sum1 += matrix[rowOffset + k + 1]! * vector[k + 1]!;
    sum2 += matrix[rowOffset + k + 2]! * vector[k + 2]!;
    sum3 += matrix[rowOffset + k + 3]! * vector[k + 3]!;
  }
  for (; k < length; k++) sum0 += matrix[rowOffset + k]! * vector[k]!;
  return sum0 + sum1 + (sum2 + sum3);
}

/** Rows from…to of a matrix. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** vector += Mᵀ·d over some rows of M, whose row r belongs to d[r]. */
export function addTransposed(
  matrix: Float64Array,
  d: Float64Array,
  { from, to }: RowRange,
  vector: Float64Array,
): void {
  const columns = vector.length;
  for (let row = from; row < to; row++) {
    const factor = d[row]!;
    const offset = row * columns;
    for (let k = 0; k < columns; k++) vector[k]! += factor * matrix[offset + k]!;
  }
}

/** M += d·vectorᵀ over some rows of M. */
export function addOuter(
  matrix: Float64Array,
  d: Float64Array,
  { from, to }: RowRange,
  vector: Float64Array,
): void {
  const columns = vector.length;
  for (let row = from; row < to; row++) {
    const factor = d[row]!;
    const offset = row * columns;
    for (let k = 0; k < columns; k++) matrix[offset + k]! += factor * vector[k]!;
  }
}

/** The activation of a torch.nn.RNN; NaN stays NaN in both. */
export function activation(nonlinearity: Nonlinearity): (value: number) => number {
  return nonlinearity === "tanh" ? Math.tanh : (value) => Math.max(0, value);
}

/** σ(x) = 1 / (1 + e^(−x)); 0 and 1 at the infinities, NaN stays NaN. */
function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** What squashes a gate. */
export function gateActivation(gate: GateActivation): (value: number) => number {
  if (gate.kind === "sigmoid") return sigmoid;
  const { alpha, beta } = gate;
  return (value) => clamp(alpha * value + beta, 0, 1);
}
