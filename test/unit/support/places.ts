/** The steps of a run, and values that have to be there. */
import type { ForwardInput } from "../../../src/engine/base/engine";
import type { StepPlace } from "../../../src/engine/recompute";
import { directionsOf } from "../../../src/model/directions";

/** Every step of every lane and batch row, the padding included. */
export function stepsOf({ config, seqLength, batchSize }: ForwardInput): StepPlace[] {
  const range = (length: number): number[] => [...new Array<number>(length).keys()];
  return range(config.numLayers).flatMap((layer) =>
    directionsOf(config).flatMap((direction) =>
      range(seqLength).flatMap((step) =>
        range(batchSize).map((batch) => ({ layer, direction, step, batch })),
      ),
    ),
  );
}

/** The value; an error where there is none. */
export function present<T>(value: T | null | undefined, what = "a value"): T {
  if (value === null || value === undefined) throw new Error(`${what} is missing`);
  return value;
}
