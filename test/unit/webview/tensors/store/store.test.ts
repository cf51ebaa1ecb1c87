import assert from "node:assert/strict";
import { FormatError, NotFoundError } from "../../../../../src/core/errors";
import { text } from "../../../../../src/core/text";
import { fitZoom, type Plot, type Zoom } from "../../../../../src/drawing/tensors/viewport";
import { readSavedTensorState } from "../../../../../webview/tensors/store/savedState";
import { settle } from "../../run/bench";
import { info, statistics, summary, tensorBench } from "../tensorBench";

const near: Zoom = { x: 2, y: 8, cellWidth: 40, cellHeight: 20 };

describe("TensorStore", () => {
  it("opens at the first tensor", async () => {
    const { store } = tensorBench();
    await store.refresh();
    assert.equal(store.state.info?.name, "a");
    assert.deepEqual(store.extent, { rows: 40, columns: 10 });
    assert.ok(store.state.ready);
  });

  it("comes back from a reload with tensor, slice, zoom, cursor and colours", async () => {
    const { store, saved } = tensorBench();
    await store.refresh();
    await store.choose("b");
    store.update({ zoom: near, tab: "table", treeWidth: 400 });
    store.moveTo({ row: 9, column: 3 });
    store.recolour({ kind: "symlog", range: { mode: "typed", low: -2, high: 5 } });
    const again = tensorBench({}, saved());
    await again.store.refresh();
    const { state } = again.store;
    assert.equal(state.info?.name, "b");
    assert.deepEqual([state.zoom, state.tab, state.treeWidth], [near, "table", 400]);
    assert.deepEqual(state.cursor, { row: 9, column: 3 });
    assert.deepEqual(state.colours.range, { mode: "typed", low: -2, high: 5 });
    assert.equal(state.colours.kind, "symlog");
  });

  it("keeps slice, zoom and range when another tensor is chosen, the cursor within it", async () => {
    const { store } = tensorBench();
    await store.refresh();
    await store.choose("b");
    store.moveTo({ row: 70, column: 15 });
    store.update({ zoom: near });
    store.recolour({ range: { mode: "percentile", low: -1, high: 1 } });
    await store.choose("a");
    const { state } = store;
    assert.deepEqual([state.zoom, state.colours.range.mode], [near, "percentile"]);
    assert.deepEqual(state.cursor, { row: 39, column: 9 });
  });

  it("keeps all of it when the file was written again, and asks for the values anew", async () => {
    const { store, asked, emit } = tensorBench();
    await store.refresh();
    store.update({ zoom: near });
    store.moveTo({ row: 30, column: 3 });
    store.statistics();
    await settle();
    emit("archive/changed", { archive: summary({ revision: 2, first: info("a", [20, 10]) }) });
    await settle();
    assert.deepEqual(store.state.zoom, near);
    assert.deepEqual(store.state.cursor, { row: 19, column: 3 });
    assert.deepEqual(store.extent, { rows: 20, columns: 10 });
    store.statistics();
    await settle();
    assert.equal(asked.filter((name) => name === "tensor/statistics").length, 2);
  });

  it("keeps its values when it is told of the same file again, and asks for nothing twice", async () => {
    const { store, asked, emit } = tensorBench();
    emit("archive/changed", { archive: summary() });
    await store.refresh();
    store.statistics();
    await settle();
    emit("archive/changed", { archive: summary() });
    await settle();
    assert.notEqual(store.statistics(), undefined);
    assert.deepEqual(
      asked.filter((name) => name !== "tensor/statistics"),
      ["archive/describe"],
    );
  });

  it("goes to the first tensor when the file no longer has the one that was shown", async () => {
    const handlers: Parameters<typeof tensorBench>[0] = {
      "tensor/info": ({ tensor }) => {
        if (tensor !== "a") throw new NotFoundError("w.pt", text("gone"));
        return info("a", [3]);
      },
    };
    const { store } = tensorBench(handlers, { version: 1, tensor: "old" });
    await store.refresh();
    assert.equal(store.state.info?.name, "a");
    assert.equal(store.state.problem, null);
  });

  it("shows the tensor chosen last, whichever answer comes first", async () => {
    const waiting: (() => void)[] = [];
    const { store } = tensorBench({
      "tensor/info": ({ tensor }) =>
        tensor === "a"
          ? new Promise((resolve) => waiting.push(() => resolve(info("a", [1]))))
          : info(tensor, [2]),
    });
    const first = store.refresh();
    await settle();
    await store.choose("b");
    waiting.forEach((answer) => {
      answer();
    });
    await first;
    assert.equal(store.state.info?.name, "b");
  });

  it("drops the zoom with the axes it was of, and keeps it along a held axis", async () => {
    const { store } = tensorBench({ "tensor/info": ({ tensor }) => info(tensor, [3, 40, 10]) });
    await store.refresh();
    const { slice } = store.state;
    assert.ok(slice !== null);
    store.update({ zoom: near });
    store.show({ ...slice, index: [2, 0, 0] });
    assert.deepEqual(store.state.zoom, near);
    store.moveTo({ row: 30, column: 4 });
    store.show({ ...slice, index: [2, 0, 0], rowAxis: 0 });
    assert.equal(store.state.zoom, null);
    // The cursor is on the element it was on: [2, 30, 4].
    assert.deepEqual(store.state.cursor, { row: 2, column: 4 });
    assert.equal(store.state.slice?.index[1], 30);
  });

  it("counts all elements once, and shows that instead of the sample", async () => {
    const { store } = tensorBench();
    await store.refresh();
    store.statistics();
    await settle();
    assert.equal(store.statistics()?.kind, "sampled");
    const counting = store.countAll("tensor");
    assert.ok(store.state.isCounting);
    await counting;
    assert.equal(store.statistics()?.kind, "exact");
    assert.ok(!store.state.isCounting);
  });

  it("throws away what was counted of a file that changed meanwhile", async () => {
    let finish = (): void => undefined;
    const { store, emit } = tensorBench({
      "tensor/statistics": ({ effort }) =>
        effort === "sample"
          ? statistics("sampled")
          : new Promise((resolve) => (finish = () => resolve(statistics("exact")))),
    });
    await store.refresh();
    const counting = store.countAll("tensor");
    await settle();
    emit("archive/changed", { archive: summary({ revision: 2 }) });
    await settle();
    finish();
    await counting;
    store.statistics();
    await settle();
    assert.equal(store.statistics()?.kind, "sampled");
  });

  it("says why there is no spectrum where it would stand, not as a problem", async () => {
    const { store } = tensorBench({
      "tensor/spectrum": () => {
        throw new FormatError("w", text("holds NaN"));
      },
    });
    await store.refresh();
    store.spectrum("a");
    await settle();
    const spectrum = store.spectrum("a");
    assert.ok(spectrum !== undefined && "problem" in spectrum);
    assert.equal(store.state.problem, null);
  });

  it("keeps what is on screen below a problem", async () => {
    const { store, emit } = tensorBench();
    await store.refresh();
    emit("archive/problem", { problem: text("cut short") });
    await settle();
    assert.equal(store.state.problem?.template, "cut short");
    assert.equal(store.state.info?.name, "a");
  });
});

