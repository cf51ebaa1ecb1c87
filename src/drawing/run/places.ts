/**
 * Places of a run: the lane of a place, the nearest existing place, the first divergence.
 */
import type { LaneInfo, Place, StateName, RunView } from "../../protocol/run/messages";
import type { LaneId } from "../../protocol/run/windowMessages";
import { clampIndex } from "../../core/numeric";

/** Where the cursor is before there is a run. */
export const ORIGIN: Place = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 0 };

/** The lane of a place. */
export function laneIdOf({ layer, direction }: Pick<Place, "layer" | "direction">): LaneId {
  return `layer${layer}.${direction}`;
}

/** The lane that the cursor is in; undefined when the run has no lanes. */
export function cursorLane({
  view,
  cursor,
}: {
  readonly view: RunView | null;
  readonly cursor: Place;
}): LaneInfo | undefined {
  const id = laneIdOf(cursor);
  return view?.lanes.find((lane) => lane.id === id);
}

/** The nearest place that exists in the run. */
export function clampPlace(view: RunView, place: Place): Place {
  const layers = view.lanes.filter((lane) => lane.layer !== null);
  const lane = layers.find((each) => each.id === laneIdOf(place)) ?? layers[0];
  if (lane === undefined) return ORIGIN;
  return {
    layer: lane.layer ?? 0,
    direction: lane.direction ?? "forward",
    step: clampIndex(place.step, view.seqLength),
    batch: clampIndex(place.batch, view.batchSize),
    unit: clampIndex(place.unit, lane.units),
  };
}

/**
 * The place of the first divergence and the state that shows it; null when the module's states have none. c shows it where
 * h does not differ: of c a reference seldom has more than the last step.
 */
export function firstPlace({
  firstDivergence: bad,
  verdicts,
}: Pick<RunView, "firstDivergence" | "verdicts">): { place: Place; stateName: StateName } | null {
  if (bad?.first == null) return null;
  const isInH = verdicts.some(({ name, verdict }) => name !== "c_n" && verdict === "differs");
  return { place: bad.first, stateName: bad.quantity === "c" && !isInH ? "c" : "h" };
}
