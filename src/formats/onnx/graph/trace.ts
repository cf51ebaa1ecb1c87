/**
 * Traces a value back through operators that only rearrange it, to the layer that computed it.
 *
 * Axes are followed by their names, so that a stack is one only where the layer above reads (T, B, D·H).
 */
import { smallIntegers, type Constant } from "../constants/constant";
import { intAttribute, type OnnxNode } from "../protobuf/graph";
import type { OnnxModel, PlacedNode, Scope } from "./model";

/** Names of axes, outermost first: T, B, D, H, I; `DH` for both directions side by side. null: not known. */
export type AxisNames = readonly string[] | null;

/** A step back through a node that only rearranges its input. */
interface Arranging {
  readonly placed: PlacedNode;
  /** Which of the node's outputs the way goes through. */
  readonly output: number;
}

/** The end of the way back. */
export interface Way {
  /** The node whose output this is; null for an input of the model. */
  readonly origin: { readonly placed: PlacedNode; readonly output: number } | null;
  /** Nodes from the origin on, in the order of the graph. */
  readonly steps: readonly Arranging[];
}

/** More than any exporter puts between two layers. */
const maxSteps = 32;

/** Operators that return their input rearranged. */
const arranging = new Set([
  "Transpose",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Identity",
  "Dropout",
  "Cast",
]);

/** Operators that return a part of their input. */
const selecting = new Set(["Slice", "Gather", "Split"]);

/** Follows a value back as far as `accepts` lets it. */
export function wayBack(
  model: OnnxModel,
  start: { readonly scope: Scope; readonly name: string | undefined },
  accepts: (operator: string) => boolean,
): Way {
  const steps: Arranging[] = [];
  let { scope, name } = start;
  for (;;) {
    const origin = model.producerOf(scope, name);
    const way = { origin, steps: [...steps].reverse() };
    if (origin === null || steps.length >= maxSteps) return way;
    if (!accepts(origin.placed.node.operator)) return way;
    steps.push(origin);
    ({ scope } = origin.placed);
    [name] = origin.placed.node.inputs;
  }
}

/** True for operators that only arrange. */
export function isArranging(operator: string): boolean {
  return arranging.has(operator);
}

/** True for operators that arrange or select. */
export function isArrangingOrSelecting(operator: string): boolean {
  return arranging.has(operator) || selecting.has(operator);
}

/**
 * The recurrent node that another one reads, all of its steps and both of its directions, and the names of the axes in
 * which the value arrives; null where it reads something else.
 */
export async function layerBelow(
  model: OnnxModel,
  start: { readonly scope: Scope; readonly name: string | undefined },
): Promise<{ readonly placed: PlacedNode; readonly axes: AxisNames } | null> {
  const way = wayBack(model, start, isArranging);
  if (way.origin === null) return null;
  const { placed, output } = way.origin;
  if (placed.node.operator === "Concat") {
    const joined = await joinedDirections(model, placed);
    if (joined === null) return null;
    return { placed: joined.placed, axes: await axesAfter(model, joined.axes, way.steps) };
  }
  if (!isRecurrent(placed) || output !== 0) return null;
  return { placed, axes: await axesAfter(model, outputAxes(placed), way.steps) };
}

/** True for RNN, GRU and LSTM. */
export function isRecurrent({ node }: PlacedNode): boolean {
  return node.operator === "RNN" || node.operator === "GRU" || node.operator === "LSTM";
}

/** Axes of Y: (T, D, B, H), or (B, T, D, H) in layout 1. */
function outputAxes({ node }: PlacedNode): readonly string[] {
  return intAttribute(node, "layout", 0) === 1 ? ["B", "T", "D", "H"] : ["T", "D", "B", "H"];
}

/** Two directions of one layer, each taken out by its index, one after the other along the last axis. */
async function joinedDirections(
  model: OnnxModel,
  { node, scope }: PlacedNode,
): Promise<{ readonly placed: PlacedNode; readonly axes: AxisNames } | null> {
  const ways = node.inputs
    .slice(0, 3)
    .map((name) => wayBack(model, { scope, name }, isArrangingOrSelecting));
  const placed = commonOrigin(ways);
  if (placed === null) return null;
  const names = outputAxes(placed);
  for (const [index, { steps }] of ways.entries()) {
    if ((await laneTaken(model, steps, names.indexOf("D"))) !== index) return null;
  }
  const axes = await axesAfter(model, names, ways[0]?.steps ?? []);
  if (axes === null) return { placed, axes };
  const isAlongUnits = [-1, axes.length - 1].includes(intAttribute(node, "axis", NaN));
  return isAlongUnits && axes.at(-1) === "H"
    ? { placed, axes: [...axes.slice(0, -1), "DH"] }
    : null;
}

