/**
 * Folds operators that repeat elements to a size, and the integer operators that compute such sizes.
 *
 * Exporters compute the initial states of recurrent nodes in this way: zeros or a learned state, expanded to the batch.
 * Spec: onnx.ai/onnx/operators, all versions of each operator.
 */
import { picked, reshaped } from "../../../tensor/boxSource";
import { byteWidth } from "../../../tensor/dtype";
import { elementCount, type Shape } from "../../../tensor/tensor";
import { maxAxes } from "../../base/limits";
import { anySize, integerConstant, madeOf, smallIntegers, type Constant } from "./constant";
import { first, integersOf, view, type ConstantNode, type Fold } from "./constantNode";
import { intAttribute } from "../protobuf/graph";

export const sizeFolds: readonly (readonly [operator: string, fold: Fold])[] = [
  ["Expand", foldExpand],
  ["Tile", foldTile],
  ["ConstantOfShape", foldFilled],
  ["Shape", foldShape],
  ["Add", arithmetic((left, right) => left + right)],
  ["Sub", arithmetic((left, right) => left - right)],
  ["Mul", arithmetic((left, right) => left * right)],
  ["Div", arithmetic((left, right) => Math.trunc(left / right))],
  ["Max", arithmetic(Math.max)],
  ["Equal", arithmetic((left, right) => Number(left === right))],
  ["Where", foldWhere],
];

/** Broadcasting both ways: an axis of size 1 takes the size that is asked for, and the other way round. */
async function foldExpand(call: ConstantNode): Promise<(Constant | null)[]> {
  const written = await integersOf(call, { input: 1, attribute: "shape" });
  const shape = written === null ? null : broadcastShape(first(call).shape, written);
  if (shape === null) return [];
  const { shape: own } = first(call);
  const padded = [...shape.slice(own.length).map(() => 1), ...own];
  return [repeatedTo(call, padded, shape)];
}

async function foldTile(call: ConstantNode): Promise<(Constant | null)[]> {
  const { shape } = first(call);
  const repeats = await integersOf(call, { input: 1, attribute: "repeats" });
  if (repeats?.length !== shape.length || repeats.some((count) => count < 0)) return [];
  return [
    repeatedTo(
      call,
      shape,
      shape.map((size, axis) => size * (repeats[axis] ?? 1)),
    ),
  ];
}

/** The first input, read under `own` shape, as often along each axis as `shape` has room for. */
function repeatedTo(call: ConstantNode, own: Shape, shape: Shape): Constant | null {
  const start = view(call, own, reshaped(first(call), own));
  if (start === null || elementCount(own) === 0) return null;
  let result: Constant = start;
  for (const [axis, count] of shape.entries()) {
    const size = own[axis] ?? 1;
    if (count === size) continue;
    const picks = { count, at: (index: number) => index % size, isRun: false };
    const readBox = picked(result, axis, picks);
    const next = result.shape.map((each, index) => (index === axis ? count : each));
    result = { ...result, shape: next, readBox };
  }
  return Number.isSafeInteger(16 * elementCount(result.shape)) ? result : null;
}

/** A tensor of one value; zero where the node names none. */
async function foldFilled(call: ConstantNode): Promise<(Constant | null)[]> {
  const shape = await smallIntegers(first(call), call.budget);
  const value = call.attribute("value") ?? filledWithZero;
  if (shape === null || shape.length > maxAxes || shape.some((size) => size < 0)) return [];
  const { dtype } = value;
  const width = byteWidth(dtype);
  const readOne = value.readBox;
  const { operator, outputs } = call.node;
  return [
    madeOf([], {
      name: outputs[0] ?? "",
      dtype,
      shape,
      operator,
      readBox: async ({ size }) => {
        const one = await readOne({ start: value.shape.map(() => 0), size: value.shape });
        const bytes = new Uint8Array(elementCount(size) * width);
        for (let at = 0; at < bytes.length; at += width)
          bytes.set(one.bytes.subarray(0, width), at);
        return { dtype, shape: size, bytes };
      },
    }),
  ];
}

/** The default value of ConstantOfShape. */
const filledWithZero: Pick<Constant, "dtype" | "shape" | "readBox"> = {
  dtype: "float32",
  shape: [1],
  readBox: () => Promise.resolve({ dtype: "float32", shape: [1], bytes: new Uint8Array(4) }),
};

/** `start` and `end` since opset 15. */
function foldShape(call: ConstantNode): (Constant | null)[] {
  const { shape } = first(call);
  const start = intAttribute(call.node, "start", 0);
  const end = intAttribute(call.node, "end", shape.length);
  return [integers(call, shape.slice(start, end))];
}

/** Integers only, because sizes are never floats. */
function arithmetic(compute: (left: number, right: number) => number): Fold {
  return (call) => elementwise(call, ([left = 0, right = 0]) => compute(left, right));
}

function foldWhere(call: ConstantNode): Promise<(Constant | null)[]> {
  return elementwise(call, ([condition = 0, left = 0, right = 0]) =>
    condition === 0 ? right : left,
  );
}

/** Vectors of one length, or single numbers. */
async function elementwise(
  call: ConstantNode,
  compute: (values: readonly number[]) => number,
): Promise<(Constant | null)[]> {
  const operands: (readonly number[])[] = [];
  for (const input of call.inputs) {
    const values = input === null ? null : await smallIntegers(input, call.budget);
    if (values === null) return [];
    operands.push(values);
  }
  const length = Math.max(...operands.map((values) => values.length));
  if (operands.some((values) => values.length !== length && values.length !== 1)) return [];
  const results = Array.from({ length }, (_, index) =>
    compute(operands.map((values) => values[values.length === 1 ? 0 : index] ?? 0)),
  );
  const rank = Math.max(...call.inputs.map((input) => input?.shape.length ?? 0));
  if (rank > 1 || !results.every(Number.isSafeInteger)) return [];
  return [integers(call, results, rank === 0 ? [] : [length])];
}

function integers({ node }: ConstantNode, values: readonly number[], shape?: Shape): Constant {
  const { operator, outputs } = node;
  return integerConstant(outputs[0] ?? "", { values, shape: shape ?? [values.length], operator });
}

/** The shape that two broadcast to; null where they do not. */
function broadcastShape(left: Shape, right: Shape): Shape | null {
  const rank = Math.max(left.length, right.length);
  const size = (shape: Shape, axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [size(left, axis), size(right, axis)];
    // A size that is not known can only be the one that is there, where that is not 1.
    if (a === b || b === 1 || (b === anySize && a !== 1)) return a;
    return a === 1 ? b : -1;
  });
  return rank > maxAxes || sizes.some((each) => each < 0) ? null : sizes;
}
