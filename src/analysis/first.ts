/**
 * Finds where a run first differs from its reference, in the order in which values depend on each other.
 */
import { directionIndexOf } from "../model/directions";
import type { Comparison } from "./compare";
import type { FinalStatesFrame } from "./lanes";
import { stepInProcessing } from "./noise";

export type ComparedName = "output" | "h_n" | "c_n" | "embedded" | "logits";

/** The first element of one tensor that is outside tolerance; null when all are inside, or nothing was compared. */
export interface FirstOf<Name extends ComparedName = ComparedName> {
  readonly name: Name;
  readonly first: Comparison["first"];
}

/** The order at one place: c comes before h, which depends on it, and output before h_n, because it has more values. */
const orderAtPlace: readonly ComparedName[] = ["embedded", "c_n", "output", "h_n", "logits"];

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
function keyOf({ name, first }: FirstOf, run: FinalStatesFrame): readonly number[] {
  const { layer, direction, step, batch, unit } = first!;
  const order = orderAtPlace.indexOf(name);
  if (layer === null) {
    return [name === "embedded" ? -1 : run.config.numLayers, 0, step, batch, order, unit];
  }
  const s = stepInProcessing(direction, step, run.lengths?.[batch] ?? run.seqLength);
  return [layer, directionIndexOf(run.config, direction), s, batch, order, unit];
}

function compareKeys(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! - right[at]!;
}
