/**
 * What a page's state becomes when a run comes on screen, or is shown by its other state.
 */
import { hasCellStates, shownRun } from "../../../src/drawing/run/state";
import type { Mode } from "../../../src/drawing/run/modes";
import type { Place, RunView, StateName } from "../../../src/protocol/run/messages";
import { clampPlace, firstPlace } from "../../../src/drawing/run/places";
import type { ViewState } from "./state";

/**
 * Keeps cursor, zoom and mode where they still exist. A first run that differs is shown in Δ, with the cursor on its
 * first divergence unless somebody has placed it.
 */
export function fitted(
  state: ViewState,
  run: RunView,
  isCursorPlaced: boolean,
): Partial<ViewState> {
  const { cursor, steps, mode, stateName, run: before } = state;
  const bad = isCursorPlaced ? null : firstPlace(run);
  const wanted = bad?.stateName ?? (isOther(before, run) ? "h" : stateName);
  const sameLength = before === null || before.seqLength === run.seqLength;
  const shown: Mode = bad === null ? mode : "delta";
  return {
    ...shownBy(run, hasCellStates(run) ? wanted : "h", bad?.place ?? cursor),
    steps: sameLength ? insideOf(steps, run) : null,
    mode: run.verdicts.length > 0 ? shown : "ours",
  };
}

/** True for another run of the same files: one under a mistake, or no longer. What it shows begins with h. */
function isOther(before: RunView | null, { under }: RunView): boolean {
  const ids = (all: RunView["under"]): string => all.map(({ id }) => id).join(" ");
  return before !== null && ids(before.under) !== ids(under);
}

/** A run as h or c show it, with the cursor at the nearest place that exists. */
export function shownBy(
  run: RunView,
  stateName: StateName,
  cursor: Place,
): Pick<ViewState, "run" | "view" | "stateName" | "cursor"> {
  const view = shownRun(run, stateName);
  return { run, view, stateName, cursor: clampPlace(view, cursor) };
}

/** A range of steps that the run has; null where it reaches beyond. */
function insideOf(steps: ViewState["steps"], { seqLength }: RunView): ViewState["steps"] {
  return steps !== null && steps[1] <= seqLength ? steps : null;
}
