/**
 * What each key does in the tensor editor; the help lists the same keys.
 */
import { t } from "../../shared/l10n";
import type { KeyList } from "../../shared/helpDialog";
import {
  copyElement,
  copyIndex,
  copySlice,
  copyValue,
  copyValues,
  currentZoom,
  goToIrregular,
  oneToOne,
  setZoom,
  stepBlock,
  travel,
  zoomBy,
} from "./actions";
import { moveCell } from "../../../src/drawing/tensors/cellMotion";
import { SCALE_KINDS } from "../../../src/drawing/tensors/colourMap";
import { RANGE_MODES } from "../../../src/drawing/tensors/domain";
import { exchanged, heldAxes, holdAt } from "../../../src/drawing/tensors/slices";
import { panBy } from "../../../src/drawing/tensors/viewport";
import { AGGREGATES } from "./savedState";
import type { TensorStore } from "./store";

const ZOOM_STEP = 1.5;
/** Share of the plot that Shift and an arrow move. */
const PAN_SHARE = 0.25;

const PANS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function next<Value>(values: readonly Value[], value: Value): Value {
  return values[(values.indexOf(value) + 1) % values.length] ?? value;
}

/** Holds the first of the other axes at the next index, or the one before. */
function stepHeld(store: TensorStore, by: 1 | -1): void {
  const { info, slice } = store.state;
  if (info === null || slice === null) return;
  const axis = heldAxes(info.shape, slice).find((each) => (info.shape[each] ?? 1) > 1);
  if (axis === undefined) return;
  store.show(holdAt(info.shape, slice, axis, (slice.index[axis] ?? 0) + by));
}

function pan(store: TensorStore, [x, y]: readonly [number, number]): void {
  const { plot } = store;
  if (plot === null) return;
  const [byX, byY] = [x * plot.width * PAN_SHARE, y * plot.height * PAN_SHARE];
  setZoom(store, panBy(plot, currentZoom(store, plot), byX, byY));
}

function exchange(store: TensorStore): void {
  const { slice } = store.state;
  if (slice !== null) store.show(exchanged(slice));
}

type Action = (store: TensorStore) => void;

const ACTIONS: Readonly<Record<string, Action>> = {
  "+": (store) => {
    zoomBy(store, ZOOM_STEP);
  },
  "=": (store) => {
    zoomBy(store, ZOOM_STEP);
  },
  "-": (store) => {
    zoomBy(store, 1 / ZOOM_STEP);
  },
  "0": (store) => {
    store.update({ zoom: null });
  },
  "1": oneToOne,
  x: exchange,
  "[": (store) => {
    stepHeld(store, -1);
  },
  "]": (store) => {
    stepHeld(store, 1);
  },
  b: (store) => {
    stepBlock(store, 1);
  },
  B: (store) => {
    stepBlock(store, -1);
  },
  n: (store) => void goToIrregular(store),
  c: (store) => void copyValue(store),
  i: (store) => void copyIndex(store),
  e: (store) => void copyElement(store),
  p: (store) => void copySlice(store),
  v: (store) => void copyValues(store),
  h: (store) => {
    store.update({ tab: "heatmap" });
  },
  t: (store) => {
    store.update({ tab: "table" });
  },
  l: (store) => {
    store.recolour({ kind: next(SCALE_KINDS, store.state.colours.kind) });
  },
  r: (store) => {
    const { range } = store.state.colours;
    store.recolour({ range: { ...range, mode: next(RANGE_MODES, range.mode) } });
  },
  a: (store) => {
    store.recolour({ aggregate: next(AGGREGATES, store.state.colours.aggregate) });
  },
  d: (store) => {
    store.update({ isTreeShown: !store.state.isTreeShown });
  },
  "?": (store) => {
    store.update({ helpOpen: true });
  },
};

/** Does what a key stands for; false when it stands for nothing. */
export function pressTensorKey(
  store: TensorStore,
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey">,
): boolean {
  const { key, shiftKey, ctrlKey } = event;
  const direction = Object.hasOwn(PANS, key) ? PANS[key] : undefined;
  if (direction !== undefined && shiftKey) {
    pan(store, direction);
    return true;
  }
  const { plot, state, extent } = store;
  const zoom = plot === null ? null : currentZoom(store, plot);
  const page =
    plot === null || zoom === null
      ? { rows: 10, columns: 10 }
      : {
          rows: Math.max(1, Math.floor(plot.height / zoom.cellHeight) - 1),
          columns: Math.max(1, Math.floor(plot.width / zoom.cellWidth) - 1),
        };
  const cell = state.tab === "heatmap" ? moveCell(key, ctrlKey, state.cursor, extent, page) : null;
  if (cell !== null) {
    travel(store, cell);
    return true;
  }
  if (ctrlKey || !Object.hasOwn(ACTIONS, key)) return false;
  ACTIONS[key]?.(store);
  return true;
}

/** Every key with what it does, for the help. */
export function tensorKeyList(): KeyList {
  return [
    [["←", "→", "↑", "↓"], t("one cell further")],
    [
      ["Home", "End", "Page ↑", "Page ↓"],
      t("ends of the row, a screen up or down; with Ctrl, ends of the slice"),
    ],
    [["+", "−", "0", "1"], t("zoom in, zoom out, whole slice, one value a pixel")],
    [[t("wheel"), t("pinch")], t("zoom at the pointer")],
    [[t("drag"), t("Shift + arrows")], t("move the slice")],
    [[t("double click")], t("zoom in at the pointer")],
    [["G"], t("go to an index or a gate block")],
    [["B", t("Shift + B")], t("next gate block, the one before")],
    [["N"], t("next value that is not finite")],
    [["[", "]"], t("other axis: index before, index after")],
    [["X"], t("exchange rows and columns")],
    [["L", "R", "A"], t("scale, range, aggregate")],
    [["H", "T"], t("heatmap, table")],
    [["C", "I", "E"], t("copy value, index, element in Python")],
    [["P", "V"], t("copy slice in Python, values on screen")],
    [["/"], t("search the tensors")],
    [["D"], t("show or hide the list of tensors")],
    [["?"], t("this list")],
  ];
}
