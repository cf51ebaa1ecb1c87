/**
 * The keys of the tensor editor.
 */
import {
  gesture,
  key,
  letter,
  pressIn,
  type Key,
  type KeyPress,
  type KeyRow,
} from "../../shared/keyTable";
import { t } from "../../shared/l10n";
import { moveCell, type PageSize } from "../../../src/drawing/tensors/cellMotion";
import { SCALE_KINDS } from "../../../src/drawing/tensors/colourMap";
import { RANGE_MODES } from "../../../src/drawing/tensors/domain";
import { exchanged, heldAxes, holdAt } from "../../../src/drawing/tensors/slices";
import { panBy } from "../../../src/drawing/tensors/viewport";
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
import { plotOnScreen } from "./onScreen";
import { AGGREGATES } from "./savedState";
import type { TensorStore } from "./store";
import { TENSOR_VIEWS } from "./views";
import { isTreeOn } from "./treeShown";

const ZOOM_STEP = 1.5;
/** Share of the plot that Shift and an arrow move. */
const PAN_SHARE = 0.25;
/** Cells that a page is while no plot tells how many are on screen. */
const USUAL_PAGE: PageSize = { rows: 10, columns: 10 };

/** A field that a key leads to. */
export type TensorField = "search" | "goTo";

/** The objects that the keys act on: the store, and the fields of the page. */
interface Page {
  readonly store: TensorStore;
  readonly focus: (field: TensorField) => void;
}

type Row = KeyRow<Page>;

