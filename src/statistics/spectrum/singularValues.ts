/**
 * Singular values of a matrix by bidiagonalisation and implicit QR steps.
 *
 * Source: Golub & Kahan 1965; Golub & Van Loan, Matrix Computations, 8.6.
 */
import { swapLeadingAxes } from "../../tensor/tensor";
import type { WorkProgress } from "../../core/workProgress";

/** Steps for each singular value after which the method is given up; it takes two or three. */
const maxStepsEach = 60;

/**
 * Singular values of a row-major matrix of finite values, largest first; `matrix` is overwritten.
 * @throws CancelledError when the progress says so.
 */
export function singularValues(
  matrix: Float64Array,
  [rows, columns]: readonly [number, number],
  progress: WorkProgress,
): Float64Array {
  const isWide = columns > rows;
  const tall = isWide ? swapLeadingAxes(matrix, [rows, columns, 1]) : matrix;
  const [height, width] = isWide ? [columns, rows] : [rows, columns];
  const scale = largestMagnitude(tall);
  if (scale === 0) return new Float64Array(width);
  for (let index = 0; index < tall.length; index += 1) tall[index]! /= scale;
  const { diagonal, above } = bidiagonalize(tall, height, width, progress);
  diagonalize(diagonal, above);
  return diagonal
    .map((value) => Math.abs(value) * scale)
    .sort()
    .reverse();
}

