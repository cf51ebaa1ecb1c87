/** The gradient as the view's store asks for it: progress, cancelling, and what outlives a reload. */
import assert from "node:assert/strict";
import { CancelledError } from "../../../../../src/core/errors";
import type { GradientCurve, GradientRequest } from "../../../../../src/protocol/run/curveMessages";
import { text } from "../../../../../src/core/text";
import { bench, first, press, run, settle } from "../bench";

describe("Store.gradient", () => {
  const gradientRequest: GradientRequest = {
    loss: { kind: "last" },
    layer: 0,
    direction: "forward",
    batch: 0,
    stepStart: 0,
    stepEnd: 5,
    maxColumns: 5,
  };

  it("shows the progress of a gradient as long as it is computed", async () => {
    let answer: (() => void) | undefined;
    const curve = { norm: Float64Array.of(1), value: 1, flow: "steady", sentence: text("so") };
    const { store, emit } = bench({
      "run/describe": () => run(),
      "run/gradients": () =>
        new Promise((resolve) => {
          answer = () => {
            resolve(curve as GradientCurve);
          };
        }),
    });
    await store.refresh();
    press(store, "g");
    assert.equal(store.gradient(gradientRequest), undefined);
    await settle();
    emit("run/progress", { fraction: 0.5, activity: text("going back") });
    await settle();
    assert.equal(store.state.progress?.fraction, 0.5);
    answer?.();
    await settle();
    assert.equal(store.state.progress, null);
    assert.deepEqual(store.gradient(gradientRequest)?.norm, Float64Array.of(1));
    assert.deepEqual(store.state.gradient, { kind: "last" });
  });

  it("switches a gradient off when it was cancelled, and asks again when it is switched on", async () => {
    let asked = 0;
    const { store } = bench({
      "run/describe": () => run(),
      "run/gradients": () => {
        asked++;
        throw new CancelledError();
      },
    });
    await store.refresh();
    for (const count of [1, 2]) {
      press(store, "G");
      store.gradient(gradientRequest);
      store.gradient(gradientRequest);
      await settle();
      assert.deepEqual([asked, store.state.gradient, store.state.problem], [count, null, null]);
    }
  });

  it("comes back from a reload with its gradient", async () => {
    const { store, saved } = bench({ "run/describe": () => run() });
    await store.refresh();
    const loss = { kind: "unit", place: first, stateName: "c" } as const;
    store.update({ gradient: loss });
    assert.deepEqual(bench({}, saved()).store.state.gradient, loss);
    const broken = [{ kind: "unit", place: { layer: "x" } }, { kind: "mean" }, "sum", null];
    for (const gradient of broken) {
      assert.equal(bench({}, { ...saved(), gradient }).store.state.gradient, null);
    }
  });
});