const on =
  (action: (store: TensorStore) => unknown) =>
  ({ store }: Page): void => {
    action(store);
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

function pan(store: TensorStore, x: number, y: number): void {
  const plot = plotOnScreen(store);
  if (plot === null) return;
  const [byX, byY] = [x * plot.width * PAN_SHARE, y * plot.height * PAN_SHARE];
  setZoom(store, panBy(plot, currentZoom(store, plot), byX, byY));
}

function exchange(store: TensorStore): void {
  const { slice } = store.state;
  if (slice !== null) store.show(exchanged(slice));
}

/** Rows and columns on screen, less one, so that a page keeps a line of the one before. */
function pageOf(store: TensorStore): PageSize {
  const plot = plotOnScreen(store);
  if (plot === null) return USUAL_PAGE;
  const { cellWidth, cellHeight } = currentZoom(store, plot);
  return {
    rows: Math.max(1, Math.floor(plot.height / cellHeight) - 1),
    columns: Math.max(1, Math.floor(plot.width / cellWidth) - 1),
  };
}

/** A key that moves the cursor, with Ctrl as far as it goes. */
function motion(name: string, pressed: string): Key<Page> {
  return {
    name,
    on: [pressed, `Ctrl+${pressed}`],
    run: ({ store }, { ctrlKey }) => {
      const { state, extent } = store;
      const cell = moveCell(pressed, ctrlKey, state.cursor, extent, pageOf(store));
      if (cell !== null) travel(store, cell);
    },
  };
}

/** Keys that move the cursor of the heatmap; the table has them itself. */
function motionRows(): Row[] {
  const isOn = ({ store }: Page): boolean => store.state.tab === "heatmap";
  return [
    {
      keys: [
        ...[motion("←", "ArrowLeft"), motion("→", "ArrowRight")],
        ...[motion("↑", "ArrowUp"), motion("↓", "ArrowDown")],
      ],
      label: t("one cell further"),
      isOn,
    },
    {
      keys: [
        ...[motion("Home", "Home"), motion("End", "End")],
        ...[motion("Page ↑", "PageUp"), motion("Page ↓", "PageDown")],
      ],
      label: t("ends of the row, a screen up or down; with Ctrl, ends of the slice"),
      isOn,
    },
  ];
}

function zoomRows(): Row[] {
  const panning = (name: string, pressed: string, x: number, y: number): Key<Page> =>
    key(
      name,
      pressed,
      on((store) => {
        pan(store, x, y);
      }),
    );
  const zoom = (factor: number): ((page: Page) => void) =>
    on((store) => {
      zoomBy(store, factor);
    });
  const whole = on((store) => {
    store.update({ zoom: null });
  });
  return [
    {
      keys: [
        { name: "+", on: ["+", "="], run: zoom(ZOOM_STEP) },
        key("−", "-", zoom(1 / ZOOM_STEP)),
        ...[key("0", "0", whole), key("1", "1", on(oneToOne))],
      ],
      label: t("zoom in, zoom out, whole slice, one value a pixel"),
    },
    { keys: [gesture(t("wheel")), gesture(t("pinch"))], label: t("zoom at the pointer") },
    {
      keys: [
        gesture(t("drag")),
        panning(t("Shift + arrows"), "Shift+ArrowLeft", -1, 0),
        panning("", "Shift+ArrowRight", 1, 0),
        panning("", "Shift+ArrowUp", 0, -1),
        panning("", "Shift+ArrowDown", 0, 1),
      ],
      label: t("move the slice"),
    },
    { keys: [gesture(t("double click"))], label: t("zoom in at the pointer") },
  ];
}

function goRows(): Row[] {
  const goTo = ({ focus }: Page): void => {
    focus("goTo");
  };
  const block = (by: 1 | -1): ((page: Page) => void) =>
    on((store) => {
      stepBlock(store, by);
    });
  const held = (by: 1 | -1): ((page: Page) => void) =>
    on((store) => {
      stepHeld(store, by);
    });
  return [
    { keys: [letter("G", goTo)], label: t("go to an index or a gate block") },
    {
      keys: [key("B", "b", block(1)), key(t("Shift + B"), "B", block(-1))],
      label: t("next gate block, the one before"),
    },
    { keys: [letter("N", on(goToIrregular))], label: t("next value that is not finite") },
    {
      keys: [key("[", "[", held(-1)), key("]", "]", held(1))],
      label: t("other axis: index before, index after"),
    },
    { keys: [letter("X", on(exchange))], label: t("exchange rows and columns") },
  ];
}

function shownRows(): Row[] {
  const scale = on((store) => {
    store.recolour({ kind: next(SCALE_KINDS, store.state.colours.kind) });
  });
  const range = on((store) => {
    const before = store.state.colours.range;
    store.recolour({ range: { ...before, mode: next(RANGE_MODES, before.mode) } });
  });
  const aggregate = on((store) => {
    store.recolour({ aggregate: next(AGGREGATES, store.state.colours.aggregate) });
  });
  const views = TENSOR_VIEWS.map((view) =>
    letter(
      view.key,
      on((store) => {
        store.update({ tab: view.id });
      }),
    ),
  );
  const copy: Key<Page> = { name: "C", on: ["c", "C", "Ctrl+c"], run: on(copyValue) };
  return [
    {
      keys: [letter("L", scale), letter("R", range), letter("A", aggregate)],
      label: t("scale, range, aggregate"),
    },
    { keys: views, label: TENSOR_VIEWS.map(({ title }) => title()).join(" · ") },
    {
      keys: [copy, letter("I", on(copyIndex)), letter("E", on(copyElement))],
      label: t("copy value, index, element in Python"),
    },
    {
      keys: [letter("P", on(copySlice)), letter("V", on(copyValues))],
      label: t("copy slice in Python, values on screen"),
    },
  ];
}

function pageRows(): Row[] {
  const search = ({ store, focus }: Page): void => {
    store.update({ isTreeShown: true });
    focus("search");
  };
  const tree = on((store) => {
    store.update({ isTreeShown: !isTreeOn(store.state) });
  });
  const help = on((store) => {
    store.update({ helpOpen: true });
  });
  return [
    { keys: [key("/", "/", search)], label: t("search the tensors") },
    { keys: [letter("D", tree)], label: t("show or hide the list of tensors") },
    { keys: [key("?", "?", help)], label: t("this list") },
  ];
}

/** The keys and their actions. */
export function tensorKeys(): readonly Row[] {
  return [...motionRows(), ...zoomRows(), ...goRows(), ...shownRows(), ...pageRows()];
}

/** Performs the action of a key; false when it has none. */
export function pressTensorKey(
  store: TensorStore,
  press: KeyPress,
  focus: (field: TensorField) => void = () => undefined,
): boolean {
  if (store.state.info === null && press.key !== "?") return false;
  return pressIn(tensorKeys(), { store, focus }, press);
}
