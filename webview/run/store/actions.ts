/**
 * Actions on the run on screen: move, zoom, change the display. Pointer, keys and buttons meet here.
 */
import { nextMeasure } from "../../../src/drawing/run/measures";
import type { Mode } from "../../../src/drawing/run/modes";
import {
  fitRange,
  moveSelection,
  revealStep,
  zoomRange,
  type Motion,
} from "../../../src/drawing/run/navigate";
import { lanesShown, sortsOf, toggleLane } from "./lanes";
import { laneIdOf } from "../../../src/drawing/run/places";
import type { Store } from "./store";
import { canShow } from "./views";

/** Moves the cursor and keeps its step on screen. */
export function travel(store: Store, motion: Motion): void {
  const { view, cursor, logit, steps } = store.state;
  if (view === null || view.lanes.length === 0) return;
  const logits = lanesShown(store.state).find(
    ({ id, isFolded }) => id === "logits" && isFolded !== true,
  );
  const shown = { sorted: sortsOf(store), ...(logits === undefined ? {} : { logits }) };
  const next = moveSelection(view, { cursor, logit }, motion, shown);
  store.update({ ...next, steps: revealStep(steps, view.seqLength, next.cursor.step) });
}

/** Shows `factor` times as many steps around the cursor. */
export function zoomSteps(store: Store, factor: number): void {
  const { view, cursor, steps } = store.state;
  if (view === null) return;
  const zoomed = zoomRange(steps, view.seqLength, factor, cursor.step + 0.5);
  store.update({ steps: revealStep(zoomed, view.seqLength, cursor.step) });
}

/** Makes lanes `factor` times as high; never lower than where all of them fit. */
export function zoomRows(store: Store, factor: number): void {
  store.update({ rowZoom: Math.max(1, store.state.rowZoomShown * factor) });
}

/** Gives a lane the whole height, or shows all lanes again. */
export function fillLane(store: Store, lane: string): void {
  const { rowZoom, rowZoomShown } = store.state;
  const isFilled = typeof rowZoom === "object" && rowZoom.fill === lane && rowZoomShown > 1;
  store.update({ rowZoom: isFilled ? 1 : { fill: lane } });
}

/** The same for the lane of the cursor. */
export function fillCursorLane(store: Store): void {
  fillLane(store, laneIdOf(store.state.cursor));
}

/** Shows the run as it is again, under no mistake. */
export function takeBack(store: Store): void {
  store.send("run/under", { ids: [] });
}

/** Shows all of the run: every step and every lane. */
export function showWhole(store: Store): void {
  store.update({ steps: null, rowZoom: 1 });
}

/** Shows a range of steps, fitted into the sequence. */
export function showSteps(store: Store, start: number, end: number): void {
  const { view } = store.state;
  if (view !== null) store.update({ steps: fitRange([start, end], view.seqLength) });
}

/** Goes to a mode, if the view has it and the run a reference to show in it. */
export function changeMode(store: Store, mode: Mode): void {
  const hasReference = (store.state.view?.verdicts.length ?? 0) > 0;
  if (mode === "ours" || (hasReference && canShow(store.state, mode))) store.update({ mode });
}

/** Folds the lane of the cursor, or unfolds it. */
export function foldLane(store: Store): void {
  toggleLane(store, "collapsed", laneIdOf(store.state.cursor));
}

/** Measures differences otherwise, and shows them where the run has a reference. */
export function changeMeasure(store: Store): void {
  const { deltaAs, mode } = store.state;
  // Out of another mode the key leads to Δ as it was measured last.
  // A range that was chosen is of the numbers that it was chosen for.
  if (mode === "delta") store.update({ deltaAs: nextMeasure(deltaAs), deltaRange: null });
  else changeMode(store, "delta");
}

/** Even colours, or those of a symmetric logarithm. */
export function toggleCurve(store: Store): void {
  store.update({ curve: store.state.curve === "symlog" ? "linear" : "symlog" });
}

/** Shows c where h is shown, and h where c is. */
export function toggleState(store: Store): void {
  store.show(store.state.stateName === "h" ? "c" : "h");
}

/**
 * Shows the gradient of the last step's sum in the timeline, or no gradient. Of all losses it is the one that shows
 * whether a gradient vanishes: each other step feeds a sum over all of them.
 */
export function toggleGradient(store: Store): void {
  store.showGradient(store.state.gradient === null ? { kind: "last" } : null);
}
