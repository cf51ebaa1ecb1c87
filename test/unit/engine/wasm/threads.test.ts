/** The fast path on several threads. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ForwardInput, StateArray } from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import { createWasmEngine } from "../../../../src/engine/wasm/wasm";
import { KernelThreads, type TaskMemory, type TaskTeam } from "../../../../src/engine/wasm/threads";
import { UnsupportedError } from "../../../../src/core/errors";
import type { RecurrentConfig } from "../../../../src/model/config";
import { createKernelThreads } from "../../../../src/node/kernelThreads";
import { statesOf } from "../../support/runs";
import { everything, runOf, scaled } from "../../support/wasmRuns";

const sharesAll = { atOnce: 0, before: 0, ofStep: 0 };

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

/** Runs until other threads have helped a few times: the first runs find none up. Each gives the same bits. */
async function shareOf(threads: KernelThreads, run: ForwardInput, times = 5): Promise<void> {
  const expected = everything(run);
  const helped = threads.helped;
  while (threads.helped < helped + times) {
    assert.deepEqual(runOn(threads, run), expected);
    await sleep(1);
  }
}

describe("threads of the fast path", function () {
  this.slow(60_000);
  let threads: KernelThreads;

  /** For objects that stand in for the threads: what is private to these is not theirs. */
  const checked = {
    checkThreads: {
      value: () => {
        threads.checkThreads();
      },
    },
  };

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
        await shareOf(threads, run, 20);
      }
      // One thread may have helped all along while the other one was still being started.
      while (threads.started < 2) await sleep(10);
      assert.equal(threads.started, 2);
    });
  }

  it("shares the units of one row, whatever the cell, its size and where the sequence ends", async () => {
    const kinds: Partial<RecurrentConfig>[] = [
      { cell: "RNN", hiddenSize: 24, numLayers: 2 },
      { cell: "RNN", nonlinearity: "relu", hiddenSize: 41 },
      { cell: "GRU", hiddenSize: 31, bias: false },
      { cell: "LSTM", hiddenSize: 25, numLayers: 2 },
    ];
    for (const precision of ["f32", "f64"] as const) {
      for (const options of kinds) {
        for (const lengths of [null, [77]]) {
          const sizes = { seqLength: 400, batchSize: 1, lengths };
          const run = scaled(runOf({ inputSize: 19, ...options }, sizes, precision), 0.3);
          await shareOf(threads, run);
        }
      }
    }
  });

  it("shares the units of both directions at once when there are threads for it", async () => {
    const four = createKernelThreads({ count: 4, limits: sharesAll });
    try {
      const options = { cell: "GRU", hiddenSize: 37, bidirectional: true, numLayers: 2 } as const;
      await shareOf(four, runOf(options, { seqLength: 300, batchSize: 1, lengths: [211] }));
    } finally {
      four.dispose();
    }
  });

  it("starts a span again without the threads that do not answer", async () => {
    const run = scaled(
      runOf({ cell: "GRU", inputSize: 8, hiddenSize: 1024 }, { seqLength: 120, batchSize: 1 }),
      0.03,
    );
    await shareOf(threads, run);
    let left = 0;
    const leaving = Object.create(threads, {
      attach: {
        value: (target: TaskMemory): TaskTeam => {
          const team = threads.attach(target);
          const runTogether: TaskTeam["runTogether"] = (tasks, isPatient) => {
            if (isPatient) left++;
            return !isPatient && team.runTogether(tasks, isPatient);
          };
          return { ...team, runTogether };
        },
      },
      ...checked,
    }) as KernelThreads;
    const expected = everything(run);
    while (left < 3) {
      assert.deepEqual(runOn(leaving, run), expected);
      await sleep(1);
    }
    assert.equal(left, 3);
  });

  it("does not wait for a task that has failed", async () => {
    const run = runOf({ cell: "LSTM", hiddenSize: 64 }, { seqLength: 200, batchSize: 1 });
    await shareOf(threads, run);
    const failing: KernelThreads = Object.create(threads, {
      attach: {
        value: (target: TaskMemory) =>
          threads.attach({
            ...target,
            kernel: {
              ...target.kernel,
              run: () => {
                throw new Error("out of order");
              },
            },
          }),
      },
      ...checked,
    }) as KernelThreads;
    let failed = 0;
    for (let round = 0; round < 500 && failed < 3; round++) {
      const helped = threads.helped;
      try {
        runOn(failing, run);
      } catch (error) {
        // Its own failure, or that the others could not go on without it.
        assert.match(String(error), /out of order|a task of the forward has failed/);
        if (String(error).includes("a task of the forward")) failed++;
      }
      assert.equal(threads.helped, helped);
      await sleep(1);
    }
    assert.equal(failed, 3);
    await shareOf(threads, run);
  });

  it("does not go on past a barrier that is broken, whoever arrives there last", async () => {
    const run = runOf({ cell: "LSTM", hiddenSize: 64 }, { seqLength: 200, batchSize: 1 });
    await shareOf(threads, run);
    const times = { broken: 0 };
    const breaking: KernelThreads = Object.create(threads, {
      attach: {
        value: (target: TaskMemory) => {
          const { kernel } = target;
          const late: TaskMemory["kernel"]["run"] = (task) => {
            times.broken++;
            kernel.breakBarrier(task);
            // The others have arrived and left before this one does.
            for (const end = performance.now() + 20; performance.now() < end;);
            kernel.run(task);
          };
          return threads.attach({ ...target, kernel: { ...kernel, run: late } });
        },
      },
      ...checked,
    }) as KernelThreads;
    for (let round = 0; round < 500 && times.broken === 0; round++) {
      try {
        runOn(breaking, run);
        assert.equal(times.broken, 0);
      } catch (error) {
        assert.match(String(error), /unreachable|a task of the forward has failed/);
      }
      await sleep(1);
    }
    assert.equal(times.broken, 1);
    await shareOf(threads, run);
  });

  const shared: [string, Partial<RecurrentConfig>, number][] = [
    ["of its own", { cell: "LSTM" }, 6],
    ["that others wait in for it", { cell: "GRU", hiddenSize: 64 }, 1],
  ];
  for (const [name, options, batchSize] of shared) {
    it(`ends a run when a thread ends in a task ${name}, and goes on with new threads`, async () => {
      const script = join(__dirname, "../../support/dyingThread.js");
      const dying = createKernelThreads({ count: 3, limits: sharesAll, script });
      const run = runOf(options, { seqLength: 300, batchSize });
      try {
        let refusal: unknown = null;
        while (refusal === null) {
          try {
            assert.deepEqual(runOn(dying, run), everything(run));
          } catch (error) {
            refusal = error;
          }
          await sleep(1);
        }
        assert.ok(refusal instanceof UnsupportedError);
        const sentence = "A thread that computed a part of the run has ended; run it again";
        assert.equal(refusal.message, sentence);
        assert.equal(dying.started, 0);
        assert.deepEqual(runOn(dying, run), everything(run));
      } finally {
        dying.dispose();
      }
    });
  }

  it("runs without threads that cannot be started, or that never answer", () => {
    const run = runOf({ cell: "GRU", bidirectional: true }, { seqLength: 9, batchSize: 4 });
    const none = new KernelThreads(4, () => null, sharesAll);
    const deaf = { post: () => undefined, isAlive: () => true, terminate: () => undefined };
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
