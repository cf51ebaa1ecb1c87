/**
 * The lanes on screen, and what changes them.
 */
import {
  shownLanes,
  toggled,
  type LaneChoice,
  type ShownLane,
} from "../../../src/drawing/run/laneChoice";
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

/** Hides a lane or shows it, folds or unfolds it, adds a state or a gate or takes it away. */
export function toggleLane(
  store: Store,
  what: Exclude<keyof LaneChoice, "order">,
  each: string,
): void {
  const { laneChoice } = store.state;
  store.update({ laneChoice: { ...laneChoice, [what]: toggled(laneChoice[what], each) } });
}
