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

/**
 * The products of a whole matrix with the vectors of `values` that begin at `starts`, one after another into `out`, each
 * added up as `multiply` does it. Two vectors at a time: the matrix is loaded once for both.
 */
export function multiplyAll(
  affine: Affine,
  values: Float64Array,
  starts: ArrayLike<number>,
  out: Float64Array,
): void {
  const rows = affine.matrix.length / affine.size;
  const inFours = rows - (rows % 4);
  for (let index = 0; index < starts.length; index++) {
    const isPaired = index + 1 < starts.length;
    const own = (at: number, first: number): void => {
      const target = { values: out, at: at * rows };
      multiply(affine, { values, from: starts[at]! }, target, { first, end: rows });
    };
    if (!isPaired) {
      own(index, 0);
      continue;
    }
    multiplyTwo(affine, values, [starts[index]!, starts[index + 1]!], out, index * rows);
    own(index, inFours);
    own(++index, inFours);
  }
}

/** As many rows as go in fours, with two vectors: the second one's products stand behind the first one's. */
function multiplyTwo(
  { matrix, bias, size }: Affine,
  values: Float64Array,
  [p, q]: readonly [number, number],
  out: Float64Array,
  at: number,
): void {
  const rows = matrix.length / size;
  let first = at;
  let second = at + rows;
  for (let row = 0; row + 4 <= rows; row += 4) {
    const a = row * size;
    const [b, c, d] = [a + size, a + 2 * size, a + 3 * size];
    let [p0, p1, p2, p3] = [0, 0, 0, 0];
    let [q0, q1, q2, q3] = [0, 0, 0, 0];
    for (let k = 0; k < size; k++) {
      const v = values[p + k]!;
      const w = values[q + k]!;
      const m0 = matrix[a + k]!;
      const m1 = matrix[b + k]!;
      const m2 = matrix[c + k]!;
      const m3 = matrix[d + k]!;
      p0 += m0 * v;
      p1 += m1 * v;
      p2 += m2 * v;
      p3 += m3 * v;
      q0 += m0 * w;
      q1 += m1 * w;
      q2 += m2 * w;
      q3 += m3 * w;
    }
    for (const sum of [p0, p1, p2, p3]) out[first++] = sum;
    for (const sum of [q0, q1, q2, q3]) out[second++] = sum;
  }
  if (bias === null) return;
  for (const start of [at, at + rows]) {
    for (let row = 0; row + 4 <= rows; row += 4) {
      for (let k = row; k < row + 4; k++) out[start + k] = out[start + k]! + bias[k]!;
    }
  }
}
