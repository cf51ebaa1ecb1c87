import assert from "node:assert/strict";
import type { RunView, ViewRequests } from "../../../../../src/protocol/run/messages";
import type { WindowRequest } from "../../../../../src/protocol/run/windowMessages";
import type { Handlers } from "../../../../../src/protocol/rpc";
import { FormatError } from "../../../../../src/core/errors";
import { text } from "../../../../../src/core/text";
import { clampPlace } from "../../../../../src/drawing/run/places";
import { shownView } from "../../../../../webview/run/store/views";
import { bench, differs, first, lane, press, run, settle } from "../bench";

describe("Store", () => {
  it("opens at the first divergence", async () => {
    const { store } = bench({ "run/describe": () => run({ ...differs }) });
    await store.refresh();
    assert.deepEqual(store.state.cursor, first);
    assert.ok(store.state.ready);
  });

  it("goes to the first divergence when a verdict comes later, unless the cursor was placed", async () => {
    for (const isPlaced of [false, true]) {
      let shown: Partial<RunView> = { revision: 1 };
      const { store } = bench({ "run/describe": () => run(shown) });
      await store.refresh();
      const before = store.state.cursor;
      if (isPlaced) store.moveTo({ step: 0 });
      shown = { revision: 2, ...differs };
      await store.refresh();
      assert.deepEqual(store.state.cursor, isPlaced ? before : first);
      assert.equal(store.state.mode, isPlaced ? "ours" : "delta");
    }
  });

  it("brings the step of a jump on screen, and counts the jump", async () => {
    const { store } = bench({ "run/describe": () => run({ seqLength: 100 }) });
    await store.refresh();
    store.update({ steps: [80, 90] });
    store.jumpTo({ step: 10 });
    const [start = 99, end = 0] = store.state.steps ?? [];
    assert.ok(start <= 10 && end >= 11, `${start} … ${end}`);
    assert.equal(store.state.jumps, 1);
  });

  it("jumps to the next difference, and back to where it was, and forward again", async () => {
    const place = { ...first, step: 1, unit: 0 };
    const { store } = bench({
      "run/describe": () => run({ ...differs }),
      "divergence/find": ({ want }) => ({ place: want === "next" ? place : null }),
    });
    await store.refresh();
    press(store, "n");
    await settle();
    assert.deepEqual(store.state.cursor, place);
    press(store, ",");
    await settle();
    assert.deepEqual(store.state.cursor, place, "stays where there is none");
    press(store, "Backspace");
    assert.deepEqual(store.state.cursor, first);
    store.goInHistory("forward");
    assert.deepEqual(store.state.cursor, place);
    store.goInHistory("forward");
    assert.deepEqual(store.state.cursor, place);
  });

  it("folds the lane of the cursor, and keeps that over a reload", async () => {
    const { store, saved } = bench({ "run/describe": () => run({ ...differs }) });
    await store.refresh();
    press(store, "x");
    const again = bench({}, saved());
    assert.deepEqual(again.store.state.laneChoice.collapsed, ["layer0.reverse"]);
  });

  it("comes back from a reload with its mode, tab, cursor and run", async () => {
    const { store, saved } = bench({ "run/describe": () => run({ ...differs }) });
    await store.refresh();
    store.update({ mode: "delta", tab: "flip", stateRange: "full" });
    store.moveTo({ step: 1, unit: 1 });
    const again = bench({ "run/describe": () => run({ ...differs }) }, saved());
    await again.store.refresh();
    const { mode, tab, cursor, stateRange } = again.store.state;
    assert.deepEqual([mode, tab, cursor], ["delta", "flip", { ...first, step: 1, unit: 1 }]);
    assert.equal(stateRange, "full");
    assert.deepEqual(saved()?.spec, run().spec);
    assert.equal(saved()?.runFile, "a.unroll.json");
  });

  it("starts afresh from a state that it does not understand", () => {
    for (const state of [
      null,
      "x",
      { version: 99, mode: "delta" },
      { version: 1, mode: 7, steps: [3, 1] },
    ]) {
      const { store } = bench({}, state);
      assert.deepEqual(
        [store.state.mode, store.state.tab, store.state.steps],
        ["ours", "unrolled", null],
      );
    }
  });

  it("keeps the last good run on screen below a problem", async () => {
    const { store, emit } = bench({ "run/describe": () => run() });
    await store.refresh();
    emit("run/problem", { problem: text("gone") });
    await settle();
    assert.equal(store.state.problem?.template, "gone");
    assert.equal(store.state.view?.revision, 1);
  });

  it("shows why an answer could not be given", async () => {
    const { store } = bench({
      "run/describe": () => run(),
      "lane/window": () => {
        throw new FormatError("x.npy", text("ends early"));
      },
    });
    await store.refresh();
    const request: Omit<WindowRequest, "stateName"> = {
      lane: "layer0.forward",
      side: "ours",
      batch: 0,
      stepStart: 0,
      stepEnd: 1,
      unitStart: 0,
      unitEnd: 1,
      maxColumns: 1,
      maxRows: 1,
    };
    assert.equal(store.window(request), undefined);
    await settle();
    assert.equal(store.state.problem?.args[0], "x.npy");
  });

  describe("Store of an LSTM run", () => {
    /** Two units of h and four of c. */
    const projected = {
      ...lane(0, "forward"),
      units: 2,
      cell: {
        units: 4,
        reference: "none",
        outside: 0,
        range: [-3, 3],
        deltaRange: [0, 0],
        magnitude: { percentile: 2, share: 0.995, isSampled: false },
      },
    } as const;
    const input = { ...lane(0, "forward"), id: "input", layer: null, direction: null } as const;
    const lstm = (changes: Partial<RunView> = {}): RunView =>
      run({ lanes: [input, projected], ...changes });
    const asked: WindowRequest[] = [];
    const handlers: Partial<Handlers<ViewRequests>> = {
      "run/describe": () => lstm(),
      "lane/window": (request) => {
        asked.push(request);
        return { rows: 0, columns: 0, values: new Float32Array(), outside: null, valid: 0 };
      },
    };
    const window: Omit<WindowRequest, "stateName" | "lane"> = {
      side: "ours",
      batch: 0,
      stepStart: 0,
      stepEnd: 1,
      unitStart: 0,
      unitEnd: 1,
      maxColumns: 1,
      maxRows: 1,
    };

    it("shows h, or c with its own units and colours; the input stays", async () => {
      const { store } = bench(handlers);
      await store.refresh();
      assert.equal(store.state.view?.lanes[1]?.units, 2);
      assert.ok(press(store, "c"));
      const { view, stateName } = store.state;
      assert.equal(stateName, "c");
      const shown = view.lanes.map(({ units, range, reference }) => ({ units, range, reference }));
      assert.deepEqual(shown, [
        { units: 3, range: [-1, 1], reference: "full" },
        { units: 4, range: [-3, 3], reference: "none" },
      ]);
      store.moveTo({ unit: 3 });
      assert.equal(store.state.cursor.unit, 3);
      press(store, "C");
      assert.deepEqual([store.state.stateName, store.state.cursor.unit], ["h", 1]);
    });

    it("asks for what a lane shows, or for what is named", async () => {
      const { store } = bench(handlers);
      await store.refresh();
      store.show("c");
      store.window({ ...window, lane: "layer0.forward" });
      store.window({ ...window, lane: "input" });
      store.window({ ...window, lane: "layer0.forward" }, "h");
      await settle();
      assert.deepEqual(
        asked.map(({ lane: id, stateName }) => `${id} ${stateName}`),
        ["layer0.forward c", "input h", "layer0.forward h"],
      );
    });

    it("comes back with c, as long as the run has it", async () => {
      const { store, saved } = bench(handlers);
      await store.refresh();
      store.show("c");
      const again = bench(handlers, saved());
      await again.store.refresh();
      assert.deepEqual(
        [again.store.state.stateName, again.store.state.view?.lanes[1]?.units],
        ["c", 4],
      );
      const other = bench({ "run/describe": () => run() }, saved());
      await other.store.refresh();
      assert.equal(other.store.state.stateName, "h");
      other.store.show("c");
      assert.equal(other.store.state.stateName, "h");
    });

    it("opens with c where c_n is what differs first", async () => {
      const place = { layer: 0, direction: "forward", step: 3, batch: 1, unit: 3 } as const;
      const view = lstm({
        firstDivergence: { ...differs.firstDivergence, name: "c_n", first: place, quantity: "c" },
      });
      const { store } = bench({ "run/describe": () => view });
      await store.refresh();
      assert.deepEqual([store.state.stateName, store.state.cursor], ["c", place]);
    });

    it("opens with h where c_n differs first and h as well, and goes back to h with a run under a mistake", async () => {
      const place = { layer: 0, direction: "forward", step: 3, batch: 1, unit: 1 } as const;
      let view = lstm({
        verdicts: [{ name: "output", verdict: "differs" }] as unknown as RunView["verdicts"],
        firstDivergence: { ...differs.firstDivergence, name: "c_n", first: place, quantity: "c" },
      });
      const { store } = bench({ "run/describe": () => view });
      await store.refresh();
      assert.deepEqual([store.state.stateName, store.state.cursor], ["h", place]);
      store.show("c");
      view = { ...view, revision: 2, under: [{ id: "gates/iofg", title: text("gates") }] };
      await store.refresh();
      assert.equal(store.state.stateName, "h");
      store.show("c");
      view = { ...view, revision: 3 };
      await store.refresh();
      assert.equal(store.state.stateName, "c", "the same run, made again");
    });
  });

  it("keeps the cursor inside a run that became smaller", async () => {
    let view = run();
    const { store } = bench({ "run/describe": () => view });
    await store.refresh();
    store.moveTo({ step: 4, unit: 2, batch: 1, direction: "reverse" });
    view = run({ revision: 2, seqLength: 2, batchSize: 1, lanes: [lane(0, "forward")] });
    await store.refresh();
    const expected = { layer: 0, direction: "forward", step: 1, batch: 0, unit: 2 };
    assert.deepEqual(store.state.cursor, expected);
  });

  it("does not compare with a reference that is no longer there", async () => {
    const saved = { version: 1, mode: "delta" };
    const { store } = bench({ "run/describe": () => run() }, saved);
    await store.refresh();
    assert.equal(store.state.mode, "ours");
  });

  it("tells its listeners until they stop", async () => {
    const { store } = bench({ "run/describe": () => run() });
    let calls = 0;
    const stop = store.subscribe(() => calls++);
    await store.refresh();
    const before = calls;
    assert.ok(before > 0);
    stop();
    store.update({ mode: "delta" });
    assert.equal(calls, before);
  });
});

