/**
 * The lanes on screen, and what changes them.
 */
import {
  shownLanes,
  toggled,
  type LaneChoice,
  type ShownLane,
} from "../../../src/drawing/run/laneChoice";
import { canBeSorted, sortedUnits, type SortedUnits } from "../../../src/drawing/run/sortedUnits";
import type { UnitOrder, UnitSort } from "../../../src/protocol/run/windowMessages";
import type { ViewState } from "./state";
import type { Store } from "./store";

type Shown = Pick<ViewState, "run" | "view" | "stateName" | "laneChoice">;

let last: { readonly of: readonly unknown[]; readonly lanes: readonly ShownLane[] } | undefined;

/** The lanes that the unrolled view shows, bottom to top; the same array while nothing changes. */
export function lanesShown({ run, view, stateName, laneChoice }: Shown): readonly ShownLane[] {
  if (run === null || view === null) return [];
  const of = [run, view, stateName, laneChoice];
  if (last?.of.every((each, index) => each === of[index]) !== true) {
    last = { of, lanes: shownLanes({ lanes: run.lanes, stateName }, view.lanes, laneChoice) };
  }
  return last.lanes;
}

/** The orders of lanes whose units are in another one than that of their numbers, as far as these are here. */
export function sortsOf(store: Store): ReadonlyMap<string, SortedUnits> {
  const { view, unitSort: order, stateName, cursor } = store.state;
  const found = new Map<string, SortedUnits>();
  if (order === null || view === null) return found;
  for (const lane of lanesShown(store.state)) {
    const { id } = lane;
    if (!canBeSorted(lane)) continue;
    const answer = store.unitOrder({ lane: id, stateName, batch: cursor.batch, order });
    if (answer !== undefined) found.set(id, sortOf(answer, order));
  }
  return found;
}

/** By the answer they were made of, so that they stay the same ones. */
const sorts = new WeakMap<UnitOrder, SortedUnits>();

function sortOf(answer: UnitOrder, order: UnitSort): SortedUnits {
  const known = sorts.get(answer) ?? sortedUnits(order, answer);
  sorts.set(answer, known);
  return known;
}

/** The lanes that the unrolled view shows, with their units as they are sorted. */
export function sortedLanes(store: Store): readonly ShownLane[] {
  const lanes = lanesShown(store.state);
  const found = sortsOf(store);
  if (found.size === 0) return lanes;
  return lanes.map((lane) => {
    const sorted = found.get(lane.id);
    return sorted?.unitAt.length === lane.units ? { ...lane, sorted } : lane;
  });
}

/** Hides a lane or shows it, folds or unfolds it, adds a state or a gate or takes it away. */
export function toggleLane(
  store: Store,
  what: Exclude<keyof LaneChoice, "order">,
  each: string,
): void {
  const { laneChoice } = store.state;
  store.update({ laneChoice: { ...laneChoice, [what]: toggled(laneChoice[what], each) } });
}
