/** A trace kept by checkpoints: the same numbers as a whole one, in bounded memory. */
import assert from "node:assert/strict";
import type { ForwardEngine, ForwardInput, Network } from "../../../src/engine/base/engine";
import { forward } from "../../../src/engine/forward";
import { createReadableEngine } from "../../../src/engine/readable/readable";
import { traceBytes, type ForwardTrace, type StateName } from "../../../src/engine/base/trace";
import { CancelledError } from "../../../src/core/errors";
import { engineFor, engines } from "../support/engines";
import { rnnConfig } from "../support/goldens";
import { numbersFrom, randomRun, statesOf } from "../support/runs";
import { cellVariants } from "../support/variants";

/** Bytes of one step of a run: a trace of T steps takes T times as much. */
function stepBytes({ config, batchSize, precision }: ForwardInput): number {
  return traceBytes(config, 1, batchSize, precision === "f64" ? 8 : 4);
}

/** The run with checkpoints at the edges of blocks of about `block` steps. */
function checkpointed(
  run: ForwardInput,
  block: number,
  createEngine: (network: Network) => ForwardEngine = createReadableEngine,
): ForwardTrace {
  const trace = forward(run, { maxTraceBytes: 8 * block * stepBytes(run), createEngine });
  assert.equal(trace.path.checkpoints, true);
  return trace;
}

function stateNamesOf(trace: ForwardTrace): readonly StateName[] {
  return trace.cn === null ? ["h"] : ["h", "c"];
}

/** Every state, h_n and c_n, bit for bit. */
function assertSame(run: ForwardInput, found: ForwardTrace, expected: ForwardTrace): void {
  assert.deepEqual(found.hn, expected.hn);
  assert.deepEqual(found.cn, expected.cn);
  for (const stateName of stateNamesOf(expected)) {
    assert.deepEqual(statesOf(run, found, stateName), statesOf(run, expected, stateName));
  }
}

