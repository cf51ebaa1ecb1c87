/**
 * Eigenvalues of a square matrix by Francis' implicit double-shift QR.
 *
 * Source: Golub & Van Loan, Matrix Computations, 7.5.
 */
import { balance, reduce } from "./hessenberg";
import { largestMagnitude } from "./singularValues";
import type { WorkProgress } from "../../core/workProgress";

/** Steps for each eigenvalue after which the method is given up; it takes two or three. */
const maxStepsEach = 60;

/** Steps without an eigenvalue after which an exceptional shift is used. */
const exceptionalEvery = 10;

/**
 * Eigenvalues of a row-major n × n matrix of finite values, real and imaginary parts interleaved, largest magnitude first;
 * `matrix` is overwritten. null when the method does not converge.
 * @throws CancelledError when the progress says so.
 */
export function eigenvalues(
  matrix: Float64Array,
  n: number,
  progress: WorkProgress,
): Float64Array | null {
  const scale = largestMagnitude(matrix);
  if (scale === 0) return new Float64Array(2 * n);
  for (let index = 0; index < matrix.length; index += 1) matrix[index]! /= scale;
  balance(matrix, n);
  reduce(matrix, n, progress);
  const found = new FrancisSteps(matrix, n, progress).run();
  return found && sorted(found, scale);
}

function sorted(pairs: Float64Array, scale: number): Float64Array {
  const order = Array.from({ length: pairs.length / 2 }, (_, index) => {
    const [real, imaginary] = [pairs[2 * index]! * scale, pairs[2 * index + 1]! * scale];
    return { real, imaginary, magnitude: Math.hypot(real, imaginary) };
  }).sort(
    (left, right) =>
      right.magnitude - left.magnitude ||
      right.real - left.real ||
      right.imaginary - left.imaginary,
  );
  return Float64Array.from(order.flatMap(({ real, imaginary }) => [real, imaginary]));
}

/** QR steps on a Hessenberg matrix, which it owns and overwrites, until only 1 × 1 and 2 × 2 blocks are left. */
class FrancisSteps {
  readonly #matrix: Float64Array;
  readonly #n: number;
  readonly #progress: WorkProgress;
  readonly #found: Float64Array;
  /** Subdiagonals that are small beside this are zero where their neighbours are zero too. */
  readonly #norm: number;
  /** The sum of exceptional shifts, which were subtracted from the diagonal. */
  #shifted = 0;

  constructor(matrix: Float64Array, n: number, progress: WorkProgress) {
    this.#matrix = matrix;
    this.#n = n;
    this.#progress = progress;
    this.#found = new Float64Array(2 * n);
    this.#norm = largestMagnitude(matrix);
  }

  /** All eigenvalues, interleaved; null without convergence. */
  run(): Float64Array | null {
    let steps = 0;
    for (let last = this.#n - 1; last >= 0;) {
      const first = this.#activeStart(last);
      if (first >= last - 1) {
        if (first === last) this.#takeOne(last);
        else this.#takeTwo(last);
        this.#progress.advance(this.#n * 8 * (last - first + 1) * last);
        last = first - 1;
        steps = 0;
        continue;
      }
      if (steps === maxStepsEach) return null;
      steps += 1;
      this.#progress.advance(0);
      this.#step(first, last, steps % exceptionalEvery === 0);
    }
    return this.#found;
  }

