/**
 * The operators of which the steps of a recurrent layer consist, on numbers.
 *
 * Spec: onnx.ai/onnx/operators: Add, Sub, Mul, Div, Neg, Sigmoid, Tanh, Relu, MatMul, Gemm, with broadcasting.
 */
import { elementCount, type Shape } from "../../../tensor/tensor";
import { canFold } from "../fold";
import { intAttribute, type OnnxNode } from "../graph";

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
  const rows = left.data.length / inner;
  const data = new Float64Array(rows * n);
  const [byInner, byColumn] = isTurned ? [1, inner] : [n, 1];
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < inner; at += 1) {
      const factor = left.data[row * inner + at] ?? 0;
      for (let column = 0; column < n; column += 1) {
        const to = row * n + column;
        data[to] = data[to]! + factor * right.data[at * byInner + column * byColumn]!;
      }
    }
  }
  return { shape: [...left.shape.slice(0, -1), n], data };
}

/** NumPy's broadcasting. */
function elementwise(
  left: Values,
  right: Values,
  apply: (left: number, right: number) => number,
): Values | null {
  const shape = broadcast(left.shape, right.shape);
  if (shape === null) return null;
  const [from, by] = [stridesIn(left.shape, shape), stridesIn(right.shape, shape)];
  const data = new Float64Array(elementCount(shape));
  const index = shape.map(() => 0);
  let [at, to] = [0, 0];
  for (let each = 0; each < data.length; each += 1) {
    data[each] = apply(left.data[at]!, right.data[to]!);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] = index[axis]! + 1;
      at += from[axis]!;
      to += by[axis]!;
      if (index[axis]! < shape[axis]!) break;
      at -= from[axis]! * shape[axis]!;
      to -= by[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
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

/** Strides of a value under a larger shape: 0 along axes that it is repeated along. */
function stridesIn(own: Shape, shape: Shape): number[] {
  const strides = shape.map(() => 0);
  let stride = 1;
  for (let axis = own.length - 1; axis >= 0; axis -= 1) {
    if (own[axis] !== 1) strides[axis + shape.length - own.length] = stride;
    stride *= own[axis] ?? 1;
  }
  return strides;
}
