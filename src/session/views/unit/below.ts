/**
 * Whether a lower layer is known to differ already, which makes the input of a higher one suspect.
 */
import { allowedDifference, difference, isOutside, toleranceFor } from "../../../analysis/compare";
import { lastStep, slotAllowance } from "../../../analysis/lanes";
import type { Place, StateName } from "../../../engine/base/trace";
import { directionsOf, slotOf } from "../../../model/directions";
import type { BelowDivergence } from "../../../protocol/run/unitMessages";
import { finalStates, type RunResult } from "../../../run/execute";

/**
 * The nearest layer below a place whose final states of the same batch row are outside tolerance; below layer 0 the
 * embedded input. null where none is known to be: a reference has no other states of the layers below the last.
 */
export function divergenceBelow(run: RunResult, place: Place): BelowDivergence | null {
  for (let layer = place.layer - 1; layer >= 0; layer--) {
    const found = divergentFinals(run, layer, place.batch);
    if (found !== null) return found;
  }
  const embedded = run.compared.find(({ name }) => name === "embedded");
  return embedded?.comparison?.verdict === "differs" ? { name: "embedded" } : null;
}

/** The first final state of a layer that is outside tolerance, h_n before c_n. */
function divergentFinals(run: RunResult, layer: number, batch: number): BelowDivergence | null {
  const { forwardInput, reference } = run;
  const { config } = forwardInput;
  for (const stateName of ["h", "c"] as const) {
    if ((stateName === "h" ? reference.hn : reference.cn) === null) continue;
    for (const direction of directionsOf(config)) {
      const slot = slotOf(config, layer, direction);
      const unit = outsideUnit(run, stateName, slot, batch);
      if (unit < 0) continue;
      const step = lastStep(forwardInput, direction, batch);
      const name = stateName === "h" ? "h_n" : "c_n";
      return { name, place: { layer, direction, step, batch, unit } };
    }
  }
  return null;
}

/** The first unit of a slot that is outside tolerance; −1 when none is. */
function outsideUnit(run: RunResult, stateName: StateName, slot: number, batch: number): number {
  const { forwardInput, trace, reference, noise, context } = run;
  const tolerance = toleranceFor(context.tolerance, stateName === "h" ? "h_n" : "c_n");
  const units = stateName === "h" ? trace.stateSize : trace.cellSize;
  const expected = (stateName === "h" ? reference.hn : reference.cn)!;
  const ours = finalStates(trace, stateName);
  const allowance = slotAllowance(noise, forwardInput, stateName, { slot, batch });
  const from = (slot * forwardInput.batchSize + batch) * units;
  for (let unit = 0; unit < units; unit++) {
    const value = expected[from + unit]!;
    const delta = difference(ours[from + unit]!, value, tolerance.equalNan);
    if (isOutside(delta, allowedDifference(tolerance, value, allowance))) return unit;
  }
  return -1;
}
