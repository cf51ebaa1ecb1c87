/**
 * Balancing of a square matrix, and its reduction to Hessenberg form by Householder reflections, both in place.
 *
 * Source: Golub & Van Loan, Matrix Computations, 7.4; balancing: Parlett & Reinsch 1969.
 */
import type { WorkProgress } from "../../core/workProgress";

/** Scales rows and columns by powers of two, exactly, until they are about as large as each other. */
export function balance(matrix: Float64Array, n: number): void {
  for (let round = 0, isDone = false; !isDone && round < 20; round += 1) {
    isDone = true;
    for (let index = 0; index < n; index += 1) {
      const factor = balanceFactor(matrix, n, index);
      if (factor === 1) continue;
      isDone = false;
      for (let other = 0; other < n; other += 1) {
        matrix[index * n + other]! /= factor;
        matrix[other * n + index]! *= factor;
      }
    }
  }
}

/** The power of two that a column is to be multiplied by, and its row divided by. */
function balanceFactor(matrix: Float64Array, n: number, index: number): number {
  let row = 0;
  let column = 0;
  for (let other = 0; other < n; other += 1) {
    if (other === index) continue;
    row += Math.abs(matrix[index * n + other]!);
    column += Math.abs(matrix[other * n + index]!);
  }
  if (row === 0 || column === 0) return 1;
  const factor = 2 ** Math.round(Math.log2(row / column) / 2);
  return column * factor + row / factor < 0.95 * (column + row) ? factor : 1;
}

/** Hessenberg form, in place: zeros below the first subdiagonal. */
export function reduce(matrix: Float64Array, n: number, progress: WorkProgress): void {
  const vector = new Float64Array(n);
  const sums = new Float64Array(n);
  for (let k = 0; k < n - 2; k += 1) {
    let squares = 0;
    for (let row = k + 1; row < n; row += 1) {
      vector[row] = matrix[row * n + k]!;
      squares += vector[row]! ** 2;
    }
    progress.advance(2 * n * (n - k));
    const head = vector[k + 1]!;
    if (squares === head * head) continue;
    const norm = Math.sqrt(squares);
    const result = head > 0 ? -norm : norm;
    vector[k + 1] = head - result;
    const factor = 1 / (result * vector[k + 1]!);
    reflectRows(matrix, n, k, { vector, sums, factor });
    reflectColumns(matrix, n, k, { vector, factor });
    matrix[(k + 1) * n + k] = result;
    for (let row = k + 2; row < n; row += 1) matrix[row * n + k] = 0;
  }
}

interface Reflection {
  readonly vector: Float64Array;
  readonly factor: number;
}

/** From the left: rows k+1 … of the columns right of k. */
function reflectRows(
  matrix: Float64Array,
  n: number,
  k: number,
  { vector, sums, factor }: Reflection & { readonly sums: Float64Array },
): void {
  sums.fill(0);
  for (let row = k + 1; row < n; row += 1) {
    const weight = vector[row]!;
    for (let column = k + 1, at = row * n + k + 1; column < n; column += 1, at += 1) {
      sums[column]! += weight * matrix[at]!;
    }
  }
  for (let row = k + 1; row < n; row += 1) {
    const weight = vector[row]! * factor;
    for (let column = k + 1, at = row * n + k + 1; column < n; column += 1, at += 1) {
      matrix[at]! += weight * sums[column]!;
    }
  }
}

/** From the right: columns k+1 … of all rows. */
function reflectColumns(
  matrix: Float64Array,
  n: number,
  k: number,
  { vector, factor }: Reflection,
): void {
  for (let row = 0; row < n; row += 1) {
    const first = row * n;
    let sum = 0;
    for (let column = k + 1; column < n; column += 1) {
      sum += matrix[first + column]! * vector[column]!;
    }
    sum *= factor;
    for (let column = k + 1; column < n; column += 1) {
      matrix[first + column]! += sum * vector[column]!;
    }
  }
}
