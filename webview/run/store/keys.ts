/**
 * What each key does in the panel; the help lists the same keys.
 */
import { t } from "../../shared/l10n";
import { MODES, type Mode, type Tab } from "../../../src/drawing/run/modes";
import {
  fitRange,
  moveCursor,
  revealStep,
  zoomRange,
  type Motion,
} from "../../../src/drawing/run/navigate";
import type { Store } from "./store";

const MOTIONS: ReadonlyMap<string, Motion> = new Map<string, Motion>([
  ["ArrowLeft", "stepBack"],
  ["ArrowRight", "stepForward"],
  ["Home", "firstStep"],
  ["End", "lastStep"],
  ["ArrowUp", "unitUp"],
  ["ArrowDown", "unitDown"],
  ["PageUp", "laneUp"],
  ["PageDown", "laneDown"],
  ["[", "batchBack"],
  ["]", "batchForward"],
]);

const TAB_KEYS: ReadonlyMap<string, Tab> = new Map<string, Tab>([
  ["s", "score"],
  ["f", "flip"],
  ["h", "shapes"],
  ["t", "table"],
]);

/** Share of the visible steps that is left after one step of zoom. */
const ZOOM_STEP = 1 / 1.5;
const ZOOMS: ReadonlyMap<string, number> = new Map([
  ["+", ZOOM_STEP],
  ["=", ZOOM_STEP],
  ["-", 1 / ZOOM_STEP],
]);

/** Moves the cursor and keeps its step on screen. */
export function travel(store: Store, motion: Motion): void {
  const { view, cursor, steps } = store.state;
  if (view === null || view.lanes.length === 0) return;
  const next = moveCursor(view, cursor, motion);
  store.update({ cursor: next, steps: revealStep(steps, view.seqLength, next.step) });
}

function zoom(store: Store, factor: number): void {
  const { view, cursor, steps } = store.state;
  if (view === null) return;
  store.update({ steps: zoomRange(steps, view.seqLength, factor, cursor.step + 0.5) });
}

/** Goes to a mode, if the run has a reference to show in it. */
export function changeMode(store: Store, mode: Mode): void {
  const hasReference = (store.state.view?.verdicts.length ?? 0) > 0;
  if (mode === "ours" || hasReference) store.update({ mode });
}

function toggleQuantity(store: Store): void {
  store.show(store.state.quantity === "h" ? "c" : "h");
}

/**
 * Shows the gradient of the last step's sum in the timeline, or no gradient. Of all losses it is the one that shows
 * whether a gradient vanishes: each other step feeds a sum over all of them.
 */
export function toggleGradient(store: Store): void {
  store.update({ gradient: store.state.gradient === null ? { kind: "last" } : null });
}

/** Does what a key stands for; false when it stands for nothing. */
export function pressKey(store: Store, key: string): boolean {
  const motion = MOTIONS.get(key);
  const factor = ZOOMS.get(key);
  const tab = TAB_KEYS.get(key.toLowerCase());
  const mode = /^[1-4]$/.test(key) ? MODES[Number(key) - 1] : undefined;
  if (motion !== undefined) travel(store, motion);
  else if (factor !== undefined) zoom(store, factor);
  else if (tab !== undefined) store.update({ tab });
  else if (mode !== undefined) changeMode(store, mode);
  else if (key.toLowerCase() === "c") toggleQuantity(store);
  else if (key === "0") store.update({ steps: null });
  else if (key.toLowerCase() === "g") toggleGradient(store);
  else if (key === " ") store.update({ playing: !store.state.playing });
  else if (key === "?") store.update({ helpOpen: true });
  else return false;
  return true;
}

/** Shows a range of steps, fitted into the sequence. */
export function showSteps(store: Store, start: number, end: number): void {
  const { view } = store.state;
  if (view !== null) store.update({ steps: fitRange([start, end], view.seqLength) });
}

/** Every key with what it does, for the help. */
export function keyList(): readonly (readonly [keys: readonly string[], meaning: string])[] {
  return [
    [["←", "→"], t("one step back, one step forward")],
    [["Home", "End"], t("first step, last step")],
    [["↑", "↓"], t("unit above, unit below; past the edge, the next lane")],
    [["Page ↑", "Page ↓"], t("lane above, lane below")],
    [["[", "]"], t("batch row before, batch row after")],
    [["1", "2", "3", "4"], t("ours, reference, side by side, Δ")],
    [["C"], t("h or c of an LSTM")],
    [["+", "−", "0"], t("zoom in, zoom out, whole sequence")],
    [[t("Ctrl + wheel")], t("zoom at the pointer")],
    [[t("Shift + wheel"), t("drag")], t("move along time")],
    [["S", "F", "H", "T"], t("score, flip & concat, shapes, table")],
    [["G"], t("gradient of the loss in the timeline")],
    [[t("Space")], t("play and pause")],
    [["?"], t("this list")],
  ];
}