describe("clampPlace", () => {
  it("gives the origin to a run without lanes", () => {
    const place = clampPlace(run({ lanes: [] }), first);
    assert.deepEqual(place, { layer: 0, direction: "forward", step: 0, batch: 0, unit: 0 });
  });
});

describe("shownView", () => {
  it("is the shapes of a run that cannot be made", () => {
    assert.equal(shownView({ view: run({ lanes: [] }), tab: "unrolled" }).id, "shapes");
    assert.equal(shownView({ view: run(), tab: "flip" }).id, "flip");
  });
});

describe("keys of a run", () => {
  it("move, switch and zoom", async () => {
    const { store } = bench({ "run/describe": () => run({ ...differs }) });
    await store.refresh();
    store.moveTo({ step: 0, unit: 0, batch: 0, direction: "forward" });
    for (const key of ["ArrowRight", "ArrowDown", "]", "4", "f", " "]) {
      assert.ok(press(store, key), key);
    }
    const { cursor, mode, tab, playing } = store.state;
    assert.deepEqual([cursor.step, cursor.unit, cursor.batch], [1, 1, 1]);
    assert.deepEqual([mode, tab, playing], ["delta", "flip", true]);
    press(store, "+");
    assert.ok(store.state.steps !== null);
    press(store, "0");
    assert.equal(store.state.steps, null);
  });

  it("do nothing for other keys, nor for reference modes without a reference", async () => {
    const { store } = bench({ "run/describe": () => run() });
    await store.refresh();
    assert.ok(!press(store, "y"));
    assert.ok(!press(store, "toString"));
    press(store, "4");
    assert.equal(store.state.mode, "ours");
  });
});
