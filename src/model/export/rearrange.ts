/**
 * Parameters rearranged while they are read: gates in another order, transposed, joined, and biases summed.
 */
import { joined, picked, reshaped, transposed } from "../../tensor/boxSource";
import type { DType } from "../../tensor/dtype";
import { numbersOf } from "../../tensor/numbers";
import { cropRaw, encodeRaw, wholeBox, type RawValues } from "../../tensor/raw";
import { slabsOf, type TensorSource } from "../../tensor/source";
import { elementCount, type Shape } from "../../tensor/tensor";

/** A tensor whose values are sums of those of two others. */
export interface SummedSource extends TensorSource {
  readonly summands: readonly [TensorSource, TensorSource];
}

export function named(source: TensorSource, name: string): TensorSource {
  return { ...source, name };
}

/** Blocks of rows in another order: block `k` is block `blocks[k]` of the source, each of `rows` rows. */
export function inBlocks(
  source: TensorSource,
  blocks: readonly number[],
  rows: number,
): TensorSource {
  const { dtype, shape } = source;
  const parts = blocks.map((block) => {
    const picks = { count: rows, at: (index: number) => block * rows + index, isRun: true };
    return { dtype, shape: [rows, ...shape.slice(1)], readBox: picked(source, 0, picks) };
  });
  const own = [blocks.length * rows, ...shape.slice(1)];
  return { ...source, shape: own, readBox: joined(parts, 0) };
}

/** The transpose of a matrix; a vector is its own. */
export function turned(source: TensorSource): TensorSource {
  const axes = source.shape.map((_, axis) => axis).reverse();
  return { ...source, shape: [...source.shape].reverse(), readBox: transposed(source, axes) };
}

/** Tensors of equal shapes behind each other along an axis of their own, which comes first. */
export function stacked(name: string, parts: readonly TensorSource[]): TensorSource {
  const rows = parts.map((part) => withShape(part, [1, ...part.shape]));
  return along(name, rows);
}

/** Tensors behind each other along their first axis. */
export function along(name: string, parts: readonly TensorSource[]): TensorSource {
  const [first] = parts;
  if (first === undefined) throw new Error(`${name} is made of nothing`);
  const size = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const shape = [size, ...first.shape.slice(1)];
  return { name, dtype: first.dtype, shape, readBox: joined(parts, 0) };
}

function withShape(source: TensorSource, shape: Shape): TensorSource {
  return { ...source, shape, readBox: reshaped(source, shape) };
}

export function zeros(name: string, dtype: DType, shape: Shape): TensorSource {
  return constant(name, { dtype, shape, values: new Float64Array(elementCount(shape)) });
}

/** Few values that no file has. */
export function constant(
  name: string,
  { dtype, shape, values }: { dtype: DType; shape: Shape; values: ArrayLike<number> },
): TensorSource {
  const all = encodeRaw(dtype, shape, values);
  return { name, dtype, shape, readBox: (box) => Promise.resolve(cropRaw(all, box)) };
}

/** The same values as a wider float, exactly. */
export function widened(source: TensorSource, dtype: "float32" | "float64"): TensorSource {
  if (source.dtype === dtype) return source;
  return {
    ...source,
    dtype,
    readBox: async (box) => encodeRaw(dtype, box.size, numbersOf(await source.readBox(box))),
  };
}

/** Sums element by element; a value to which zero is added stays bit for bit. Both have the same dtype and shape. */
export function summed(name: string, left: TensorSource, right: TensorSource): SummedSource {
  return {
    ...left,
    name,
    summands: [left, right],
    readBox: async (box) => {
      const parts = await Promise.all([left.readBox(box), right.readBox(box)]);
      return sumOf(parts[0], parts[1]);
    },
  };
}

function sumOf(left: RawValues, right: RawValues): RawValues {
  const [a, b] = [numbersOf(left), numbersOf(right)];
  const sums = Float64Array.from(a, (value, index) => {
    const other = b[index] ?? 0;
    return other === 0 ? value : value === 0 ? other : value + other;
  });
  return encodeRaw(left.dtype, left.shape, sums);
}

/** How many of the sums are not the exact ones but rounded to the dtype. */
export async function roundedSums({ summands: [left, right] }: SummedSource): Promise<number> {
  let count = 0;
  for (const box of slabsOf(left, wholeBox(left.shape))) {
    const [a, b] = await Promise.all([left.readBox(box), right.readBox(box)]);
    const [values, others] = [numbersOf(a), numbersOf(b)];
    for (let index = 0; index < values.length; index++) {
      if (isRounded(values[index] ?? 0, others[index] ?? 0, left.dtype)) count++;
    }
  }
  return count;
}

/** What a sum leaves out follows exactly from two differences (Knuth's TwoSum). */
function isRounded(left: number, right: number, dtype: DType): boolean {
  const sum = left + right;
  if (!Number.isFinite(sum)) return false;
  const part = sum - left;
  const lost = left - (sum - part) + (right - part);
  return lost !== 0 || (dtype === "float32" && Math.fround(sum) !== sum);
}

export function isSummed(source: TensorSource): source is SummedSource {
  return "summands" in source;
}
