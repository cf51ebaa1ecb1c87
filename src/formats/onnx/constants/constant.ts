/**
 * Tensors that a graph computes from constants, evaluated part by part when they are read.
 */
import { UnsupportedError } from "../../../core/errors";
import type { BoxSource, ReadBox } from "../../../tensor/boxSource";
import { byteWidth, type DType } from "../../../tensor/dtype";
import { cropRaw, decodeRaw, encodeRaw } from "../../../tensor/raw";
import { elementCount, type Shape } from "../../../tensor/tensor";
import { text } from "../../../core/text";
import { assertTensorBytes } from "../../base/limits";

/** A value of a graph that does not depend on the model's inputs. */
export interface Constant extends BoxSource {
  /** Of the value in the graph, for sentences. */
  readonly name: string;
  /** Names of the tensors of the file that it is made of, in order; of many, the first. */
  readonly from: readonly string[];
  /** Operators that make it, each named once; empty for a tensor of the file. */
  readonly by: readonly string[];
  /** Operators one after another from a tensor of the file on. */
  readonly depth: number;
  /** Tensors of the file that reading it reads at most, one counted as often as it is read. */
  readonly reads: number;
}

/** A constant that an operator computes from others, without their history. */
export type Recipe = Pick<Constant, "name" | "dtype" | "shape" | "readBox"> & {
  readonly operator: string;
};

/** Weights of a layer are a handful of gates in two directions; a graph that doubles a constant again and again is not. */
const maxReads = 1024;

/** Operators on the way from a tensor of the file: exporters need some ten. */
const maxDepth = 48;

/** Names that an origin lists. */
const maxFrom = 32;

/** A constant made of others; null where reading it would be out of proportion. */
export function madeOf(parts: readonly Constant[], recipe: Recipe): Constant | null {
  const { operator, ...rest } = recipe;
  const reads = parts.reduce((sum, part) => sum + part.reads, 0);
  const depth = 1 + parts.reduce((most, part) => Math.max(most, part.depth), 0);
  if (reads > maxReads || depth > maxDepth) return null;
  if (!Number.isSafeInteger(16 * elementCount(recipe.shape))) return null;
  const from = [...new Set(parts.flatMap((part) => part.from))].slice(0, maxFrom);
  const by = [...new Set([...parts.flatMap((part) => part.by), operator])];
  const readBox: ReadBox = async (box) => {
    assertTensorBytes(rest.name, rest.name, elementCount(box.size) * byteWidth(rest.dtype));
    return recipe.readBox(box);
  };
  return { ...rest, readBox, from, by, depth, reads };
}

/** Numbers of another type; fractions are cut off where it has none. */
export function converted(constant: Constant, dtype: DType): ReadBox {
  return async (box) => {
    const { shape, data } = decodeRaw(await constant.readBox(box), constant.name);
    if (dtype.includes("float")) return encodeRaw(dtype, shape, data);
    if (!data.every((value) => Number.isFinite(value))) {
      throw new UnsupportedError(constant.name, text("NaN or infinity is cast to an integer"));
    }
    return encodeRaw(dtype, shape, data.map(Math.trunc));
  };
}

/** The placeholder of an unknown size: a prime beyond the sizes of states and batches. */
export const anySize = 1_000_003;

/** Integers as a constant that a graph computes: sizes and axes. */
export function integerConstant(
  name: string,
  made: {
    readonly values: readonly number[];
    readonly shape: Shape;
    readonly operator: string;
  },
): Constant {
  const { values, shape, operator } = made;
  const raw = encodeRaw("int64", shape, Float64Array.from(values));
  const readBox: ReadBox = (box) => Promise.resolve(cropRaw(raw, box));
  return { name, dtype: "int64", shape, readBox, from: [], by: [operator], depth: 1, reads: 1 };
}

/** How many integers may still be read while a graph is looked through. */
export interface Budget {
  integers: number;
}

/** Integers of a constant that is a shape, a list of axes or of indices; null when it is none, or the budget is used up. */
export async function smallIntegers(
  constant: Constant,
  budget: Budget,
): Promise<readonly number[] | null> {
  const { dtype, shape } = constant;
  if (dtype !== "int64" && dtype !== "int32") return null;
  if (elementCount(shape) > maxIntegers || constant.reads > smallReads) return null;
  budget.integers -= elementCount(shape) + constant.reads;
  if (budget.integers < 0) return null;
  const values = await constant.readBox({ start: shape.map(() => 0), size: shape });
  const { buffer, byteOffset } = values.bytes;
  const count = elementCount(shape);
  return dtype === "int64"
    ? Array.from(new BigInt64Array(buffer, byteOffset, count), Number)
    : Array.from(new Int32Array(buffer, byteOffset, count));
}

/** Shapes are put together from a few numbers. */
const smallReads = 64;

/** Indices that a Gather may pick: the permutation of a layer's rows. */
const maxIntegers = 2 ** 14;
