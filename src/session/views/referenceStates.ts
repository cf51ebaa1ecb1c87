/**
 * The states of a reference step by step: those of its output, and those that it gives inside the layers.
 */
import { directionSteps } from "../../analysis/lanes";
import { arraySteps, type StepValues } from "../../analysis/steps";
import { directionsOf } from "../../model/directions";
import type { NamedState } from "../../model/stateNames";
import { stateValues } from "../../run/stateValues";
import type { RunResult } from "../../run/execute";

type Run = Pick<RunResult, "forwardInput" | "reference" | "inputs">;

/** The reference's h of a layer by direction, (T, B, P): of the last layer its output, of others where states are given. */
export function referenceSteps(run: Run, layer: number): (StepValues | null)[] {
  const { forwardInput, reference } = run;
  const { config } = forwardInput;
  const isLast = layer === config.numLayers - 1;
  if (isLast && reference.output !== null) return directionSteps(forwardInput, reference.output);
  return directionsOf(config).map((direction) =>
    stateSteps(run, { layer, direction, quantity: "h" }),
  );
}

/** A state or a gate of the reference, (T, B, size); null where it has none that fits. */
export function stateSteps(
  { forwardInput, inputs }: Pick<Run, "forwardInput" | "inputs">,
  wanted: NamedState,
): StepValues | null {
  const values = stateValues(inputs.states ?? [], wanted);
  return values && arraySteps(values, values.length / forwardInput.seqLength);
}

/** One row of the batch of a step, (size). */
export function rowOfStep(
  values: StepValues,
  { step, batch }: { readonly step: number; readonly batch: number },
  { batchSize }: { readonly batchSize: number },
): Float64Array {
  const own = values.read(step, step + 1);
  const size = own.length / batchSize;
  return Float64Array.from(own.subarray(batch * size, (batch + 1) * size));
}
