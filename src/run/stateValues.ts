/**
 * The values of one state out of the references of a run.
 */
import type { StateArray } from "../engine/base/engine";
import type { NamedState } from "../model/stateNames";
import type { StateReference } from "./inputs";

/** The values of a state of the reference, (T, B, size); null where it has none that fits. */
export function stateValues(
  states: readonly StateReference[],
  wanted: NamedState,
): StateArray | null {
  const found = states.find(
    ({ layer, direction, quantity }) =>
      layer === wanted.layer && direction === wanted.direction && quantity === wanted.quantity,
  );
  return found?.values ?? null;
}
