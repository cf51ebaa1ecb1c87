/**
 * Products of matrices and vectors in float64.
 */

/** Where a matrix (rows, size) and what is added to its rows lie. */
export interface Affine {
  readonly matrix: Float64Array;
  /** (rows); null for nothing. */
  readonly bias: Float64Array | null;
  readonly size: number;
}

/**
 * out[at + r] = matrix row r · vector[from …] + bias[r], for the rows from `first` to `end`. Four rows at a time: the
 * vector's values are loaded once for all of them.
 */
export function multiply(
  { matrix, bias, size }: Affine,
  vector: { readonly values: Float64Array; readonly from: number },
  out: { readonly values: Float64Array; readonly at: number },
  rows: { readonly first: number; readonly end: number },
): void {
  const { values, from } = vector;
  const target = out.values;
  let row = rows.first;
  for (; row + 4 <= rows.end; row += 4) {
    const a = row * size;
    const [b, c, d] = [a + size, a + 2 * size, a + 3 * size];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let k = 0; k < size; k++) {
      const v = values[from + k]!;
      s0 += matrix[a + k]! * v;
      s1 += matrix[b + k]! * v;
      s2 += matrix[c + k]! * v;
      s3 += matrix[d + k]! * v;
    }
    const at = out.at + row;
    target[at] = s0;
    target[at + 1] = s1;
    target[at + 2] = s2;
    target[at + 3] = s3;
  }
  for (; row < rows.end; row++) {
    let sum = 0;
    const start = row * size;
    for (let k = 0; k < size; k++) sum += matrix[start + k]! * values[from + k]!;
    target[out.at + row] = sum;
  }
  if (bias === null) return;
  for (let index = rows.first; index < rows.end; index++) {
    target[out.at + index] = target[out.at + index]! + bias[index]!;
  }
}
