/**
 * A node whose inputs are all constants, and the context for folding it.
 */
import type { ReadBox } from "../../../tensor/boxSource";
import type { Shape } from "../../../tensor/tensor";
import { maxAxes } from "../../base/limits";
import { madeOf, smallIntegers, type Budget, type Constant } from "./constant";
import type { OnnxNode } from "../protobuf/graph";

/** A node all of whose inputs are constants; null for an input that is left out. */
export interface ConstantNode {
  readonly node: OnnxNode;
  readonly inputs: readonly (Constant | null)[];
  readonly budget: Budget;
  /** Reads a tensor that is an attribute. */
  readonly attribute: (name: string) => Constant | null;
}

/** Gives each output of the node; null where it is not known how. */
export type Fold = (
  call: ConstantNode,
) => Promise<readonly (Constant | null)[]> | readonly (Constant | null)[];

/** The first input of a node that is folded. */
export function first({ inputs }: ConstantNode): Constant {
  const [constant] = inputs;
  if (constant == null) throw new Error("a node is folded without its first input");
  return constant;
}

/** The first input under another shape. */
export function view(
  call: ConstantNode,
  shape: Shape,
  readBox: ReadBox,
  output = 0,
): Constant | null {
  const { dtype } = first(call);
  const { operator, outputs } = call.node;
  if (shape.length > maxAxes) return null;
  return madeOf([first(call)], { name: outputs[output] ?? "", dtype, shape, operator, readBox });
}

/** Integers that are an attribute in old versions of an operator and an input in new ones; null where there are none. */
export async function integersOf(
  { node, inputs, budget }: ConstantNode,
  { input, attribute }: { readonly input: number; readonly attribute: string },
): Promise<readonly number[] | null> {
  const written = node.attributes.get(attribute);
  if (written !== undefined) return written.ints;
  const constant = inputs[input];
  return constant == null ? null : smallIntegers(constant, budget);
}

/** Negative axes count from the end; null for one that is not there. */
export function axisOf(written: number, rank: number): number | null {
  const axis = written < 0 ? written + rank : written;
  return Number.isInteger(axis) && axis >= 0 && axis < rank ? axis : null;
}
