/** The numbers of a run: asked once for each tolerance, and not again after they were stopped. */
import assert from "node:assert/strict";
import type { NumbersRequest } from "../../../../../src/protocol/run/numbersMessages";
import { CancelledError } from "../../../../../src/core/errors";
import type { RunView } from "../../../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../../../src/protocol/run/unitMessages";
import { pressRunKey } from "../../../../../webview/run/store/keys";
import { bench, differs, press, run, settle } from "../bench";

describe("the numbers of the store", () => {
  it("are asked once, and anew by another tolerance, without a run", async () => {
    const asked: NumbersRequest[] = [];
    const { store } = bench({
      "run/describe": () => run({ ...differs }),
      "numbers/read": (request) => {
        asked.push(request);
        return [];
      },
    });
    await store.refresh();
    assert.ok(press(store, "m"));
    assert.equal(store.state.tab, "numbers");
    assert.equal(store.numbers(), undefined);
    await settle();
    assert.deepEqual(store.numbers(), []);
    store.judgeBy({ atol: 0.5 });
    assert.equal(store.numbers(), undefined);
    await settle();
    assert.deepEqual(store.numbers(), []);
    store.judgeBy({});
    assert.deepEqual(store.numbers(), [], "what is known is not asked again");
    assert.deepEqual(asked, [{}, { atol: 0.5 }]);
  });

  it("are not asked for again after they were stopped, until somebody wants them", async () => {
    let calls = 0;
    const { store } = bench({
      "run/describe": () => run({ ...differs }),
      "numbers/read": () => {
        calls++;
        throw new CancelledError();
      },
    });
    await store.refresh();
    store.numbers();
    await settle();
    assert.ok(store.state.numbersStopped);
    assert.equal(store.state.problem, null);
    store.numbers();
    await settle();
    assert.equal(calls, 1);
    store.update({ numbersStopped: false });
    store.numbers();
    await settle();
    assert.equal(calls, 2);
  });

  it("are those of the new run after another one", async () => {
    const { store, emit } = bench({
      "run/describe": () => run({ ...differs }),
      "numbers/read": () => [],
    });
    await store.refresh();
    store.judgeBy({ rtol: 1 });
    emit("run/changed", { run: run({ ...differs }) });
    await settle();
    assert.deepEqual(store.state.judged, { rtol: 1 }, "the same run is told of again");
    emit("run/changed", { run: run({ ...differs, revision: 2 }) });
    await settle();
    assert.deepEqual(store.state.judged, {});
  });
});

describe("the value at the cursor", () => {
  it("is copied by Ctrl+C, unless text is selected", async () => {
    const copied: string[] = [];
    const { store } = bench({
      "run/describe": () => run({ ...differs, options: { precision: "f32" } } as Partial<RunView>),
      "unit/explain": () => ({ value: Float64Array.of(0, Math.fround(0.1)) }) as UnitExplanation,
      "text/copy": ({ text }) => {
        copied.push(text);
        return null;
      },
    });
    await store.refresh();
    store.explain({ ...store.state.cursor, stateName: store.state.stateName });
    await settle();
    const selected = { text: "" };
    Object.assign(globalThis, { getSelection: () => selected.text });
    const copy = { key: "c", shiftKey: false, ctrlKey: true };
    assert.ok(pressRunKey(store, copy));
    selected.text = "some words";
    assert.ok(!pressRunKey(store, copy));
    await settle();
    assert.deepEqual(copied, ["0.100000001"]);
  });
});
