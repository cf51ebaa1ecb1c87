/** What the store makes of the host's word that its run is another one, or the same with other labels. */
import assert from "node:assert/strict";
import { text } from "../../../../../src/core/text";
import { bench, run, settle } from "../bench";

describe("Store, told of a run", () => {
  it("forgets the values of the run before, and asks for the new ones", async () => {
    let revision = 1;
    const { store, emit } = bench({
      "run/describe": () => run({ revision }),
      "timeline/read": () => ({
        norm: Float32Array.of(revision),
        maxDelta: new Float32Array(),
        floor: new Float32Array(),
        outside: new Uint8Array(),
      }),
    });
    const request = { lane: "layer0.forward", batch: 0, maxColumns: 1 } as const;
    await store.refresh();
    store.timeline(request);
    await settle();
    assert.equal(store.timeline(request)?.norm[0], 1);
    revision = 2;
    emit("run/changed", { run: run({ revision }) });
    await settle();
    assert.equal(store.timeline(request), undefined);
    await settle();
    assert.equal(store.timeline(request)?.norm[0], 2);
  });

  it("does not ask for values that come with a run", async () => {
    const { store, emit } = bench({ "run/describe": () => null });
    const none = new Float32Array();
    const result = { norm: none, maxDelta: none, floor: none, outside: new Uint8Array() };
    const request = { lane: "layer0.forward", batch: 0, maxColumns: 1 } as const;
    const params = { ...request, stateName: "h" };
    emit("run/changed", { run: run(), answers: [{ method: "timeline/read", params, result }] });
    await settle();
    assert.deepEqual(store.timeline(request), result);
    // They are of this run: those of the next one come with it, or are asked for.
    emit("run/changed", { run: run({ revision: 2 }) });
    await settle();
    assert.equal(store.timeline(request), undefined);
  });

  it("keeps the values of a run that it is told of again, and shows its new labels", async () => {
    let asked = 0;
    const { store, emit } = bench({
      "run/describe": () => run(),
      "timeline/read": () => {
        asked++;
        const none = new Float32Array();
        return { norm: none, maxDelta: none, floor: none, outside: new Uint8Array() };
      },
    });
    const request = { lane: "layer0.forward", batch: 0, maxColumns: 1 } as const;
    await store.refresh();
    store.timeline(request);
    await settle();
    const labels = { ...run().labels, weights: "b.pt" };
    emit("run/changed", { run: run({ labels }) });
    await settle();
    assert.equal(store.state.view?.labels.weights, "b.pt");
    assert.notEqual(store.timeline(request), undefined);
    assert.equal(asked, 1);
  });

  it("does not say that nothing was run while the first run is under way", async () => {
    const { store, emit } = bench({ "run/describe": () => null });
    emit("run/progress", { fraction: 0.5, activity: text("Running") });
    await settle();
    await store.refresh();
    assert.equal(store.state.progress?.fraction, 0.5);
  });
});
