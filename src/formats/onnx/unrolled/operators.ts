/**
 * The operators of which the steps of a recurrent layer consist, on numbers.
 *
 * Spec: onnx.ai/onnx/operators: Add, Sub, Mul, Div, Neg, Sigmoid, Tanh, Relu, MatMul, Gemm, with broadcasting.
 */
import { rowMajorStrides } from "../../../tensor/strided";
import { elementCount, sameShape, type Shape } from "../../../tensor/tensor";
import { canFold } from "../constants/fold";
import { intAttribute, type OnnxNode } from "../protobuf/graph";

/** Numbers of a value of a graph, row-major. */
export interface Values {
  readonly shape: Shape;
  readonly data: Float64Array;
  /** True for integers: sizes and indices. */
  readonly isWhole?: boolean;
}

const unary: ReadonlyMap<string, (value: number) => number> = new Map([
  ["Sigmoid", sigmoid],
  ["Tanh", Math.tanh],
  ["Relu", (value) => Math.max(0, value)],
  ["Neg", (value) => -value],
  ["Identity", (value) => value],
  ["Dropout", (value) => value],
]);

const binary: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ["Add", (left, right) => left + right],
  ["Sub", (left, right) => left - right],
  ["Mul", (left, right) => left * right],
  ["Div", (left, right) => left / right],
]);

/** 1 / (1 + e^−x) */
export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** True for operators between the products of a step: arithmetic, and those that arrange or select. */
export function isStepOperator(node: OnnxNode): boolean {
  return unary.has(node.operator) || binary.has(node.operator) || canFold(node);
}

/** True for operators that `compute` knows. */
export function isComputed({ operator }: OnnxNode): boolean {
  const isProduct = operator === "MatMul" || operator === "Gemm";
  return isProduct || unary.has(operator) || binary.has(operator);
}

/** The result of an operator; null where shapes do not fit. */
export function compute(node: OnnxNode, inputs: readonly Values[]): Values | null {
  const [first, second, third] = inputs;
  if (first === undefined) return null;
  const one = unary.get(node.operator);
  if (one !== undefined) return { shape: first.shape, data: first.data.map(one) };
  if (second === undefined) return null;
  const two = binary.get(node.operator);
  if (two !== undefined) return elementwise(first, second, two);
  const isTurned = node.operator === "Gemm" && intAttribute(node, "transB", 0) === 1;
  const result = product(first, second, isTurned);
  return result === null || third === undefined
    ? result
    : elementwise(result, third, (left, right) => left + right);
}

/** (…, K) · (K, N), or with (N, K) where it is turned → (…, N). */
export function product(left: Values, right: Values, isTurned: boolean): Values | null {
  const inner = left.shape.at(-1) ?? 0;
  const [k, n] = isTurned ? [right.shape[1], right.shape[0]] : right.shape;
  if (right.shape.length !== 2 || k !== inner || n === undefined || inner === 0) return null;
  const data = multiplied(left.data, right.data, { inner, n, isTurned });
  return { shape: [...left.shape.slice(0, -1), n], data };
}

function multiplied(
  left: Float64Array,
  right: Float64Array,
  {
    inner,
    n,
    isTurned,
  }: { readonly inner: number; readonly n: number; readonly isTurned: boolean },
): Float64Array {
  const rows = left.length / inner;
  const data = new Float64Array(rows * n);
  const [byInner, byColumn] = isTurned ? [1, inner] : [n, 1];
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < inner; at += 1) {
      const factor = left[row * inner + at] ?? 0;
      for (let column = 0; column < n; column += 1) {
        const to = row * n + column;
        data[to] = (data[to] ?? 0) + factor * (right[at * byInner + column * byColumn] ?? NaN);
      }
    }
  }
  return data;
}

/** NumPy's broadcasting. */
function elementwise(
  left: Values,
  right: Values,
  apply: (left: number, right: number) => number,
): Values | null {
  const shape = broadcast(left.shape, right.shape);
  if (shape === null) return null;
  const [from, by] = [placesIn(left.shape, shape), placesIn(right.shape, shape)];
  const data = Float64Array.from({ length: elementCount(shape) }, (_, index) =>
    apply(left.data[from(index)] ?? NaN, right.data[by(index)] ?? NaN),
  );
  return { shape, data };
}

function broadcast(left: Shape, right: Shape): Shape | null {
  const rank = Math.max(left.length, right.length);
  const sizeOf = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const [one, other] = [sizeOf(left, axis), sizeOf(right, axis)];
    if (one !== other && one !== 1 && other !== 1) return null;
    shape.push(one === 1 ? other : one);
  }
  return shape;
}

/** Where an element of a larger shape is in a value that is repeated along axes. */
function placesIn(own: Shape, shape: Shape): (index: number) => number {
  if (sameShape(own, shape)) return (index) => index;
  const strides = rowMajorStrides(own);
  const axes = shape.map((size, axis) => {
    const at = axis - shape.length + own.length;
    return { size, stride: (own[at] ?? 1) === 1 ? 0 : (strides[at] ?? 0) };
  });
  axes.reverse();
  return (index) => {
    let [rest, place] = [index, 0];
    for (const { size, stride } of axes) {
      place += stride * (rest % size);
      rest = Math.floor(rest / size);
    }
    return place;
  };
}
