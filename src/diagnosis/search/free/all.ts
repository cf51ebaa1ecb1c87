/**
 * The searches for mistakes with a free parameter, and what they find as a run is shown under it.
 */
import { noControl, type RunControl } from "../../../core/control";
import { text, type Text } from "../../../core/text";
import type { Alternative } from "../../alternatives/alternative";
import type { Case } from "../../base/model";
import { groundOf, type Ground } from "../singles";
import { layerDropout } from "./dropout";
import { alternativeOf, type FreeFinding } from "./found";
import { permutedRows, permutedUnits } from "./permutations";
import { isolatedValues, outputDropout, reducedPrecision } from "./values";

type Search = (ground: Ground, control: RunControl) => FreeFinding | null;

/** In the order in which they are asked. */
const searches: readonly Search[] = [
  permutedRows,
  permutedUnits,
  outputDropout,
  isolatedValues,
  reducedPrecision,
  layerDropout,
];

/** What they find that a run can be shown under, whatever the parameter is. */
const titles: ReadonlyMap<string, Text> = new Map([
  ["permutation/batch-rows", text("the rows of the batch are in another order")],
  ["permutation/units", text("the units of each direction are in another order")],
  ["dropout/on-output", text("dropout was applied to the output: train mode")],
  ["dropout/between-layers", text("dropout was applied between the layers: train mode")],
  ["precision/float16", text("everything was computed in float16")],
  ["precision/bfloat16", text("everything was computed in bfloat16")],
]);

/** The first mistake with a free parameter that explains a reference. @throws CancelledError. */
export function findFree(ground: Ground, control: RunControl): FreeFinding | null {
  for (const search of searches) {
    const found = search(ground, control);
    if (found !== null) return found;
  }
  return null;
}

/** What a mistake is called without its parameter; null for one that no run can be shown under. */
export function freeTitle(id: string): Text | null {
  return titles.get(id) ?? null;
}

/**
 * A mistake with the parameter that a case tells; null where the case as a whole does not show it.
 * @throws CancelledError when `control` says so.
 */
export function freeAlternative(
  id: string,
  the: Case,
  control: RunControl = noControl,
): Alternative | null {
  const ground = groundOf(the, control);
  if (ground?.the !== the) return null;
  const found = findFree(ground, control);
  return found?.id === id ? alternativeOf(found) : null;
}