export function largestMagnitude(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

interface Bidiagonal {
  readonly diagonal: Float64Array;
  /** One shorter than the diagonal. */
  readonly above: Float64Array;
}

function bidiagonalize(
  matrix: Float64Array,
  rows: number,
  columns: number,
  progress: WorkProgress,
): Bidiagonal {
  const diagonal = new Float64Array(columns);
  const above = new Float64Array(Math.max(0, columns - 1));
  const sums = new Float64Array(columns);
  for (let k = 0; k < columns; k += 1) {
    diagonal[k] = eliminateColumn(matrix, [rows, columns], k, sums);
    if (k < columns - 1) above[k] = eliminateRow(matrix, [rows, columns], k);
    progress.advance((rows - k) * (columns - k));
  }
  return { diagonal, above };
}

/** Reflects column k below its diagonal to zero, all at once along rows; gives what stands on the diagonal. */
function eliminateColumn(
  matrix: Float64Array,
  [rows, columns]: readonly [number, number],
  k: number,
  sums: Float64Array,
): number {
  let squares = 0;
  for (let row = k; row < rows; row += 1) squares += matrix[row * columns + k]! ** 2;
  const head = matrix[k * columns + k]!;
  const norm = Math.sqrt(squares);
  if (norm === 0) return 0;
  const result = head > 0 ? -norm : norm;
  const pivot = head - result;
  matrix[k * columns + k] = pivot;
  const factor = 1 / (result * pivot);
  sums.fill(0, k + 1);
  for (let row = k; row < rows; row += 1) {
    const at = row * columns;
    const weight = matrix[at + k]!;
    for (let column = k + 1; column < columns; column += 1) {
      sums[column]! += weight * matrix[at + column]!;
    }
  }
  for (let row = k; row < rows; row += 1) {
    const at = row * columns;
    const weight = matrix[at + k]! * factor;
    for (let column = k + 1; column < columns; column += 1) {
      matrix[at + column]! += weight * sums[column]!;
    }
  }
  return result;
}

/** Reflects row k right of its neighbour to zero; gives what stands above the diagonal. */
function eliminateRow(
  matrix: Float64Array,
  [rows, columns]: readonly [number, number],
  k: number,
): number {
  const first = k * columns;
  let squares = 0;
  for (let column = k + 1; column < columns; column += 1) squares += matrix[first + column]! ** 2;
  const head = matrix[first + k + 1]!;
  const norm = Math.sqrt(squares);
  if (norm === 0) return 0;
  const result = head > 0 ? -norm : norm;
  matrix[first + k + 1] = head - result;
  const factor = 1 / (result * (head - result));
  for (let row = k + 1; row < rows; row += 1) {
    const at = row * columns;
    let sum = 0;
    for (let column = k + 1; column < columns; column += 1) {
      sum += matrix[first + column]! * matrix[at + column]!;
    }
    sum *= factor;
    for (let column = k + 1; column < columns; column += 1) {
      matrix[at + column]! += sum * matrix[first + column]!;
    }
  }
  return result;
}

/** Turns the values above the diagonal into zeros. */
function diagonalize(d: Float64Array, e: Float64Array): void {
  let steps = maxStepsEach * d.length;
  let scale = 0;
  for (let k = 0; k < d.length; k += 1) {
    scale = Math.max(scale, Math.abs(d[k]!), Math.abs(e[k] ?? 0));
  }
  const isSmall = (k: number): boolean =>
    Math.abs(e[k]!) <= Number.EPSILON * (Math.abs(d[k]!) + Math.abs(d[k + 1]!)) ||
    Math.abs(e[k]!) <= Number.EPSILON * scale * Number.EPSILON;
  for (let last = d.length - 1; last > 0 && steps > 0; steps -= 1) {
    for (let k = 0; k < last; k += 1) if (isSmall(k)) e[k] = 0;
    if (e[last - 1] === 0) {
      last -= 1;
      continue;
    }
    let first = last - 1;
    while (first > 0 && e[first - 1] !== 0) first -= 1;
    step(d, e, first, last, Number.EPSILON * scale);
  }
}

/** One step on rows first … last, whose values above the diagonal are not zero. */
function step(
  d: Float64Array,
  e: Float64Array,
  ...[first, last, tiny]: [number, number, number]
): void {
  for (let k = first; k < last; k += 1) {
    if (Math.abs(d[k]!) <= tiny * Number.EPSILON) {
      clearRow(d, e, k, last);
      return;
    }
  }
  if (Math.abs(d[last]!) <= tiny * Number.EPSILON) {
    clearColumn(d, e, first, last);
    return;
  }
  chase(d, e, first, last);
}

/** A zero on the diagonal: its row is turned into zeros from left to right. */
function clearRow(d: Float64Array, e: Float64Array, row: number, last: number): void {
  d[row] = 0;
  let bulge = e[row]!;
  e[row] = 0;
  for (let k = row + 1; k <= last && bulge !== 0; k += 1) {
    const length = Math.hypot(d[k]!, bulge);
    const [cosine, sine] = [d[k]! / length, bulge / length];
    d[k] = length;
    if (k === last) return;
    bulge = -sine * e[k]!;
    e[k]! *= cosine;
  }
}

/** A zero at the end of the diagonal: its column is turned into zeros from below. */
function clearColumn(d: Float64Array, e: Float64Array, first: number, last: number): void {
  d[last] = 0;
  let bulge = e[last - 1]!;
  e[last - 1] = 0;
  for (let k = last - 1; k >= first && bulge !== 0; k -= 1) {
    const length = Math.hypot(d[k]!, bulge);
    const [cosine, sine] = [d[k]! / length, bulge / length];
    d[k] = length;
    if (k === first) return;
    bulge = -sine * e[k - 1]!;
    e[k - 1]! *= cosine;
  }
}

/** The shift: the eigenvalue of the last 2 × 2 of BᵀB that is nearer to its last entry. */
function shiftOf(d: Float64Array, e: Float64Array, first: number, last: number): number {
  const before = last - 1 > first ? e[last - 2]! : 0;
  const upper = d[last - 1]! ** 2 + before ** 2;
  const lower = d[last]! ** 2 + e[last - 1]! ** 2;
  const off = d[last - 1]! * e[last - 1]!;
  const half = (upper - lower) / 2;
  const root = Math.hypot(half, off);
  const denominator = half + (half < 0 ? -root : root);
  return denominator === 0 ? lower : lower - (off * off) / denominator;
}

/** Chases the bulge of a shifted step down the diagonal. */
function chase(d: Float64Array, e: Float64Array, first: number, last: number): void {
  const shift = shiftOf(d, e, first, last);
  let y = d[first]! - shift / d[first]!;
  let z = e[first]!;
  for (let k = first; k < last; k += 1) {
    let length = Math.hypot(y, z);
    let [cosine, sine] = length === 0 ? [1, 0] : [y / length, z / length];
    if (k > first) e[k - 1] = length;
    y = cosine * d[k]! + sine * e[k]!;
    e[k] = cosine * e[k]! - sine * d[k]!;
    z = sine * d[k + 1]!;
    d[k + 1]! *= cosine;
    length = Math.hypot(y, z);
    [cosine, sine] = length === 0 ? [1, 0] : [y / length, z / length];
    d[k] = length;
    y = cosine * e[k]! + sine * d[k + 1]!;
    d[k + 1] = cosine * d[k + 1]! - sine * e[k]!;
    if (k < last - 1) {
      z = sine * e[k + 1]!;
      e[k + 1]! *= cosine;
    }
  }
  e[last - 1] = y;
}
