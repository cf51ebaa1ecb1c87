/**
 * The largest eigenvalues and singular values of a large matrix, by iteration.
 */
import { eigenvalues } from "./eigenvalues";
import { singularValues } from "./singularValues";
import { noControl } from "../../core/control";
import { text } from "../../core/text";
import { WorkProgress } from "../../core/workProgress";

/** Dimension of the spaces that are searched. */
const maxSpace = 80;

/** Restarts of the search for the spectral radius. */
const maxRestarts = 8;

/** Relative change at which a value has settled. */
const settled = 1e-6;

/** Largest singular values that are given. */
const singularCount = 8;

export interface OuterSpectrum {
  readonly radius: number;
  /** Largest singular values. */
  readonly largest: Float64Array;
  /** False when the values still changed in the last round. */
  readonly isSettled: boolean;
}

/**
 * Spectral radius by restarted Arnoldi iteration, largest singular values by Lanczos bidiagonalization (Golub & Van Loan,
 * Matrix Computations, 10.4 and 10.5), both with every vector made orthogonal to all before.
 * @throws CancelledError when the progress says so.
 */
export function iteratedSpectrum(
  matrix: Float64Array,
  n: number,
  progress: WorkProgress,
): OuterSpectrum {
  const radius = arnoldiRadius(matrix, n, progress);
  const singular = lanczosValues(matrix, n, progress);
  return {
    radius: radius.value,
    largest: singular.values,
    isSettled: radius.isSettled && singular.isSettled,
  };
}

interface Estimate {
  readonly value: number;
  readonly isSettled: boolean;
}

function arnoldiRadius(matrix: Float64Array, n: number, progress: WorkProgress): Estimate {
  let start = startVector(n);
  let value = 0;
  for (let round = 0; round < maxRestarts; round += 1) {
    const { hessenberg, size, basis } = arnoldi(matrix, n, start, progress);
    const found = eigenvalues(hessenberg.slice(), size, silent());
    const before = value;
    value = found === null ? value : Math.hypot(found[0]!, found[1]!);
    // The eigenvalues of an invariant subspace are exact.
    if (size < Math.min(n, maxSpace)) return { value, isSettled: true };
    if (Math.abs(value - before) <= settled * value) return { value, isSettled: true };
    start = basis.at(-1)!;
    for (let times = 0; times < 20; times += 1) {
      start = normalized(multiply(matrix, n, start, progress));
    }
  }
  return { value, isSettled: false };
}

/** H of A·V = V·H, row-major, `size` × `size`. */
function arnoldi(
  matrix: Float64Array,
  n: number,
  start: Float64Array,
  progress: WorkProgress,
): { hessenberg: Float64Array; size: number; basis: Float64Array[] } {
  const most = Math.min(n, maxSpace);
  const basis = [start];
  const columns: number[][] = [];
  for (let k = 0; k < most; k += 1) {
    const next = multiply(matrix, n, basis[k]!, progress);
    const before = Math.sqrt(dot(next, next));
    const column = orthogonalize(next, basis);
    columns.push(column);
    const length = Math.sqrt(dot(next, next));
    if (!(length > 1e-12 * before) || k === most - 1) break;
    column.push(length);
    basis.push(next.map((value) => value / length));
  }
  const size = columns.length;
  const hessenberg = new Float64Array(size * size);
  columns.forEach((column, k) => {
    column.slice(0, size).forEach((value, row) => {
      hessenberg[row * size + k] = value;
    });
  });
  return { hessenberg, size, basis };
}

/** Takes the parts along `basis` off a vector, twice, since rounding leaves some the first time; gives them. */
function orthogonalize(vector: Float64Array, basis: readonly Float64Array[]): number[] {
  const parts = basis.map(() => 0);
  for (let times = 0; times < 2; times += 1) {
    basis.forEach((each, index) => {
      const part = dot(each, vector);
      parts[index]! += part;
      for (let at = 0; at < vector.length; at += 1) vector[at]! -= part * each[at]!;
    });
  }
  return parts;
}

function lanczosValues(
  matrix: Float64Array,
  n: number,
  progress: WorkProgress,
): { values: Float64Array; isSettled: boolean } {
  const most = Math.min(n, maxSpace);
  const right = [startVector(n)];
  const left: Float64Array[] = [];
  const bidiagonal: [number, number][] = [];
  let before = NaN;
  let values: Float64Array = new Float64Array();
  for (let k = 0; k < most; k += 1) {
    const u = multiply(matrix, n, right[k]!, progress);
    orthogonalize(u, left);
    const alpha = Math.sqrt(dot(u, u));
    if (alpha > 0) u.forEach((value, at) => (u[at] = value / alpha));
    left.push(u);
    const v = multiplyTransposed(matrix, n, u, progress);
    orthogonalize(v, right);
    const beta = Math.sqrt(dot(v, v));
    bidiagonal.push([alpha, beta]);
    if ((k + 1) % 20 === 0 || k === most - 1 || beta === 0) {
      values = bidiagonalValues(bidiagonal);
      if (Math.abs(values[0]! - before) <= settled * values[0]! || beta === 0) {
        return { values: values.slice(0, singularCount), isSettled: true };
      }
      before = values[0]!;
    }
    right.push(beta > 0 ? v.map((value) => value / beta) : v);
  }
  return { values: values.slice(0, singularCount), isSettled: most === n };
}

function bidiagonalValues(pairs: readonly (readonly [number, number])[]): Float64Array {
  const size = pairs.length;
  const matrix = new Float64Array(size * size);
  pairs.forEach(([alpha, beta], k) => {
    matrix[k * size + k] = alpha;
    if (k + 1 < size) matrix[k * size + k + 1] = beta;
  });
  return singularValues(matrix, [size, size], silent());
}

/** The progress of the small problems within an iteration, whose work is not counted. */
function silent(): WorkProgress {
  return new WorkProgress(noControl, text("Computing"));
}

/** Pseudo-random numbers, the same in each run: the upper bits of a linear congruential generator. */
function startVector(n: number): Float64Array {
  const vector = new Float64Array(n);
  let state = 12345;
  for (let index = 0; index < n; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    vector[index] = state / 2 ** 31 - 1;
  }
  return normalized(vector);
}

function normalized(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += left[index]! * right[index]!;
  return sum;
}

function multiply(
  matrix: Float64Array,
  n: number,
  vector: Float64Array,
  progress: WorkProgress,
): Float64Array {
  const product = new Float64Array(n);
  for (let row = 0; row < n; row += 1) {
    const first = row * n;
    let even = 0;
    let odd = 0;
    for (let column = 0; column + 1 < n; column += 2) {
      even += matrix[first + column]! * vector[column]!;
      odd += matrix[first + column + 1]! * vector[column + 1]!;
    }
    if (n % 2 === 1) even += matrix[first + n - 1]! * vector[n - 1]!;
    product[row] = even + odd;
  }
  progress.advance(n * n);
  return product;
}

function multiplyTransposed(
  matrix: Float64Array,
  n: number,
  vector: Float64Array,
  progress: WorkProgress,
): Float64Array {
  const product = new Float64Array(n);
  for (let row = 0; row < n; row += 1) {
    const first = row * n;
    const weight = vector[row]!;
    for (let column = 0; column < n; column += 1) {
      product[column]! += weight * matrix[first + column]!;
    }
  }
  progress.advance(n * n);
  return product;
}
