/** The fast path on several threads. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ForwardInput, StateArray } from "../../../src/engine/engine";
import { forward } from "../../../src/engine/forward";
import { createWasmEngine } from "../../../src/engine/wasm";
import { KernelThreads } from "../../../src/engine/wasmThreads";
import type { RecurrentConfig } from "../../../src/model/config";
import { createKernelThreads } from "../../../src/node/kernelThreads";
import { statesOf } from "../support/runs";
import { everything, runOf, scaled } from "../support/wasmRuns";

const sharesAll = { atOnce: 0, before: 0 };

const networks: readonly [string, Partial<RecurrentConfig>, number, number][] = [
  ["two directions", { cell: "LSTM", bidirectional: true }, 1, 60],
  ["three layers", { cell: "GRU", numLayers: 3 }, 1, 600],
  ["the rows of a batch", { cell: "RNN" }, 7, 60],
  ["directions and rows", { cell: "LSTM", bidirectional: true, projSize: 9 }, 5, 60],
];

function runOn(threads: KernelThreads, run: ForwardInput): StateArray[] {
  const trace = forward(run, {
    createEngine: (network) => {
      const engine = createWasmEngine(network, { threads });
      assert.ok(engine !== null);
      return engine;
    },
  });
  const c = run.config.cell === "LSTM" ? statesOf(run, trace, "c").flat() : [];
  return [...statesOf(run, trace).flat(), ...c, trace.hn, ...(trace.cn === null ? [] : [trace.cn])];
}

describe("threads of the fast path", function () {
  this.timeout(60_000);
  let threads: KernelThreads;

  before(() => {
    threads = createKernelThreads({ count: 3, limits: sharesAll });
  });

  after(() => {
    threads.dispose();
  });

  for (const [name, options, batchSize, seqLength] of networks) {
    it(`gives the same bits as one thread: ${name}`, async () => {
      const config = { inputSize: 30, hiddenSize: 50, ...options };
      const lengths = batchSize === 5 ? [60, 1, 33, 60, 12] : null;
      for (const precision of ["f32", "f64"] as const) {
        const run = scaled(runOf(config, { seqLength, batchSize, lengths }, precision), 0.2);
        const expected = everything(run);
        const helped = threads.helped;
        // The first runs find no thread up; later ones share, in whatever order.
        for (let round = 0; round < 500 && threads.helped < helped + 20; round++) {
          assert.deepEqual(runOn(threads, run), expected);
          await sleep(1);
        }
        assert.ok(threads.helped >= helped + 20);
      }
      assert.equal(threads.started, 2);
    });
  }

  it("does without threads that cannot be started, or that never come up", () => {
    const run = runOf({ cell: "GRU", bidirectional: true }, { seqLength: 9, batchSize: 4 });
    const none = new KernelThreads(4, () => null, sharesAll);
    const deaf = { post: () => undefined, terminate: () => undefined };
    const never = new KernelThreads(4, () => deaf, sharesAll);
    for (const each of [none, never]) {
      assert.deepEqual(runOn(each, run), everything(run));
      assert.equal(each.started, 0);
      assert.equal(each.helped, 0);
    }
  });

  it("does not start threads for little work", () => {
    const run = runOf({ cell: "GRU", bidirectional: true }, { seqLength: 9, batchSize: 4 });
    let spawned = 0;
    const lazy = new KernelThreads(4, () => {
      spawned++;
      return null;
    });
    assert.deepEqual(runOn(lazy, run), everything(run));
    assert.equal(spawned, 0);
  });
});
