/**
 * The matrices and vectors of a file that may be parameters, slices of stacked tensors among them.
 */
import { indexAt, type TensorEntry } from "../../../tensor/tensor";
import type { SlotPart } from "../map";

/** A matrix or a vector: a tensor, or a slice of one. */
export interface View {
  readonly part: SlotPart;
  readonly name: string;
  /** (rows, columns) as stored; (length, 1) of a vector. */
  readonly rows: number;
  readonly columns: number;
}

/** Matrices and vectors of a file in its order. */
export interface Views {
  readonly matrices: readonly View[];
  readonly vectors: readonly View[];
  /** How many of each there are of one tensor. */
  readonly slices: ReadonlyMap<string, { readonly matrices: number; readonly vectors: number }>;
}

/** Slices of one tensor that are looked at: layers, directions and gates of a stack are fewer. */
const maxSlices = 64;

/** Rows of a matrix that may be vectors: both biases of a few layers and directions, or gates. */
const maxRows = 16;

/** Everything that may be a parameter. */
export function viewsOf(entries: readonly TensorEntry[]): Views {
  const real = entries.filter(
    ({ dtype, shape, origin }) =>
      origin === undefined && /float|int/.test(dtype) && shape.length > 0 && !shape.includes(0),
  );
  const slices = new Map<string, { matrices: number; vectors: number }>();
  const matrices: View[] = [];
  const vectors: View[] = [];
  for (const entry of real) {
    const own = { matrices: matricesOf(entry), vectors: vectorsOf(entry) };
    slices.set(entry.name, { matrices: own.matrices.length, vectors: own.vectors.length });
    matrices.push(...own.matrices);
    vectors.push(...own.vectors);
  }
  return { matrices, vectors, slices };
}

function matricesOf({ name, shape }: TensorEntry): View[] {
  const [rows = 0, columns = 0] = shape.slice(-2);
  if (shape.length < 2) return [];
  return slicesOf(name, shape.slice(0, -2)).map((part) => ({ part, name, rows, columns }));
}

/** Vectors, and rows of a matrix of few. */
function vectorsOf({ name, shape }: TensorEntry): View[] {
  const isColumn = shape.length === 2 && shape[1] === 1;
  const [length = 0] = isColumn ? shape : shape.slice(-1);
  const leading = isColumn ? [] : shape.slice(0, -1);
  const parts = slicesOf(name, leading, maxRows);
  return parts.map((part) => ({ part, name, rows: length, columns: 1 }));
}

/** A part for each index on the leading axes; the tensor itself where they have size 1. */
function slicesOf(tensor: string, leading: readonly number[], most = maxSlices): SlotPart[] {
  const count = leading.reduce((product, size) => product * size, 1);
  if (count === 1) return [{ tensor }];
  if (count > most) return [];
  return Array.from({ length: count }, (_, flat) => ({ tensor, index: indexAt(flat, leading) }));
}
