/**
 * Where a value comes from through operators that only arrange it: which layer another one reads.
 *
 * Axes are followed by their names, so that a stack is one only where the layer above reads (T, B, D·H).
 */
import { smallIntegers } from "./onnxConstant";
import type { OnnxModel, PlacedNode, Scope } from "./onnxModel";

/** Names of axes, outermost first: T, B, D, H, I; `DH` for both directions side by side. null: not known. */
export type AxisNames = readonly string[] | null;

/** A step back: what a node that only arranges does, seen from what it reads to what it gives. */
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
  /** True where two directions were taken apart and joined again. */
  readonly isJoined: boolean;
}

/** More than any exporter puts between two layers. */
const maxSteps = 32;

/** Operators that give what they read, arranged otherwise. */
const arranging = new Set([
  "Transpose",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Identity",
  "Dropout",
  "Cast",
]);

/** Operators that give a part of what they read. */
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
    const way = { origin, steps: [...steps].reverse(), isJoined: false };
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
  return node.attributes.get("layout")?.int === 1 ? ["B", "T", "D", "H"] : ["T", "D", "B", "H"];
}

/** Two directions of one layer, each taken out by its index, one after the other along the last axis. */
async function joinedDirections(
  model: OnnxModel,
  concat: PlacedNode,
): Promise<{ readonly placed: PlacedNode; readonly axes: AxisNames } | null> {
  const { node, scope } = concat;
  if (node.inputs.length !== 2) return null;
  const ways = node.inputs.map((name) => wayBack(model, { scope, name }, isArrangingOrSelecting));
  const [first, second] = ways.map((way) => way.origin);
  if (first == null || second == null) return null;
  const isOne = first.placed === second.placed && first.output === 0 && second.output === 0;
  if (!isOne || !isRecurrent(first.placed)) return null;
  const names = outputAxes(first.placed);
  for (const [index, { steps }] of ways.entries()) {
    const selecting = steps.filter((step) => !isArranging(step.placed.node.operator));
    const [only] = selecting;
    // The direction is taken out of Y itself, before its axes are moved.
    if (only === undefined || selecting.length !== 1 || steps[0] !== only) return null;
    if ((await laneOf(model, only, names.indexOf("D"))) !== index) return null;
  }
  const axes = await axesAfter(model, names, ways[0]?.steps ?? []);
  const last = node.attributes.get("axis")?.int ?? NaN;
  if (axes !== null && (axes.at(-1) !== "H" || ![-1, axes.length - 1].includes(last))) return null;
  return { placed: first.placed, axes: axes === null ? null : [...axes.slice(0, -1), "DH"] };
}

/** The one index that a Slice, Gather or Split takes out of Y's axis of directions; −1 where it takes something else. */
async function laneOf(
  model: OnnxModel,
  { placed, output }: Arranging,
  axis: number,
): Promise<number> {
  const { node, scope } = placed;
  const integersOf = async (input: number, attribute: string): Promise<readonly number[]> => {
    const constant = model.constantNamed(scope, node.inputs[input]);
    const written = node.attributes.get(attribute)?.ints;
    if (written !== undefined) return written;
    return constant === null ? [] : ((await smallIntegers(constant, model.budget)) ?? []);
  };
  if (node.operator === "Slice") {
    const starts = await integersOf(1, "starts");
    const ends = await integersOf(2, "ends");
    const axes = await integersOf(3, "axes");
    const [start = -1, end = -1] = [starts[0], ends[0]];
    return axes[0] === axis && (end === start + 1 || (start === 1 && end >= 2)) ? start : -1;
  }
  if ((node.attributes.get("axis")?.int ?? 0) !== axis) return -1;
  return node.operator === "Gather" ? ((await integersOf(1, "indices"))[0] ?? -1) : output;
}

/** What becomes of the axes of a value; null where a step's shape is not known. */
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
  { node, scope }: PlacedNode,
): Promise<AxisNames> {
  const second = model.constantNamed(scope, node.inputs[1]);
  const written = second === null ? null : await smallIntegers(second, model.budget);
  switch (node.operator) {
    case "Transpose": {
      const axes = node.attributes.get("perm")?.ints ?? names.map((_, axis) => axis).reverse();
      return axes.length === names.length ? axes.map((axis) => names[axis] ?? "") : null;
    }
    case "Reshape":
      return axesReshaped(names, node.attributes.get("shape")?.ints ?? written);
    case "Squeeze": {
      const axes = node.attributes.get("axes")?.ints ?? written;
      const gone = axes?.map((axis) => (axis < 0 ? axis + names.length : axis));
      return names.filter((name, axis) => !(gone?.includes(axis) ?? name === "D"));
    }
    case "Unsqueeze": {
      const axes = node.attributes.get("axes")?.ints ?? written ?? [];
      const rank = names.length + axes.length;
      const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
      const rest = [...names];
      return Array.from({ length: rank }, (_, axis) =>
        added.has(axis) ? "1" : (rest.shift() ?? ""),
      );
    }
    case "Gather": {
      // A scalar index takes its axis away.
      const axis = node.attributes.get("axis")?.int ?? 0;
      return second?.shape.length === 0 ? names.filter((_, index) => index !== axis) : names;
    }
    default:
      return names;
  }
}

/** Of a Reshape from 4 to 3 axes only what exporters write is known: the last two become one. */
function axesReshaped(names: readonly string[], shape: readonly number[] | null): AxisNames {
  if (shape?.length !== 3 || names.length !== 4) return null;
  const isJoin = names[2] === "D" && names[3] === "H" && shape[0] === 0 && shape[1] === 0;
  return isJoin ? [names[0] ?? "", names[1] ?? "", "DH"] : null;
}
