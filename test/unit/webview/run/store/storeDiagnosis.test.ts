/** The diagnosis as the view's store asks for it: by itself, on demand, once, and cancelled. */
import assert from "node:assert/strict";
import { CancelledError, UnsupportedError } from "../../../../../src/core/errors";
import { renderText, text } from "../../../../../src/core/text";
import type { DiagnosisView } from "../../../../../src/protocol/run/diagnosisMessages";
import type { RunView } from "../../../../../src/protocol/run/messages";
import type { UnitRequest } from "../../../../../src/protocol/run/unitMessages";
import { bench, first, run, settle } from "../bench";

const wrong = {
  verdicts: [{ name: "output", verdict: "differs" }] as unknown as RunView["verdicts"],
};
const equal = {
  verdicts: [{ name: "output", verdict: "equal" }] as unknown as RunView["verdicts"],
};
const answer = { findings: [] } as unknown as DiagnosisView;
const under = [{ id: "gates/iofg", title: text("so") }];

describe("Store.diagnose", () => {
  it("starts by itself for a run that differs, with its progress, and keeps the answer", async () => {
    let asked = 0;
    let finish: (() => void) | undefined;
    const { store, emit } = bench({
      "run/describe": () => run(wrong),
      "run/diagnose": () => {
        asked++;
        return new Promise((resolve) => {
          finish = () => {
            resolve(answer);
          };
        });
      },
    });
    void store.refresh();
    while (asked === 0) await settle();
    assert.equal(store.state.diagnosis.kind, "searching");
    const activity = text("trying");
    emit("diagnosis/progress", { fraction: 0.4, activity });
    await settle();
    assert.deepEqual(store.state.diagnosis, { kind: "searching", fraction: 0.4, activity });
    finish?.();
    await settle();
    assert.deepEqual(store.state.diagnosis, { kind: "found", answer });
    await store.refresh();
    await store.diagnose();
    assert.equal(asked, 1);
  });

  it("starts when the values of the picture are there", async () => {
    const order: string[] = [];
    const { store, emit } = bench({
      "run/describe": () => null,
      "timeline/read": async () => {
        await settle();
        order.push("values");
        const none = new Float32Array();
        return { norm: none, maxDelta: none, floor: none, outside: new Uint8Array() };
      },
      "run/diagnose": () => {
        order.push("diagnosis");
        return answer;
      },
    });
    store.subscribe(() => {
      store.timeline({ lane: "layer0.forward", batch: 0, maxColumns: 1 });
    });
    emit("run/changed", { run: run(wrong) });
    while (order.length < 2) await settle();
    assert.deepEqual(order, ["values", "diagnosis"]);
  });

  it("starts by itself for a reference of another shape, whose values may agree", async () => {
    let asked = 0;
    const reshaped = {
      verdicts: [
        {
          ...{ name: "output", verdict: "rounding", readAs: text("so") },
          ...{ found: [2, 3], expected: [3, 2] },
        },
      ] as unknown as RunView["verdicts"],
    };
    const { store } = bench({
      "run/describe": () => run(reshaped),
      "run/diagnose": () => {
        asked++;
        return answer;
      },
    });
    await store.refresh();
    await settle();
    assert.equal(asked, 1);
  });

  it("waits to be asked of a run that agrees, and has none without a reference", async () => {
    let asked = 0;
    let shown = run(equal);
    const { store } = bench({
      "run/describe": () => shown,
      "run/diagnose": () => {
        asked++;
        return answer;
      },
    });
    await store.refresh();
    assert.equal(asked, 0);
    await store.diagnose();
    assert.equal(store.state.diagnosis.kind, "found");
    shown = run({ revision: 2 });
    await store.refresh();
    await store.diagnose();
    assert.deepEqual([asked, store.state.diagnosis.kind], [1, "none"]);
  });

  it("is not started again where it was cancelled, but by hand; a failure is no problem of the page", async () => {
    let error: Error = new CancelledError();
    let asked = 0;
    const { store } = bench({
      "run/describe": () => run(wrong),
      "run/diagnose": () => {
        asked++;
        throw error;
      },
    });
    await store.refresh();
    assert.equal(store.state.diagnosis.kind, "cancelled");
    await store.refresh();
    assert.equal(asked, 1);
    error = new UnsupportedError("x", text("no"));
    await store.diagnose();
    assert.deepEqual([store.state.diagnosis.kind, store.state.problem], ["failed", null]);
  });

  it("is not asked about a run that has made way for another one", async () => {
    let asked = 0;
    const { store, emit } = bench({
      "run/describe": () => null,
      "run/diagnose": () => {
        asked++;
        return answer;
      },
    });
    emit("run/changed", { run: run(wrong) });
    emit("run/changed", { run: run({ ...equal, revision: 2 }) });
    await settle();
    assert.deepEqual([asked, store.state.diagnosis.kind], [0, "none"]);
  });

  it("is dropped when it comes after the next run", async () => {
    let shown = run(wrong);
    let finish: (() => void) | undefined;
    const { store } = bench({
      "run/describe": () => shown,
      "run/diagnose": () =>
        new Promise((resolve) => {
          finish = () => {
            resolve(answer);
          };
        }),
    });
    void store.refresh();
    await settle();
    shown = run({ ...equal, revision: 2 });
    await store.refresh();
    finish?.();
    await settle();
    assert.equal(store.state.diagnosis.kind, "none");
  });

  it("stays while the run is shown under a mistake, whose units may have no arithmetic", async () => {
    let shown = run(wrong);
    let asked = 0;
    const { store } = bench({
      "run/describe": () => shown,
      "run/diagnose": () => {
        asked++;
        return answer;
      },
      "unit/explain": () => {
        throw new UnsupportedError("w.pt", text("not under a mistake"));
      },
      "residuals/read": () => {
        throw new UnsupportedError("w.pt", text("not under a mistake"));
      },
    });
    await store.refresh();
    shown = run({ ...equal, revision: 2, under });
    await store.refresh();
    assert.deepEqual([store.state.diagnosis.kind, asked], ["found", 1]);
    const request = {
      layer: 0,
      direction: "forward",
      batch: 0,
      from: 0,
      to: 5,
      maxColumns: 5,
    } as const;
    store.explain({ ...first, stateName: "h" } satisfies UnitRequest);
    store.residuals(request);
    await settle();
    const { unexplained } = store.state;
    assert.match(unexplained === null ? "" : renderText(unexplained), /not under a mistake/);
    assert.equal(store.state.problem, null);
    assert.deepEqual(store.residuals(request), { curve: null });
    shown = run({ ...wrong, revision: 3 });
    await store.refresh();
    assert.deepEqual([store.state.unexplained, asked], [null, 2]);
  });
});
