/**
 * Folds operators on constants: those that arrange or repeat elements, Cast, and arithmetic of sizes.
 *
 * Exporters compute the weights of recurrent nodes so: PyTorch's slices gates out and joins them in ONNX' order,
 * tf2onnx transposes and reshapes kernels. Spec: onnx.ai/onnx/operators, all versions of each operator.
 */
import { joined, picked, reshaped, transposed, type Picks } from "../../../tensor/boxSource";
import type { DType } from "../../../tensor/dtype";
import { elementCount, sameShape, type Shape } from "../../../tensor/tensor";
import { maxAxes } from "../../base/limits";
import { converted, madeOf, smallIntegers, type Constant } from "./constant";
import { axisOf, first, integersOf, view, type ConstantNode, type Fold } from "./constantNode";
import { sizeFolds } from "./foldSizes";
import { intAttribute, type OnnxNode } from "../protobuf/graph";

const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ["Identity", (call) => [first(call)]],
  ["Transpose", foldTranspose],
  ["Reshape", foldReshape],
  ["Flatten", foldFlatten],
  ["Squeeze", foldSqueeze],
  ["Unsqueeze", foldUnsqueeze],
  ["Slice", foldSlice],
  ["Split", foldSplit],
  ["Gather", foldGather],
  ["Concat", foldConcat],
  ["Cast", foldCast],
  ...sizeFolds,
]);

/** True for operators that `fold` knows. */
export function canFold({ operator }: OnnxNode): boolean {
  return folds.has(operator);
}

/**
 * The outputs of a node whose inputs are constants; null for outputs that cannot be computed.
 * @throws what reading a constant throws: shapes and axes are read.
 */
export async function fold(call: ConstantNode): Promise<readonly (Constant | null)[]> {
  if (call.inputs[0] == null) return [];
  return (await folds.get(call.node.operator)?.(call)) ?? [];
}

function foldTranspose(call: ConstantNode): (Constant | null)[] {
  const { shape } = first(call);
  const written = call.node.attributes.get("perm")?.ints ?? shape.map((_, axis) => axis).reverse();
  const isPermutation =
    written.length === shape.length && shape.every((_, axis) => written.includes(axis));
  if (!isPermutation) return [];
  return [
    view(
      call,
      written.map((axis) => shape[axis] ?? 0),
      transposed(first(call), written),
    ),
  ];
}

async function foldReshape(call: ConstantNode): Promise<(Constant | null)[]> {
  const written = await integersOf(call, { input: 1, attribute: "shape" });
  if (written === null) return [];
  const allowsZero = intAttribute(call.node, "allowzero", 0) === 1;
  const shape = resolveShape(first(call).shape, written, allowsZero);
  return shape === null ? [] : [reshapedView(call, shape)];
}

/** 0 keeps the size of the same axis, −1 takes the remaining size. */
function resolveShape(from: Shape, written: readonly number[], allowsZero: boolean): Shape | null {
  const sizes = written.map((size, axis) => (size === 0 && !allowsZero ? (from[axis] ?? 0) : size));
  const known = elementCount(sizes.filter((size) => size !== -1));
  const shape = sizes.map((size) => (size === -1 ? elementCount(from) / known : size));
  const isShape = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  return isShape && elementCount(shape) === elementCount(from) ? shape : null;
}

function foldFlatten(call: ConstantNode): (Constant | null)[] {
  const { shape } = first(call);
  const axis = axisOf(intAttribute(call.node, "axis", 1), shape.length + 1);
  if (axis === null) return [];
  const sizes = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))];
  return [reshapedView(call, sizes)];
}

async function foldSqueeze(call: ConstantNode): Promise<(Constant | null)[]> {
  const { shape } = first(call);
  const written = await integersOf(call, { input: 1, attribute: "axes" });
  const axes = written?.map((axis) => axisOf(axis, shape.length));
  const shapeLeft = shape.filter((size, axis) => !(axes?.includes(axis) ?? size === 1));
  return axes?.includes(null) === true || elementCount(shapeLeft) !== elementCount(shape)
    ? []
    : [reshapedView(call, shapeLeft)];
}

async function foldUnsqueeze(call: ConstantNode): Promise<(Constant | null)[]> {
  const { shape } = first(call);
  const written = await integersOf(call, { input: 1, attribute: "axes" });
  if (written === null || shape.length + written.length > maxAxes) return [];
  const axes = written.map((axis) => axisOf(axis, shape.length + written.length));
  if (new Set(axes).size !== axes.length || axes.includes(null)) return [];
  const sizes = [...shape];
  const result = Array.from({ length: shape.length + axes.length }, (_, axis) =>
    axes.includes(axis) ? 1 : (sizes.shift() ?? 1),
  );
  return [reshapedView(call, result)];
}

function reshapedView(call: ConstantNode, shape: Shape): Constant | null {
  return view(call, shape, reshaped(first(call), shape));
}

