/**
 * Products of matrices and vectors in float64: by the kernel where there is one and the matrix is large.
 */
import { productKernel } from "./kernelProducts";

/** Where a matrix (rows, size) and what is added to its rows lie. */
export interface Affine {
  readonly matrix: Float64Array;
  /** (rows); null for nothing. */
  readonly bias: Float64Array | null;
  readonly size: number;
}

/** out[at + r] = matrix row r · vector[from …] + bias[r], for the rows from `first` to `end`. */
export function multiply(
  affine: Affine,
  { values, from }: { readonly values: Float64Array; readonly from: number },
  out: { readonly values: Float64Array; readonly at: number },
  { first, end }: { readonly first: number; readonly end: number },
): void {
  const { matrix, bias, size } = affine;
  const kernel = productKernel(matrix, size);
  const products = { values: out.values, at: out.at + first };
  const isDone = kernel?.multiply(affine, { values, starts: [from] }, products, { first, end });
  if (isDone !== true) multiplyPlainly(affine, { values, from }, out, { first, end });
  if (bias === null) return;
  const target = out.values;
  for (let index = first; index < end; index++) {
    target[out.at + index] = target[out.at + index]! + bias[index]!;
  }
}

/**
 * The products of a whole matrix with the vectors of `values` that begin at `starts`, one after another into `out`, each
 * added up as `multiply` does it.
 */
export function multiplyAll(
  affine: Affine,
  values: Float64Array,
  starts: ArrayLike<number>,
  out: Float64Array,
): void {
  const { matrix, bias, size } = affine;
  const rows = matrix.length / size;
  const kernel = productKernel(matrix, size);
  const whole = { first: 0, end: rows };
  if (kernel?.multiply(affine, { values, starts }, { values: out, at: 0 }, whole) !== true) {
    for (let index = 0; index < starts.length; index++) {
      const target = { values: out, at: index * rows };
      multiplyPlainly(affine, { values, from: starts[index]! }, target, whole);
    }
  }
  if (bias === null) return;
  for (let at = 0; at < starts.length * rows; at += rows) {
    for (let row = 0; row < rows; row++) out[at + row] = out[at + row]! + bias[row]!;
  }
}

/** matrix · v + bias of each vector, by `multiplyAll`. */
export function multiplyEach(
  { matrix, bias }: Pick<Affine, "matrix" | "bias">,
  vectors: readonly Float64Array[],
): Float64Array[] {
  const size = vectors[0]?.length ?? 0;
  const rows = matrix.length / size;
  const values = new Float64Array(vectors.length * size);
  vectors.forEach((vector, at) => {
    values.set(vector, at * size);
  });
  const starts = vectors.map((_, at) => at * size);
  const products = new Float64Array(vectors.length * rows);
  multiplyAll({ matrix, bias, size }, values, starts, products);
  return vectors.map((_, at) => products.subarray(at * rows, (at + 1) * rows));
}

/** `multiply` without the bias. Four rows at a time: the vector's values are loaded once for all of them. */
function multiplyPlainly(
  { matrix, size }: Affine,
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
}