describe("a checkpointed trace", function () {
  this.slow(5000);
  const lengths = [23, 9, 1];
  const sizes = { seed: 7, seqLength: 23, batchSize: 3, givenH0: true };

  for (const { name, config, precision } of cellVariants()) {
    for (const bidirectional of [false, true]) {
      const directions = bidirectional ? "two directions" : "one direction";
      it(`is the whole one bit for bit: ${name}, ${directions}`, () => {
        for (const given of [null, lengths]) {
          const changed = { ...config, bidirectional };
          const run = randomRun({ ...sizes, config: changed, lengths: given, precision });
          const whole = forward(run);
          assert.equal(whole.path.checkpoints, false);
          for (const block of [0, 1, 2]) assertSame(run, checkpointed(run, block), whole);
        }
      });
    }
  }

  for (const engine of engines) {
    it(`is the whole one bit for bit through ${engine.name}`, () => {
      for (const cell of ["RNN", "LSTM", "GRU"] as const) {
        for (const bidirectional of [false, true]) {
          const config = rnnConfig({
            cell,
            bidirectional,
            numLayers: 3,
            inputSize: 5,
            hiddenSize: 7,
          });
          const run = randomRun({ ...sizes, seqLength: 90, lengths: [90, 31, 5], config });
          const createEngine = engineFor(engine);
          const whole = forward(run, { createEngine });
          for (const block of [1, 4, 9]) {
            assertSame(run, checkpointed(run, block, createEngine), whole);
          }
        }
      }
    });
  }

  it("is the same whatever the span that its engine takes at once", () => {
    const config = rnnConfig({ cell: "LSTM", numLayers: 2, bidirectional: true });
    const run = randomRun({ ...sizes, config, lengths, seqLength: 60 });
    const whole = forward(run);
    for (const multiplicationsPerRun of [1, 500, 1500]) {
      const createEngine = (network: Network): ForwardEngine => ({
        ...createReadableEngine(network),
        multiplicationsPerRun,
      });
      assertSame(run, checkpointed(run, 6, createEngine), whole);
      assertSame(run, forward(run, { createEngine }), whole);
    }
  });

  it("keeps blocks of the square root of T steps, fewer where memory asks for it", () => {
    const run = randomRun({ ...sizes, config: rnnConfig(), seqLength: 100, lengths: null });
    assert.equal(checkpointed(run, 11).blockSteps, 10);
    assert.equal(checkpointed(run, 3).blockSteps, 3);
    assert.equal(checkpointed(run, 0).blockSteps, 1);
  });

  it("reads any span, within a block and across several, in any order", () => {
    const config = rnnConfig({ cell: "LSTM", numLayers: 2, bidirectional: true, projSize: 2 });
    const run = randomRun({ ...sizes, config, lengths, seqLength: 40 });
    const whole = forward(run);
    const trace = checkpointed(run, 3);
    assert.equal(trace.blockSteps, 3);
    const next = numbersFrom(3);
    const choose = (count: number): number => Math.floor(((next() + 1) / 2) * count);
    for (let k = 0; k < 300; k++) {
      const from = choose(41);
      const to = from + choose(41 - from);
      const lane = { layer: choose(2), directionIndex: choose(2) };
      const stateName = choose(2) === 0 ? "h" : "c";
      const found = trace.read(stateName, lane, from, to);
      assert.deepEqual([...found], [...whole.read(stateName, lane, from, to)], `${from}…${to}`);
    }
    assert.equal(trace.read("h", { layer: 1, directionIndex: 0 }, 40, 40).length, 0);
  });

  it("computes a block once while it is looked at, and again when others took its place", () => {
    let runs = 0;
    const createEngine = (network: Network): ForwardEngine => {
      const engine = createReadableEngine(network);
      const run: ForwardEngine["run"] = (spans) => {
        runs++;
        engine.run(spans);
      };
      return { ...engine, run };
    };
    const run = randomRun({ ...sizes, config: rnnConfig(), lengths: null, seqLength: 40 });
    const trace = checkpointed(run, 1, createEngine);
    const lane = { layer: 0, directionIndex: 0 };
    const runsOf = (action: () => void): number => {
      const before = runs;
      action();
      return runs - before;
    };
    assert.equal(runs, 40);
    assert.equal(
      runsOf(() => trace.read("h", lane, 0, 1)),
      1,
    );
    assert.equal(
      runsOf(() => trace.read("h", lane, 0, 1)),
      0,
    );
    assert.equal(
      runsOf(() => trace.read("h", lane, 0, 40)),
      39,
    );
    // Half of the memory holds four blocks of one step.
    assert.equal(
      runsOf(() => trace.read("h", lane, 36, 40)),
      0,
    );
    assert.equal(
      runsOf(() => trace.read("h", lane, 0, 1)),
      1,
    );
  });

  it("reports growing fractions up to 1", () => {
    for (const bidirectional of [false, true]) {
      const config = rnnConfig({ numLayers: 2, bidirectional });
      const run = randomRun({ ...sizes, config, seqLength: 30 });
      const fractions: number[] = [];
      const report = (fraction: number): void => void fractions.push(fraction);
      const control = { report, check: () => undefined };
      forward(run, { control, maxTraceBytes: 0 });
      assert.equal(fractions.at(-1), 1);
      assert.ok(fractions.every((value, index) => value > (fractions[index - 1] ?? 0)));
    }
  });

  it("stops when asked, and gives its engine back", () => {
    for (const numLayers of [1, 2]) {
      const config = rnnConfig({ numLayers, bidirectional: numLayers === 2 });
      const run = randomRun({ ...sizes, config });
      let [checks, disposed] = [0, 0];
      const createEngine = (network: Network): ForwardEngine => ({
        ...createReadableEngine(network),
        dispose: () => {
          disposed++;
        },
      });
      const check = (): void => {
        if (++checks === 5) throw new CancelledError();
      };
      const control = { report: () => undefined, check };
      const options = { control, createEngine, maxTraceBytes: 0 };
      assert.throws(() => forward(run, options), CancelledError);
      assert.deepEqual([checks, disposed], [5, 1]);
    }
  });

  it("stops a read when asked, and reads right afterwards", () => {
    const config = rnnConfig({ cell: "GRU", numLayers: 2, bidirectional: true });
    const run = randomRun({ ...sizes, config, seqLength: 50, lengths: null });
    const trace = checkpointed(run, 1);
    const lane = { layer: 1, directionIndex: 1 };
    let checks = 0;
    const check = (): void => {
      if (++checks === 7) throw new CancelledError();
    };
    assert.throws(() => trace.read("h", lane, 0, 50, check), CancelledError);
    assertSame(run, trace, forward(run));
  });

  it("keeps its engine until it is disposed", () => {
    let disposed = 0;
    const createEngine = (network: Network): ForwardEngine => ({
      ...createReadableEngine(network),
      dispose: () => {
        disposed++;
      },
    });
    const run = randomRun({ ...sizes, config: rnnConfig() });
    const trace = checkpointed(run, 1, createEngine);
    assert.equal(disposed, 0);
    trace.dispose();
    assert.equal(disposed, 1);
    forward(run, { createEngine });
    assert.equal(disposed, 2);
  });
});
