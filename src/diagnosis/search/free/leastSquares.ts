/**
 * Damped least squares: one step of Levenberg and Marquardt.
 */

/** A linear model of residuals: `jacobian` is (rows, columns), row-major. */
export interface LinearModel {
  readonly jacobian: Float64Array;
  readonly residual: Float64Array;
  readonly columns: number;
}

/** JᵀJ, (columns, columns), and −Jᵀr. */
export interface NormalEquations {
  readonly matrix: Float64Array;
  readonly right: Float64Array;
}

export function normalEquations({ jacobian, residual, columns }: LinearModel): NormalEquations {
  const matrix = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  for (let row = 0; row < residual.length; row++) {
    const from = row * columns;
    for (let left = 0; left < columns; left++) {
      const value = jacobian[from + left]!;
      if (value === 0) continue;
      right[left] = right[left]! - value * residual[row]!;
      // The lower triangle alone: the matrix is symmetric.
      for (let other = 0; other <= left; other++) {
        const at = left * columns + other;
        matrix[at] = matrix[at]! + value * jacobian[from + other]!;
      }
    }
  }
  return { matrix, right };
}

/** The step of least squares, damped: (JᵀJ + λ·I)·δ = −Jᵀr, by Cholesky's method. */
export function dampedStep({ matrix, right }: NormalEquations, damping: number): Float64Array {
  const size = right.length;
  const factor = matrix.slice();
  for (let k = 0; k < size; k++) factor[k * size + k] = factor[k * size + k]! + damping;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = factor[row * size + column]!;
      for (let k = 0; k < column; k++) {
        sum -= factor[row * size + k]! * factor[column * size + k]!;
      }
      factor[row * size + column] =
        row === column
          ? Math.sqrt(Math.max(sum, Number.MIN_VALUE))
          : sum / factor[column * size + column]!;
    }
  }
  const step = right.slice();
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) step[row] = step[row]! - factor[row * size + k]! * step[k]!;
    step[row] = step[row]! / factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) {
      step[row] = step[row]! - factor[k * size + row]! * step[k]!;
    }
    step[row] = step[row]! / factor[row * size + row]!;
  }
  return step;
}
