/**
 * Whether a lower layer is known to differ already, which makes the input of a higher one suspect.
 */
import { largestOutside } from "../../../analysis/laneMeasures/laneRows";
import { lastStep } from "../../../analysis/lanes";
import type { Place } from "../../../engine/base/trace";
import { directionsOf, slotOf } from "../../../model/directions";
import type { BelowDivergence } from "../../../protocol/run/unitMessages";
import type { RunResult } from "../../../run/execute";
import { finalStatesRun, slotRow } from "../finals";

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

/** The final state of a layer that is off most of those outside tolerance, h_n before c_n, forward before reverse. */
function divergentFinals(run: RunResult, layer: number, batch: number): BelowDivergence | null {
  const { forwardInput, trace } = run;
  const { config } = forwardInput;
  for (const stateName of trace.cn === null ? (["h"] as const) : (["h", "c"] as const)) {
    const finals = finalStatesRun(run, stateName);
    for (const direction of directionsOf(config)) {
      const row = slotRow(finals, { slot: slotOf(config, layer, direction), batch });
      const found = largestOutside(row, finals.units, finals.context);
      if (found === null) continue;
      const step = lastStep(forwardInput, direction, batch);
      return { name: finals.name, place: { layer, direction, step, batch, unit: found.unit } };
    }
  }
  return null;
}
