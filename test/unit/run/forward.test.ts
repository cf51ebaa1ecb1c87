/** The forward stage alone: what is kept, where it stops, which steps it runs. */
import assert from "node:assert/strict";
import { chooseEngine } from "../../../src/engine/choose";
import type { ReachedSteps } from "../../../src/engine/base/stop";
import { noControl } from "../../../src/core/control";
import {
  forward,
  forwardBoth,
  forwardUntil,
  runOfSteps,
  statesBefore,
  type ForwardOptions,
} from "../../../src/run/forward";
import { resultsOf } from "../../../src/run/results";
import type { PreparedRun } from "../../../src/run/inputs";
import { rnnConfig } from "../support/goldens";
import { randomRun, type RandomRun } from "../support/runs";
import { outputOf } from "../support/outputs";

function prepared(
  changes: Partial<RandomRun["config"]>,
  more: Partial<RandomRun> = {},
): PreparedRun {
  const config = rnnConfig({ cell: "LSTM", numLayers: 2, ...changes });
  const run = randomRun({ config, seed: 3, seqLength: 9, batchSize: 2, givenH0: true, ...more });
  const sizes = { seqLength: run.seqLength, batchSize: 2, features: 2, unbatched: false };
  return { run, sizes };
}

const engines: readonly [string, ForwardOptions][] = [
  ["the readable engine", {}],
  ["the kernels", { createEngine: chooseEngine }],
  ["the kernels, in spans", { createEngine: (network) => ({ ...withoutShort(network) }) }],
];

/** The kernels without the way for short runs. */
function withoutShort(
  network: Parameters<typeof chooseEngine>[0],
): ReturnType<typeof chooseEngine> {
  const engine = chooseEngine(network);
  return {
    path: engine.path,
    threads: engine.threads,
    spansAtOnce: engine.spansAtOnce,
    multiplicationsPerRun: 1,
    stepsPerSpan: 1,
    run: (spans, pause) => {
      engine.run(spans, pause);
    },
    dispose: () => {
      engine.dispose();
    },
  };
}

const networks = [
  { numLayers: 1 },
  { numLayers: 4 },
  { numLayers: 3, bidirectional: true },
  { numLayers: 3, cell: "GRU" },
  { numLayers: 3, projSize: 2 },
] as const;

describe("a forward that keeps the output alone", () => {
  for (const [name, options] of engines) {
    for (const network of networks) {
      it(`gives the same results: ${JSON.stringify(network)}, ${name}`, () => {
        const { run, sizes } = prepared(network, { lengths: [9, 4], precision: "f32" });
        const whole = resultsOf({ run, sizes }, forward(run, options), null);
        const trace = forward(run, { ...options, keep: "output" });
        const bare = resultsOf({ run, sizes }, trace, null);
        assert.deepEqual([bare.hn, bare.cn], [whole.hn, whole.cn]);
        const units = trace.stateSize;
        assert.deepEqual(outputOf(bare, units, 9), outputOf(whole, units, 9));
      });
    }
  }

  it("refuses to read what it has not kept", () => {
    const trace = forward(prepared({}).run, { keep: "output" });
    assert.throws(() => trace.read("h", { layer: 0, directionIndex: 0 }, 0, 1), RangeError);
    assert.throws(() => trace.read("c", { layer: 1, directionIndex: 0 }, 0, 1), RangeError);
  });
});

describe("a forward that stops early", () => {
  /** The steps that were told of until `steps` were. */
  function reachedOf(
    { run }: PreparedRun,
    every: number,
    steps: number,
    options: ForwardOptions = {},
  ): { told: string[]; isStopped: boolean } {
    const told: string[] = [];
    let count = 0;
    const { createEngine } = options;
    const engine = createEngine === undefined ? {} : { createEngine };
    const when = ({ direction, from, to, h }: ReachedSteps): boolean => {
      told.push(`${direction} ${from}-${to}`);
      const lane = {
        layer: run.config.numLayers - 1,
        directionIndex: direction === "reverse" ? 1 : 0,
      };
      const whole = forward(run, engine).read("h", lane, from, to);
      assert.deepEqual([...h], [...whole]);
      count += to - from;
      return count >= steps;
    };
    return { told, isStopped: forwardUntil(run, { every, when }, options) === null };
  }

  it("asks after each span of the last layer, and goes no further", () => {
    const stopped = reachedOf(prepared({}), 2, 3);
    assert.deepEqual(stopped, { told: ["forward 0-2", "forward 2-4"], isStopped: true });
    const both = reachedOf(prepared({ bidirectional: true }), 4, 5);
    assert.deepEqual(both, { told: ["forward 0-4", "reverse 8-9"], isStopped: true });
  });

  it("runs to its end where nobody stops it", () => {
    const { told, isStopped } = reachedOf(prepared({}), 4, Infinity);
    assert.deepEqual([told.at(-1), isStopped], ["forward 8-9", false]);
  });

  it("stops a run that is kept by checkpoints too, and gives its engine back", () => {
    let held = 0;
    const createEngine: ForwardOptions["createEngine"] = (network) => {
      const engine = chooseEngine(network);
      held++;
      return {
        ...withoutShort(network),
        dispose: () => {
          held--;
          engine.dispose();
        },
      };
    };
    for (const changes of [{}, { bidirectional: true }]) {
      const { told, isStopped } = reachedOf(prepared(changes), 1, 3, {
        maxTraceBytes: 0,
        createEngine,
      });
      assert.deepEqual([told.length < 6, isStopped], [true, true]);
    }
    assert.equal(held, 0);
  });
});

describe("a forward over some steps", () => {
  const lane = { layer: 1, directionIndex: 0 };

  it("goes on from the states before them", () => {
    for (const options of engines.map(([, each]) => each)) {
      for (const lengths of [null, [9, 3]]) {
        const whole = prepared({}, { lengths });
        const trace = forward(whole.run, options);
        const start = statesBefore(whole.run, trace, 4);
        const { run, sizes } = runOfSteps(whole, { from: 4, to: 9 }, start);
        assert.deepEqual([run.seqLength, sizes.seqLength], [5, 5]);
        const part = forward(run, options);
        assert.deepEqual(part.read("h", lane, 0, 5), trace.read("h", lane, 4, 9));
        assert.deepEqual([part.hn, part.cn], [trace.hn, trace.cn]);
      }
    }
  });

  it("is the beginning of the run from its own start", () => {
    const whole = prepared({});
    const trace = forward(whole.run);
    const { run } = runOfSteps(whole, { from: 0, to: 3 }, statesBefore(whole.run, trace, 0));
    assert.deepEqual(forward(run).read("h", lane, 0, 3), trace.read("h", lane, 0, 3));
  });

  it("has no states to go on from before a step of a reverse direction", () => {
    const { run } = prepared({ bidirectional: true });
    assert.throws(() => statesBefore(run, forward(run), 4), RangeError);
  });
});

describe("a forward in both precisions", () => {
  it("runs in float64 as well where something is judged", () => {
    const { run } = prepared({}, { precision: "f32" });
    const means = { control: noControl };
    assert.equal(forwardBoth(run, false, means).exact, null);
    assert.ok(forwardBoth(run, true, means).exact?.hn instanceof Float64Array);
    const { own, exact } = forwardBoth({ ...run, precision: "f64" }, true, means);
    assert.equal(own, exact);
  });
});