describe("readSavedTensorState", () => {
  const usual = readSavedTensorState(undefined);

  it("falls back to its defaults, field by field", () => {
    for (const state of [null, 7, { version: 9, tab: "table" }]) {
      assert.deepEqual(readSavedTensorState(state), usual);
    }
    const odd = {
      version: 1,
      slice: { rowAxis: "x" },
      zoom: { x: 1 },
      cursor: { row: -1, column: 0 },
      treeWidth: 9999,
      tab: "table",
      open: [3],
      colours: { range: { mode: "typed", low: "a" } },
    };
    const read = readSavedTensorState(odd);
    assert.deepEqual([read.slice, read.zoom, read.open], [null, null, null]);
    assert.deepEqual([read.cursor, read.tab], [{ row: 0, column: 0 }, "table"]);
    assert.equal(read.treeWidth, 640);
    assert.deepEqual(read.colours.range, { mode: "typed", low: -1, high: 1 });
  });

  it("takes no zoom without size", () => {
    const plot: Plot = { width: 9, height: 9, rows: 3, columns: 3 };
    const zoom = fitZoom(plot);
    assert.deepEqual(readSavedTensorState({ version: 1, zoom }).zoom, zoom);
    assert.equal(readSavedTensorState({ version: 1, zoom: { ...zoom, cellWidth: 0 } }).zoom, null);
  });
});