/** starts, ends, axes and steps are attributes before opset 10, inputs since. */
async function foldSlice(call: ConstantNode): Promise<(Constant | null)[]> {
  const starts = await integersOf(call, { input: 1, attribute: "starts" });
  const ends = await integersOf(call, { input: 2, attribute: "ends" });
  if (starts === null || ends?.length !== starts.length) return [];
  const axes = (await integersOf(call, { input: 3, attribute: "axes" })) ?? [...starts.keys()];
  const steps = await integersOf(call, { input: 4, attribute: "steps" });
  const slices = starts.map((start, index) => ({
    start,
    end: ends[index] ?? 0,
    step: steps === null ? 1 : (steps[index] ?? 0),
    axis: axisOf(axes[index] ?? NaN, first(call).shape.length),
  }));
  let result: Constant | null = view(call, first(call).shape, first(call).readBox);
  for (const { axis, ...slice } of slices) {
    if (result === null || axis === null || slice.step === 0) return [];
    const picks = slicePicks(result.shape[axis] ?? 0, slice);
    const next = pickedFrom(call, result, { axis, picks, output: 0 });
    // One operator, however many axes it has.
    result = next === null ? null : { ...next, depth: first(call).depth + 1 };
  }
  return [result];
}

/** As Python slices: negative indices count from the end, everything is clamped. */
function slicePicks(
  size: number,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
): Picks {
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number): number =>
    Math.min(highest, Math.max(lowest, at < 0 ? at + size : at));
  const from = clamp(start);
  const count = Math.max(0, Math.ceil((clamp(end) - from) / step));
  return { count, at: (index) => from + index * step, isRun: step === 1 };
}

/** Sizes are an attribute before opset 13, an input since; without them the parts are equal. */
async function foldSplit(call: ConstantNode): Promise<(Constant | null)[]> {
  const { shape } = first(call);
  const { outputs } = call.node;
  const axis = axisOf(intAttribute(call.node, "axis", 0), shape.length);
  if (axis === null) return [];
  const size = shape[axis] ?? 0;
  const equal = Math.ceil(size / outputs.length);
  const written = await integersOf(call, { input: 1, attribute: "split" });
  const sizes =
    written ?? outputs.map((_, index) => Math.max(0, Math.min(equal, size - index * equal)));
  const isWhole = sizes.every((each) => each >= 0) && sizes.reduce((a, b) => a + b, 0) === size;
  if (!isWhole || sizes.length !== outputs.length) return [];
  let start = 0;
  return sizes.map((count, output) => {
    const offset = start;
    start += count;
    const picks = { count, at: (index: number) => offset + index, isRun: true };
    return pickedFrom(call, first(call), { axis, picks, output });
  });
}

async function foldGather(call: ConstantNode): Promise<(Constant | null)[]> {
  const [constant, indices] = [first(call), call.inputs[1]];
  const axis = axisOf(intAttribute(call.node, "axis", 0), constant.shape.length);
  if (axis === null || indices == null || indices.shape.length > 1) return [];
  const written = await smallIntegers(indices, call.budget);
  const size = constant.shape[axis] ?? 0;
  const found = written?.map((at) => (at < 0 ? at + size : at));
  if (found?.every((at) => at >= 0 && at < size) !== true) return [];
  const at = (index: number): number => found[index] ?? 0;
  const picks = { count: found.length, at, isRun: found.length === 1 };
  const rows = pickedFrom(call, constant, { axis, picks, output: 0 });
  if (rows === null || indices.shape.length === 1) return [rows];
  // A scalar index takes its axis away.
  const shape = constant.shape.filter((_, index) => index !== axis);
  return [{ ...rows, shape, readBox: reshaped(rows, shape) }];
}

function pickedFrom(
  { node }: ConstantNode,
  constant: Constant,
  {
    axis,
    picks,
    output,
  }: { readonly axis: number; readonly picks: Picks; readonly output: number },
): Constant | null {
  const { dtype } = constant;
  const shape = constant.shape.map((size, index) => (index === axis ? picks.count : size));
  const readBox = picked(constant, axis, picks);
  const { operator, outputs } = node;
  return madeOf([constant], { name: outputs[output] ?? "", dtype, shape, operator, readBox });
}

function foldConcat({ node, inputs }: ConstantNode): (Constant | null)[] {
  const parts = inputs.filter((part) => part !== null);
  const [head] = parts;
  if (head === undefined || parts.length !== inputs.length) return [];
  const axis = axisOf(intAttribute(node, "axis", 1), head.shape.length);
  if (axis === null) return [];
  const without = ({ shape }: Constant): Shape => shape.map((size, at) => (at === axis ? 0 : size));
  const fits = parts.every(
    (part) => part.dtype === head.dtype && sameShape(without(part), without(head)),
  );
  if (!fits) return [];
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const shape = head.shape.map((size, at) => (at === axis ? length : size));
  const { dtype } = head;
  const [name = ""] = node.outputs;
  const readBox = joined(parts, axis);
  return [madeOf(parts, { name, dtype, shape, operator: node.operator, readBox })];
}

/** TensorProto.DataType of the types that numbers are turned into. */
const castTypes: ReadonlyMap<number, DType> = new Map([
  [1, "float32"],
  [6, "int32"],
  [7, "int64"],
  [10, "float16"],
  [11, "float64"],
  [16, "bfloat16"],
]);

function foldCast(call: ConstantNode): (Constant | null)[] {
  const constant = first(call);
  const dtype = castTypes.get(intAttribute(call.node, "to", 0));
  if (dtype === undefined || constant.dtype.startsWith("complex")) return [];
  const [name = ""] = call.node.outputs;
  const { shape } = constant;
  const { operator } = call.node;
  const readBox = dtype === constant.dtype ? constant.readBox : converted(constant, dtype);
  return [madeOf([constant], { name, dtype, shape, operator, readBox })];
}
