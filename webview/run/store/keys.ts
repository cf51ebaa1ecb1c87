/**
 * The keys of a run's page.
 */
import { gesture, key, letter, pressIn, type KeyPress, type KeyRow } from "../../shared/keyTable";
import { t } from "../../shared/l10n";
import { MODES } from "../../../src/drawing/run/modes";
import type { DivergenceRequest } from "../../../src/protocol/run/windowMessages";
import type { Motion } from "../../../src/drawing/run/navigate";
import { copyValue } from "./copyValue";
import {
  changeMeasure,
  changeMode,
  fillCursorLane,
  foldLane,
  showWhole,
  toggleCurve,
  toggleGradient,
  toggleState,
  travel,
  zoomRows,
  zoomSteps,
} from "./actions";
import type { Store } from "./store";
import { VIEWS } from "./views";

/** Share of the visible steps that is left after one step of zoom. */
const ZOOM_STEP = 1 / 1.5;

type Row = KeyRow<Store>;

const go =
  (motion: Motion) =>
  (store: Store): void => {
    travel(store, motion);
  };

const zoom =
  (factor: number) =>
  (store: Store): void => {
    zoomSteps(store, factor);
  };

const heighten =
  (factor: number) =>
  (store: Store): void => {
    zoomRows(store, factor);
  };

const find =
  (want: DivergenceRequest["want"]) =>
  (store: Store): void => {
    void store.findDivergence(want);
  };

const backward = (store: Store): void => {
  store.goInHistory("back");
};

const forward = (store: Store): void => {
  store.goInHistory("forward");
};

const askStep = (store: Store): void => {
  if (store.state.view !== null) store.update({ asksStep: true });
};

/** Without a place to go to, the editor goes between its files. */
function alt(name: string, on: string, way: "back" | "forward"): Row["keys"][number] {
  const run = way === "back" ? backward : forward;
  return { ...key(name, on, run), isOn: (store) => store.hasInHistory(way) };
}

/** Text that is selected is what is to be copied. */
function hasNoSelection(): boolean {
  return (getSelection()?.toString() ?? "") === "";
}

function motionRows(): Row[] {
  return [
    {
      keys: [key("←", "ArrowLeft", go("stepBack")), key("→", "ArrowRight", go("stepForward"))],
      label: t("one step back, one step forward"),
    },
    {
      keys: [key("Home", "Home", go("firstStep")), key("End", "End", go("lastStep"))],
      label: t("first step, last step"),
    },
    { keys: [letter("J", askStep)], label: t("go to a step by its number") },
    {
      keys: [key("↑", "ArrowUp", go("unitUp")), key("↓", "ArrowDown", go("unitDown"))],
      label: t("unit above, unit below; past the edge, the next lane"),
    },
    {
      keys: [key("Page ↑", "PageUp", go("laneUp")), key("Page ↓", "PageDown", go("laneDown"))],
      label: t("lane above, lane below"),
    },
    {
      keys: [
        letter("N", find("next")),
        key("Shift+N", "Shift+N", find("previous")),
        key(",", ",", find("first")),
        key(".", ".", find("worst")),
      ],
      label: t("next, previous, first and largest difference outside tolerance"),
    },
    {
      keys: [
        key(t("Backspace"), "Backspace", backward),
        key(t("Shift+Backspace"), "Shift+Backspace", forward),
      ],
      label: t("back to where a jump started, and forward again"),
    },
    {
      keys: [
        alt("Alt+←", "Alt+ArrowLeft", "back"),
        alt("Alt+→", "Alt+ArrowRight", "forward"),
        gesture(t("mouse buttons")),
      ],
      label: t("the same, back and forward"),
    },
    {
      keys: [{ name: "Ctrl+C", on: ["Ctrl+c", "Ctrl+C"], run: copyValue, isOn: hasNoSelection }],
      label: t("copy the value at the cursor"),
    },
    {
      keys: [key("[", "[", go("batchBack")), key("]", "]", go("batchForward"))],
      label: t("batch row before, batch row after"),
    },
  ];
}

function shownRows(): Row[] {
  const modeKeys = MODES.map((mode, index) =>
    key(String(index + 1), String(index + 1), (store: Store) => {
      changeMode(store, mode);
    }),
  );
  return [
    { keys: modeKeys, label: t("ours, reference, side by side, Δ") },
    { keys: [letter("D", changeMeasure)], label: t("Δ, by itself, relative or in ulp") },
    { keys: [letter("C", toggleState)], label: t("h or c of an LSTM") },
    { keys: [letter("L", toggleCurve)], label: t("colours on an even or a logarithmic scale") },
    { keys: [letter("X", foldLane)], label: t("fold or unfold the cursor's lane") },
    {
      keys: [
        { name: "+", on: ["+", "="], run: zoom(ZOOM_STEP) },
        key("−", "-", zoom(1 / ZOOM_STEP)),
        key("0", "0", showWhole),
      ],
      label: t("zoom in and out over time, the whole run"),
    },
    {
      keys: [
        key("Shift+↑", "Shift+ArrowUp", heighten(1 / ZOOM_STEP)),
        key("Shift+↓", "Shift+ArrowDown", heighten(ZOOM_STEP)),
        letter("E", fillCursorLane),
      ],
      label: t("zoom in and out over units, the cursor's lane in the whole height"),
    },
    {
      keys: [gesture(t("Ctrl + wheel")), gesture(t("Alt + wheel")), gesture(t("pinch"))],
      label: t("zoom at the pointer: over time, over units, over both"),
    },
    {
      keys: [gesture(t("Shift + wheel")), gesture(t("drag"))],
      label: t("move along time, and over units"),
    },
  ];
}

function pageRows(): Row[] {
  const viewKeys = VIEWS.map((view) =>
    letter(view.key, (store: Store) => {
      store.update({ tab: view.id });
    }),
  );
  const play = (store: Store): void => {
    store.update({ playing: !store.state.playing });
  };
  const help = (store: Store): void => {
    store.update({ helpOpen: true });
  };
  return [
    { keys: viewKeys, label: VIEWS.map(({ title }) => title()).join(" · ") },
    { keys: [letter("G", toggleGradient)], label: t("gradient of the loss in the timeline") },
    { keys: [key(t("Space"), " ", play)], label: t("play the computation, and pause") },
    { keys: [key("?", "?", help)], label: t("this list") },
  ];
}

/** The keys and their actions. */
export function runKeys(): readonly Row[] {
  return [...motionRows(), ...shownRows(), ...pageRows()];
}

/** Performs the action of a key; false when it has none. */
export function pressRunKey(store: Store, press: KeyPress): boolean {
  return pressIn(runKeys(), store, press);
}
