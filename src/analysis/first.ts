/**
 * Finds where a run first differs from its reference, in the order in which values depend on each other.
 */
import { directionIndexOf } from "../model/directions";
import type { Comparison } from "./compare";
import type { FinalStatesFrame } from "./lanes";
import { stepInProcessing } from "./noise";
import { sequenceLength } from "../model/sequence";

export type ComparedName = "output" | "h_n" | "c_n" | "embedded" | "logits" | "states";

/** The first element of one tensor that is outside tolerance; null when all are inside, or nothing was compared. */
export interface FirstOf<Name extends ComparedName = ComparedName> {
  readonly name: Name;
  /** Of `states`: which one of a step, `h`, `c` or the letter of a gate. */
  readonly quantity?: string;
  readonly first: Comparison["first"];
}

/**
 * The order at one place: gates, c, which comes of them, and h; at the same place the output before the states and before
 * h_n, because it has more values.
 */
const orderAtPlace: readonly string[] = [
  "embedded",
  ...["i", "f", "g", "o", "r", "z", "n", "c"].map((quantity) => `states ${quantity}`),
  ...["c_n", "output", "states h", "h_n", "logits"],
];

function orderOf({ name, quantity }: FirstOf): number {
  return orderAtPlace.indexOf(quantity === undefined ? name : `${name} ${quantity}`);
}

/**
 * The first of all in dependency order: the embedded input, then layer by layer from below, forward before reverse,
 * each direction in its order of processing, then the logits. null when nothing differs.
 */
export function firstOfAll<Found extends FirstOf>(
  found: readonly Found[],
  run: FinalStatesFrame,
): Found | null {
  const candidates = found
    .filter(({ first }) => first !== null)
    .map((each) => ({ each, key: keyOf(each, run) }))
    .sort((left, right) => compareKeys(left.key, right.key));
  return candidates[0]?.each ?? null;
}

/** [layer, direction, step in its order of processing, batch, tensor, unit] */
function keyOf(found: FirstOf, run: FinalStatesFrame): readonly number[] {
  const { name, first } = found;
  const { layer, direction, step, batch, unit } = first!;
  const order = orderOf(found);
  if (layer === null) {
    return [name === "embedded" ? -1 : run.config.numLayers, 0, step, batch, order, unit];
  }
  const s = stepInProcessing(direction, step, sequenceLength(run, batch));
  return [layer, directionIndexOf(run.config, direction), s, batch, order, unit];
}

function compareKeys(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! - right[at]!;
}
