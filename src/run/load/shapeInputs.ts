/**
 * A loaded run as the shape check takes it.
 */
import type { ShapeInputs, StateShape } from "../../model/shapes/shapes";
import type { LoadedRun } from "./load";
import { fitsState } from "./states";
import { surroundingShapes } from "./loadedSurrounding";

/** The shapes of a run's tensors. */
export function shapeInputsOf(loaded: LoadedRun): ShapeInputs {
  const { module, config, input, h0, c0, lengths, reference } = loaded;
  return {
    config,
    parameters: module.entries,
    input: input.shape,
    h0: h0?.shape ?? null,
    c0: c0?.shape ?? null,
    lengths,
    refusals: loaded.refusals,
    own: Object.keys(loaded.own) as (keyof typeof loaded.own)[],
    referenceOutput: reference.output?.shape ?? null,
    referenceHn: reference.hn?.shape ?? null,
    referenceCn: reference.cn?.shape ?? null,
    referenceStates: stateShapes(loaded),
    surrounding: surroundingShapes(loaded.surrounding, reference.embedded),
  };
}

function stateShapes({ states, input }: LoadedRun): StateShape[] {
  return (states?.states ?? []).map((state) => ({
    name: state.entry.name,
    quantity: state.quantity,
    found: state.entry.shape,
    fits: fitsState(state, input.shape),
  }));
}