/** Which direction a way takes, out of Y itself before its axes are moved; −1 where it does something else. */
async function laneTaken(
  model: OnnxModel,
  steps: readonly Arranging[],
  axis: number,
): Promise<number> {
  const [first] = steps;
  const chosen = steps.filter((step) => !isArranging(step.placed.node.operator));
  return first !== undefined && chosen.length === 1 && chosen[0] === first
    ? laneOf(model, first, axis)
    : -1;
}

/** The recurrent node whose output Y two ways begin at; null where they are others. */
function commonOrigin(ways: readonly Way[]): PlacedNode | null {
  const [first, second] = ways.map(({ origin }) => origin);
  if (ways.length !== 2 || first == null || second == null) return null;
  const isOne = first.placed === second.placed && first.output === 0 && second.output === 0;
  return isOne && isRecurrent(first.placed) ? first.placed : null;
}

/** The one index that a Slice, Gather or Split takes out of an axis; −1 where it takes something else. */
async function laneOf(
  model: OnnxModel,
  { placed, output }: Arranging,
  axis: number,
): Promise<number> {
  const { node } = placed;
  if (node.operator === "Slice") return laneOfSlice(model, placed, axis);
  if (intAttribute(node, "axis", 0) !== axis) return -1;
  if (node.operator === "Split") return output;
  const [index = -1] = await operandOf(model, placed, { input: 1, attribute: "indices" });
  return index;
}

async function laneOfSlice(model: OnnxModel, placed: PlacedNode, axis: number): Promise<number> {
  const [start = -1] = await operandOf(model, placed, { input: 1, attribute: "starts" });
  const [end = -1] = await operandOf(model, placed, { input: 2, attribute: "ends" });
  const [along] = await operandOf(model, placed, { input: 3, attribute: "axes" });
  const isOne = end === start + 1 || (start === 1 && end >= 2);
  return along === axis && isOne ? start : -1;
}

/** Integers that are an attribute in old versions of an operator and an input in new ones; none where they are unknown. */
export async function operandOf(
  model: OnnxModel,
  { node, scope }: PlacedNode,
  { input, attribute }: { readonly input: number; readonly attribute: string },
): Promise<readonly number[]> {
  const written = node.attributes.get(attribute)?.ints;
  if (written !== undefined) return written;
  const constant = model.constantNamed(scope, node.inputs[input]);
  return constant === null ? [] : ((await smallIntegers(constant, model.budget)) ?? []);
}

/** The effect of the steps on the axes of a value; null when a step's shape is unknown. */
export async function axesAfter(
  model: OnnxModel,
  axes: AxisNames,
  steps: readonly Arranging[],
): Promise<AxisNames> {
  let names = axes;
  for (const { placed } of steps) {
    if (names === null) return null;
    names = await axesAfterOne(model, names, placed);
  }
  return names;
}

async function axesAfterOne(
  model: OnnxModel,
  names: readonly string[],
  placed: PlacedNode,
): Promise<AxisNames> {
  const { node } = placed;
  switch (node.operator) {
    case "Transpose": {
      const axes = node.attributes.get("perm")?.ints ?? names.map((_, axis) => axis).reverse();
      return axes.length === names.length ? axes.map((axis) => names[axis] ?? "") : null;
    }
    case "Reshape":
      return axesReshaped(names, await operandOf(model, placed, { input: 1, attribute: "shape" }));
    case "Squeeze":
      return axesSqueezed(names, await operandOf(model, placed, { input: 1, attribute: "axes" }));
    case "Unsqueeze":
      return axesUnsqueezed(names, await operandOf(model, placed, { input: 1, attribute: "axes" }));
    case "Gather":
      return axesGathered(names, node, model.constantNamed(placed.scope, node.inputs[1]));
    default:
      return names;
  }
}

/** A scalar index takes its axis away. */
function axesGathered(names: readonly string[], node: OnnxNode, index: Constant | null): AxisNames {
  const axis = intAttribute(node, "axis", 0);
  return index?.shape.length === 0 ? names.filter((_, each) => each !== axis) : names;
}

/** Without axes, those of size 1 go: of a value here, the one of directions. */
function axesSqueezed(names: readonly string[], axes: readonly number[]): AxisNames {
  const gone = axes.map((axis) => (axis < 0 ? axis + names.length : axis));
  return names.filter((name, axis) => (gone.length === 0 ? name !== "D" : !gone.includes(axis)));
}

function axesUnsqueezed(names: readonly string[], axes: readonly number[]): AxisNames {
  const rank = names.length + axes.length;
  const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...names];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? "1" : (rest.shift() ?? "")));
}

/** Of a Reshape from 4 to 3 axes only what exporters write is known: the last two become one. */
function axesReshaped(names: readonly string[], shape: readonly number[]): AxisNames {
  if (shape.length !== 3 || names.length !== 4) return null;
  const isJoin = names[2] === "D" && names[3] === "H" && shape[0] === 0 && shape[1] === 0;
  return isJoin ? [names[0] ?? "", names[1] ?? "", "DH"] : null;
}
