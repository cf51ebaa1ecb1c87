import assert from "node:assert/strict";
import { TILE_NAN } from "../../../../../src/protocol/archive/messages";
import {
  currentZoom,
  exactText,
  goTo,
  goToIrregular,
  showBlock,
} from "../../../../../webview/tensors/store/actions";
import { pressTensorKey } from "../../../../../webview/tensors/store/keys";
import { visibleWindow, type Plot } from "../../../../../src/drawing/tensors/viewport";
import { plotOnScreen } from "../../../../../webview/tensors/store/onScreen";
import type { Window } from "../../../../../src/drawing/tensors/slices";
import type { TensorStore } from "../../../../../webview/tensors/store/store";
import { settle } from "../../run/bench";
import { gates, info, tensorBench, type TensorBench } from "../tensorBench";

/** The plot of the heatmap on screen. */
function plotOf(store: TensorStore): Plot {
  const plot = plotOnScreen(store);
  assert.ok(plot !== null);
  return plot;
}

/** Rows and columns of the heatmap on screen. */
function windowOf(store: TensorStore): Window {
  return visibleWindow(plotOf(store), currentZoom(store, plotOf(store)));
}

async function opened(changes: Parameters<typeof tensorBench>[0] = {}): Promise<TensorBench> {
  const bench = tensorBench(changes);
  await bench.store.refresh();
  bench.store.update({ heatmapSize: { width: 520, height: 434 } });
  return bench;
}

function press(store: TensorStore, key: string, held: "shift" | "ctrl" | "" = ""): boolean {
  return pressTensorKey(store, { key, shiftKey: held === "shift", ctrlKey: held === "ctrl" });
}

describe("keys of the tensor editor", () => {
  it("move the cursor, and keep it on screen", async () => {
    const { store } = await opened();
    press(store, "ArrowDown");
    press(store, "ArrowRight");
    assert.deepEqual(store.state.cursor, { row: 1, column: 1 });
    assert.equal(store.state.zoom, null);
    for (let step = 0; step < 4; step++) press(store, "+");
    press(store, "End", "ctrl");
    assert.deepEqual(store.state.cursor, { row: 39, column: 9 });
    assert.equal(windowOf(store).rowEnd, 40);
  });

  it("zoom about the cursor, and back to the whole", async () => {
    const { store } = await opened();
    press(store, "+");
    assert.ok(store.state.zoom !== null && store.state.zoom.cellHeight > 10);
    press(store, "-");
    assert.equal(store.state.zoom, null);
    press(store, "+");
    press(store, "0");
    assert.equal(store.state.zoom, null);
  });

  it("move the slice with Shift", async () => {
    const { store } = await opened();
    for (let step = 0; step < 4; step++) press(store, "+");
    const before = currentZoom(store, plotOf(store)).y;
    press(store, "ArrowDown", "shift");
    assert.ok(currentZoom(store, plotOf(store)).y > before);
    assert.deepEqual(store.state.cursor, { row: 0, column: 0 });
  });

  it("exchange the axes and step along the held one", async () => {
    const { store } = await opened({ "tensor/info": ({ tensor }) => info(tensor, [3, 40, 10]) });
    press(store, "x");
    assert.equal(store.state.slice?.rowAxis, 2);
    press(store, "]");
    press(store, "]");
    press(store, "]");
    assert.deepEqual(store.state.slice.index, [2, 0, 0]);
    press(store, "[");
    assert.deepEqual(store.state.slice.index, [1, 0, 0]);
  });

  it("cycle through scale, range and aggregate, and go to the table", async () => {
    const { store } = await opened();
    for (const key of ["l", "r", "a", "t"]) assert.ok(press(store, key));
    const { colours, tab } = store.state;
    assert.deepEqual(
      [colours.kind, colours.range.mode, colours.aggregate, tab],
      ["log", "percentile", "extreme", "table"],
    );
  });

  it("copy value, index, element, slice and values", async () => {
    const { store, copied } = await opened();
    store.moveTo({ row: 3, column: 7 });
    for (const key of ["c", "i", "e", "p", "v"]) {
      press(store, key);
      await settle();
    }
    assert.deepEqual(copied.slice(0, 4), [
      ...["v0", "[3, 7]", 'state_dict["a"][3, 7]', 'state_dict["a"]'],
    ]);
    assert.equal(copied[4]?.split("\n").length, 41);
    assert.match(copied[4], /^v0\tv1/);
  });

  it("refuse to copy more than a clipboard should hold", async () => {
    const { store, copied } = await opened({
      "tensor/info": ({ tensor }) => info(tensor, [4000, 4000]),
    });
    press(store, "v");
    await settle();
    assert.equal(copied.length, 0);
    assert.match(store.state.message, /16,000,000 values are too many/);
  });

  it("leave other keys to others", async () => {
    const { store } = await opened();
    assert.ok(!press(store, "q"));
    assert.ok(!press(store, "constructor"));
    assert.ok(!press(store, "x", "ctrl"));
  });
});

describe("going somewhere", () => {
  it("goes to an index and to a gate block", async () => {
    const { store } = await opened();
    assert.equal(goTo(store, "30, 2"), "");
    assert.deepEqual(store.state.cursor, { row: 30, column: 2 });
    assert.ok(store.state.zoom !== null);
    assert.equal(goTo(store, "W_if"), "");
    const { rowStart, rowEnd } = windowOf(store);
    assert.deepEqual([rowStart, rowEnd], [20, 40]);
    assert.match(goTo(store, "99, 0"), /Axis 0 has 40 elements/);
  });

  it("steps from gate block to gate block, and wraps around", async () => {
    const { store } = await opened();
    const rows: number[] = [];
    for (const key of ["b", "b", "B"]) {
      press(store, key);
      rows.push(store.state.cursor.row);
    }
    assert.deepEqual(rows, [20, 0, 20]);
    const [block] = gates.blocks;
    if (block !== undefined) showBlock(store, block);
    assert.equal(store.state.cursor.row, 0);
  });

  it("finds what is not finite, or says that there is none", async () => {
    let bad = true;
    const { store } = await opened({
      "tensor/tile": ({ rowStart, rowEnd, columnStart, columnEnd, maxRows, maxColumns }) => {
        const rows = Math.min(maxRows, rowEnd - rowStart);
        const columns = Math.min(maxColumns, columnEnd - columnStart);
        const flags = new Uint8Array(rows * columns);
        const isInside = rowStart <= 25 && 25 < rowEnd && columnStart <= 4 && 4 < columnEnd;
        const row = Math.floor(((25 - rowStart) * rows) / (rowEnd - rowStart));
        const column = Math.floor(((4 - columnStart) * columns) / (columnEnd - columnStart));
        if (bad && isInside) flags[row * columns + column] = TILE_NAN;
        return { kind: "exact", rows, columns, values: new Float32Array(flags.length), flags };
      },
    });
    await goToIrregular(store);
    assert.deepEqual(store.state.cursor, { row: 25, column: 4 });
    bad = false;
    await goToIrregular(store);
    assert.match(store.state.message, /finite/);
  });

  it("reads exact values by blocks, so that neighbours are asked for once", async () => {
    const { store, asked } = await opened();
    exactText(store, { row: 17, column: 3 });
    await settle();
    assert.equal(exactText(store, { row: 17, column: 3 }), "v13");
    assert.equal(exactText(store, { row: 18, column: 0 }), "v20");
    assert.equal(asked.filter((name) => name === "tensor/cells").length, 1);
  });
});
