/**
 * A reference that is not of one run: the last processed step of its output is its own h_n of the last layer, or is not.
 */
import { lastStep } from "../../../analysis/lanes";
import { text, type Text } from "../../../core/text";
import { sequenceLength } from "../../../model/sequence";
import type { Direction } from "../../../model/config";
import { directionsOf, slotOf } from "../../../model/directions";
import type { ComparedTensor } from "../../../run/compare";
import type { RunResult } from "../../../run/execute";
import { rowOfStep, referenceSteps } from "../referenceStates";

/** What no precision that a reference may be stored in makes of a state, relative to it, to 1 at least. */
const COARSEST = 0.02;

/** The largest distance between two values that are the same state, and where it is. */
interface Gap {
  readonly most: number;
  readonly step: number;
  readonly batch: number;
  readonly slot: number;
  readonly direction: Direction;
}

/** Of a reference that differs; null where output and h_n are not both given in the run's shape, and where they agree. */
export function contradictionHint(run: RunResult): Text | null {
  const gap = run.compared.some(differs) ? gapOf(run) : null;
  if (gap === null) return null;
  const { most, step, batch, slot, direction } = gap;
  const where = run.sizes.unbatched
    ? text("t = {0}", step)
    : text("t = {0}, batch {1}", step, batch);
  return text(
    "the reference contradicts itself: its output at {0} and its h_n[{1}] should be one state, and are {2} apart. {3}",
    where,
    slot,
    most.toPrecision(2),
    causeOf(direction),
  );
}

/** What makes such a reference; nothing of it is certain. */
function causeOf(direction: Direction): Text {
  return direction === "reverse"
    ? text(
        "The reverse half was not flipped back, the entry of h_n was taken from another place, or one of them was changed after the run or is of another run",
      )
    : text(
        "The entry of h_n was taken from another place, or one of them was changed after the run or is of another run",
      );
}

/** True for a result that differs from its reference. */
export function differs({ comparison }: ComparedTensor): boolean {
  return comparison?.verdict === "differs";
}

function gapOf(run: RunResult): Gap | null {
  const { forwardInput, reference, context } = run;
  const { config, batchSize } = forwardInput;
  const { output, hn } = reference;
  if (output === null || hn === null) return null;
  const layer = config.numLayers - 1;
  const steps = referenceSteps(run, layer);
  let found: Gap | null = null;
  for (const [at, direction] of directionsOf(config).entries()) {
    const slot = slotOf(config, layer, direction);
    for (let batch = 0; batch < batchSize; batch++) {
      const step = lastStep(forwardInput, direction, batch);
      const own = steps[at];
      if (own == null || sequenceLength(forwardInput, batch) === 0) continue;
      const shown = rowOfStep(own, { step, batch }, context);
      const from = (slot * batchSize + batch) * shown.length;
      const most = largestGap(shown, hn.subarray(from, from + shown.length));
      if (most > (found?.most ?? 0)) found = { most, step, batch, slot, direction };
    }
  }
  return found;
}

/** 0 where both are the same, stored in whatever precision. */
function largestGap(shown: ArrayLike<number>, final: ArrayLike<number>): number {
  let most = 0;
  for (let unit = 0; unit < final.length; unit++) {
    const gap = Math.abs(shown[unit]! - final[unit]!);
    const allowed = COARSEST * Math.max(1, Math.abs(final[unit]!));
    if (gap > allowed && gap > most) most = gap;
  }
  return most;
}
