/**
 * The other inputs of a recurrent node: initial states and lengths, if the file has them.
 */
import { isUnrollError } from "../../../core/errors";
import { picked } from "../../../tensor/boxSource";
import { decodeRaw, wholeBox } from "../../../tensor/raw";
import { elementCount, type Tensor } from "../../../tensor/tensor";
import type { OnnxOperand } from "../../base/declared";
import { anySize, madeOf, type Constant } from "../constants/constant";
import { fullName, type OnnxModel, type PlacedNode } from "./model";
import type { SupposedValues } from "./supposed";
import { isArrangingOrSelecting } from "./trace";

/** One of a node's inputs. */
export interface OperandPlace {
  /** Index among the node's inputs. */
  readonly input: number;
  /** Index of the axis B. */
  readonly batchAxis: number;
  /** The value that is as good as none: 0 of a state, any size of a length (all steps). */
  readonly nothing: number;
}

/** The constant that a node reads, and the record of it for its module; null when there is none. */
export interface FoundOperand {
  readonly constant: Constant | null;
  readonly operand: OnnxOperand | null;
}

/** States whose values are looked at when a file is opened; larger ones are taken to be something. */
const maxLookedAt = 2 ** 18;

/** More than any exporter puts between an input and a node. */
const maxSteps = 64;

/** Operators between a model's input and a node that pass values on: their first input. */
const passing: ReadonlySet<string> = new Set(["Expand", "Tile"]);

/** One input of the node. */
export async function findOperand(
  model: OnnxModel,
  supposed: SupposedValues,
  placed: PlacedNode,
  place: OperandPlace,
): Promise<FoundOperand> {
  const { scope, node } = placed;
  const name = node.inputs[place.input];
  if (name === undefined || name === "") return { constant: null, operand: null };
  const constant = await supposed.of({ scope, name });
  if (constant === null) return { constant, operand: originOf(model, placed, name) };
  const { batchAxis } = place;
  const isSpread = constant.shape[batchAxis] === anySize;
  const one = isSpread ? firstAlong(constant, batchAxis) : constant;
  if (one === null || one.shape.includes(anySize)) {
    return { constant: null, operand: originOf(model, placed, name) };
  }
  const values = await lookAt(one);
  if (values?.data.every((value) => value === place.nothing) === true) {
    return { constant: one, operand: null };
  }
  const batch = values !== null && isSameAlong(values, batchAxis) ? 1 : one.shape[batchAxis];
  const { name: entry } = model.entryOf(one, scope);
  return { constant: one, operand: { kind: "constant", entry, batch: batch ?? 1 } };
}

/** The first index along an axis of a constant that repeats along it. */
function firstAlong(constant: Constant, axis: number): Constant | null {
  const { name, dtype, shape, by } = constant;
  const picks = { count: 1, at: () => 0, isRun: true };
  const readBox = picked(constant, axis, picks);
  const once = shape.map((size, index) => (index === axis ? 1 : size));
  return madeOf([constant], { name, dtype, shape: once, operator: by.at(-1) ?? "", readBox });
}

/** The values of a small constant; null where they are many, or cannot be read: a run will say why. */
async function lookAt(constant: Constant): Promise<Tensor | null> {
  if (elementCount(constant.shape) > maxLookedAt) return null;
  try {
    return decodeRaw(await constant.readBox(wholeBox(constant.shape)), constant.name);
  } catch (error) {
    if (isUnrollError(error)) return null;
    throw error;
  }
}

/** Whether an axis repeats one value, such as a learned state that was exported for a batch of a fixed size. */
function isSameAlong({ data, shape }: Tensor, axis: number): boolean {
  const inner = elementCount(shape.slice(axis + 1));
  const run = inner * (shape[axis] ?? 1);
  return data.every((value, index) => {
    const first = index - (index % run) + (index % inner);
    return Object.is(value, data[first]);
  });
}

/** Where a value comes from that is no constant: an input of the model, or the node that computes it. */
function originOf(model: OnnxModel, start: PlacedNode, value: string): OnnxOperand {
  let { scope } = start;
  let name: string | undefined = value;
  let by = value;
  for (let step = 0; step < maxSteps; step += 1) {
    const producer = model.producerOf(scope, name);
    // A constant that is not known to be one here is made something else on the way.
    if (model.constantNamed(scope, name) !== null) return { kind: "computed", by };
    if (producer === null) return sourceOf(scope, name ?? value);
    const { placed } = producer;
    by = fullName(placed);
    const { operator } = placed.node;
    if (!isArrangingOrSelecting(operator) && !passing.has(operator)) {
      return { kind: "computed", by };
    }
    ({ scope } = placed);
    [name] = placed.node.inputs;
  }
  return { kind: "computed", by };
}

/** The inputs of a loop's body are the outputs of the previous iteration. */
function sourceOf(scope: PlacedNode["scope"], name: string): OnnxOperand {
  for (let at: PlacedNode["scope"] | null = scope; at !== null; at = at.parent) {
    if (at.parent !== null && at.inputs.has(name)) return { kind: "computed", by: at.path };
  }
  return { kind: "input", name };
}