  #at(row: number, column: number): number {
    return this.#matrix[row * this.#n + column]!;
  }

  /** The first row of the block that ends with `last` and has no zero on its subdiagonal. */
  #activeStart(last: number): number {
    for (let row = last; row > 0; row -= 1) {
      const beside = Math.abs(this.#at(row - 1, row - 1)) + Math.abs(this.#at(row, row));
      const small = Number.EPSILON * (beside === 0 ? this.#norm : beside);
      if (Math.abs(this.#at(row, row - 1)) <= small) {
        this.#matrix[row * this.#n + row - 1] = 0;
        return row;
      }
    }
    return 0;
  }

  #takeOne(last: number): void {
    this.#found[2 * last] = this.#at(last, last) + this.#shifted;
  }

  /** Eigenvalues of the 2 × 2 that ends with `last`. */
  #takeTwo(last: number): void {
    const [a, b] = [this.#at(last - 1, last - 1), this.#at(last - 1, last)];
    const [c, d] = [this.#at(last, last - 1), this.#at(last, last)];
    const half = (a - d) / 2;
    const discriminant = half * half + b * c;
    const root = Math.sqrt(Math.abs(discriminant));
    const at = 2 * (last - 1);
    if (discriminant < 0) {
      this.#found.set([d + half + this.#shifted, root, d + half + this.#shifted, -root], at);
      return;
    }
    // The larger root first; the other one from the product of both, which avoids cancellation.
    const larger = half + (half < 0 ? -root : root);
    const first = d + larger;
    const second = larger === 0 ? d : d - (b * c) / larger;
    this.#found.set([first + this.#shifted, 0, second + this.#shifted, 0], at);
  }

  /** Sum and product of the two shifts. */
  #shifts(last: number, isExceptional: boolean): { sum: number; product: number } {
    if (isExceptional) {
      for (let row = 0, shift = this.#at(last, last); row <= last; row += 1) {
        if (row === 0) this.#shifted += shift;
        this.#matrix[row * this.#n + row]! -= shift;
      }
      const size = Math.abs(this.#at(last, last - 1)) + Math.abs(this.#at(last - 1, last - 2));
      return { sum: 1.5 * size, product: size * size };
    }
    const [a, d] = [this.#at(last - 1, last - 1), this.#at(last, last)];
    return {
      sum: a + d,
      product: a * d - this.#at(last - 1, last) * this.#at(last, last - 1),
    };
  }

  /** One double step on rows first … last, three or more. */
  #step(first: number, last: number, isExceptional: boolean): void {
    const { sum, product } = this.#shifts(last, isExceptional);
    const [a, b] = [this.#at(first, first), this.#at(first, first + 1)];
    const [c, d] = [this.#at(first + 1, first), this.#at(first + 1, first + 1)];
    const third = c * this.#at(first + 2, first + 1);
    const column: [number, number, number] = [
      a * a + b * c - sum * a + product,
      c * (a + d - sum),
      third,
    ];
    for (let k = first; k < last; k += 1) {
      const height = Math.min(3, last - k + 1);
      if (k > first) {
        column[0] = this.#at(k, k - 1);
        column[1] = this.#at(k + 1, k - 1);
        column[2] = height === 3 ? this.#at(k + 2, k - 1) : 0;
      }
      this.#reflect(column, { k, height, first, last });
    }
  }

  /** Reflects rows and columns k … so that `column` has its first value only. */
  #reflect(
    column: readonly [number, number, number],
    { k, height, first, last }: { k: number; height: number; first: number; last: number },
  ): void {
    const matrix = this.#matrix;
    const n = this.#n;
    const size = Math.max(Math.abs(column[0]), Math.abs(column[1]), Math.abs(column[2]));
    if (size === 0) return;
    const [x, y, z] = [column[0] / size, column[1] / size, height === 3 ? column[2] / size : 0];
    const norm = Math.sqrt(x * x + y * y + z * z);
    const result = x > 0 ? -norm : norm;
    const head = x - result;
    const factor = 1 / (result * head);
    if (k > first) {
      matrix[k * n + k - 1] = result * size;
      matrix[(k + 1) * n + k - 1] = 0;
      if (height === 3) matrix[(k + 2) * n + k - 1] = 0;
    }
    const vector = [head, y, z] as const;
    if (height === 3) {
      reflectThreeRows(matrix, n, { vector, factor, k, from: k, to: last });
      reflectThreeColumns(matrix, n, { vector, factor, k, from: first, to: Math.min(last, k + 3) });
    } else {
      reflectTwoRows(matrix, n, { vector, factor, k, from: k, to: last });
      reflectTwoColumns(matrix, n, { vector, factor, k, from: first, to: last });
    }
  }
}

/** A reflection of two or three rows or columns from k on, along `from` … `to` of the other axis. */
interface SmallReflection {
  readonly vector: readonly [number, number, number];
  readonly factor: number;
  readonly k: number;
  readonly from: number;
  readonly to: number;
}

function reflectThreeRows(matrix: Float64Array, n: number, reflection: SmallReflection): void {
  const { vector, factor, k, from, to } = reflection;
  const [a, b, c] = vector;
  const [scaledA, scaledB, scaledC] = [a * factor, b * factor, c * factor];
  for (let at = k * n + from, end = k * n + to; at <= end; at += 1) {
    const sum = a * matrix[at]! + b * matrix[at + n]! + c * matrix[at + 2 * n]!;
    matrix[at]! += sum * scaledA;
    matrix[at + n]! += sum * scaledB;
    matrix[at + 2 * n]! += sum * scaledC;
  }
}

function reflectThreeColumns(matrix: Float64Array, n: number, reflection: SmallReflection): void {
  const { vector, factor, k, from, to } = reflection;
  const [a, b, c] = vector;
  const [scaledA, scaledB, scaledC] = [a * factor, b * factor, c * factor];
  for (let row = from, at = from * n + k; row <= to; row += 1, at += n) {
    const sum = a * matrix[at]! + b * matrix[at + 1]! + c * matrix[at + 2]!;
    matrix[at]! += sum * scaledA;
    matrix[at + 1]! += sum * scaledB;
    matrix[at + 2]! += sum * scaledC;
  }
}

function reflectTwoRows(matrix: Float64Array, n: number, reflection: SmallReflection): void {
  const { vector, factor, k, from, to } = reflection;
  const [a, b] = vector;
  for (let at = k * n + from, end = k * n + to; at <= end; at += 1) {
    const sum = (a * matrix[at]! + b * matrix[at + n]!) * factor;
    matrix[at]! += sum * a;
    matrix[at + n]! += sum * b;
  }
}

function reflectTwoColumns(matrix: Float64Array, n: number, reflection: SmallReflection): void {
  const { vector, factor, k, from, to } = reflection;
  const [a, b] = vector;
  for (let row = from, at = from * n + k; row <= to; row += 1, at += n) {
    const sum = (a * matrix[at]! + b * matrix[at + 1]!) * factor;
    matrix[at]! += sum * a;
    matrix[at + 1]! += sum * b;
  }
}
