/** Runs that are longer than their memory: the same numbers as those that are kept whole, and never all at once. */
import assert from "node:assert/strict";
import { CancelledError, LimitError } from "../../../src/core/errors";
import { noControl, type RunControl } from "../../../src/core/control";
import { createReadableEngine } from "../../../src/engine/readable/readable";
import type { ForwardEngine, Network } from "../../../src/engine/base/engine";
import { numDirections, stateSize, type RecurrentConfig } from "../../../src/model/config";
import type { StateName } from "../../../src/protocol/run/messages";
import type { LaneId, Side } from "../../../src/protocol/run/windowMessages";
import { executeRun, type RunResult } from "../../../src/run/execute";
import type { RunInputs } from "../../../src/run/inputs";
import { laneOf } from "../../../src/analysis/lanes";
import { resultTensors } from "../../../src/session/results";
import { readTimeline } from "../../../src/session/views/timeline";
import { readWindow } from "../../../src/session/views/window";
import { elementCount, type Tensor } from "../../../src/tensor/tensor";
import { renderText, type Text } from "../../../src/core/text";
import { rnnConfig } from "../support/goldens";
import { filled, numbersFrom, randomParameters } from "../support/runs";
import { cellVariants } from "../support/variants";

interface LongRun {
  readonly config: RecurrentConfig;
  readonly seqLength: number;
  readonly batchSize?: number;
  readonly lengths?: readonly number[] | null;
  readonly precision?: RunInputs["precision"];
}

/** A run beside a reference that is its own float64 output, moved a little in places. */
function inputsOf({ config, seqLength, batchSize = 1, ...rest }: LongRun): RunInputs {
  const next = numbersFrom(11);
  const tensor = (...shape: number[]): Tensor => ({
    dtype: "float32",
    shape,
    data: Float32Array.from(filled(elementCount(shape), next)),
  });
  const slots = config.numLayers * numDirections(config);
  const hasC = config.cell === "LSTM";
  return {
    config,
    parameters: randomParameters(config, () => 0.5 * next()),
    input: tensor(seqLength, batchSize, config.inputSize),
    h0: tensor(slots, batchSize, stateSize(config)),
    c0: hasC ? tensor(slots, batchSize, config.hiddenSize) : null,
    lengths: rest.lengths ?? null,
    reference: {
      output: tensor(seqLength, batchSize, numDirections(config) * stateSize(config)),
      hn: tensor(slots, batchSize, stateSize(config)),
      cn: hasC ? tensor(slots, batchSize, config.hiddenSize) : null,
    },
    precision: rest.precision ?? "f32",
    // Half of the elements are within it.
    tolerance: { rtol: 0, atol: 0.5 },
  };
}

/** Everything that can be seen of a run. */
function everythingOf(run: RunResult): object {
  const ask = { batch: 1, maxColumns: 7, maxRows: 2 };
  const part = { stepStart: 3, stepEnd: 1e9, unitStart: 0, unitEnd: 1e9 };
  const sides: readonly Side[] = ["ours", "reference", "delta"];
  const stateNames: readonly StateName[] = ["h", "c"];
  const seen = run.lanes.flatMap((lane) =>
    stateNames.flatMap((stateName) => {
      const shown = laneOf(lane, stateName);
      const request = { lane: lane.id as LaneId, stateName, ...ask };
      if (shown === null) return [];
      return [
        readTimeline(shown, request, run.context),
        ...sides.flatMap((side) => [
          readWindow(shown, { ...request, ...part, side }, run.context),
          readWindow(
            shown,
            { ...request, ...part, side, maxColumns: 99, maxRows: 99 },
            run.context,
          ),
        ]),
      ];
    }),
  );
  const { compared, numbers, noise, trace } = run;
  const tensors = [...resultTensors(run, { states: true })];
  return { compared, numbers, noise, seen, tensors, hn: trace.hn, cn: trace.cn };
}

describe("a run that is kept by checkpoints", function () {
  this.slow(5000);
  for (const { name, config, precision } of cellVariants()) {
    it(`looks the same as one that is kept whole: ${name}`, () => {
      const sizes = { seqLength: 23, batchSize: 3, lengths: [23, 9, 16] };
      const inputs = inputsOf({ config, precision, ...sizes });
      const whole = executeRun(inputs, { control: noControl });
      const bounded = executeRun(inputs, { control: noControl, maxTraceBytes: 0 });
      assert.deepEqual(
        [whole.trace.path.checkpoints, bounded.trace.path.checkpoints],
        [false, true],
      );
      assert.deepEqual(everythingOf(bounded), everythingOf(whole));
      bounded.trace.dispose();
    });
  }
});

/** Values of the largest typed array of numbers made while `work` runs. */
function largestAllocation(work: () => void): number {
  const { Float32Array: single, Float64Array: double } = globalThis;
  let largest = 0;
  const watched = <Made extends Float32ArrayConstructor | Float64ArrayConstructor>(
    made: Made,
  ): Made =>
    new Proxy(made, {
      construct: (target, args: readonly unknown[], newTarget) => {
        const values = Reflect.construct(target, args, newTarget) as Float32Array;
        // What is made over a buffer is a view of it.
        if (!(args[0] instanceof ArrayBuffer)) largest = Math.max(largest, values.length);
        return values;
      },
    });
  globalThis.Float32Array = watched(single);
  globalThis.Float64Array = watched(double);
  try {
    work();
  } finally {
    globalThis.Float32Array = single;
    globalThis.Float64Array = double;
  }
  return largest;
}

describe("the memory of a long run", () => {
  const config = rnnConfig({ cell: "LSTM", numLayers: 2, bidirectional: true, hiddenSize: 16 });
  const seqLength = 600;
  const laneValues = seqLength * config.hiddenSize;

  it("never holds the states of a lane, whichever part of the run or of the panel is at work", () => {
    const inputs = inputsOf({ config, seqLength });
    const request = { batch: 0, maxColumns: 100, maxRows: 4 };
    const part = {
      stepStart: 0,
      stepEnd: seqLength,
      unitStart: 0,
      unitEnd: 99,
      side: "delta",
    } as const;
    const look = (maxTraceBytes: number): number =>
      largestAllocation(() => {
        const run = executeRun(inputs, { control: noControl, maxTraceBytes });
        for (const lane of run.lanes) {
          const asked = { ...request, lane: lane.id as LaneId, stateName: "h" } as const;
          readWindow(lane, { ...asked, ...part }, run.context);
          readTimeline(lane, asked, run.context);
        }
        run.trace.dispose();
      });
    // No array has more than one number for each step.
    assert.ok(look(2 ** 16) <= seqLength);
    assert.ok(look(Infinity) >= laneValues, "a trace that is kept whole is noticed");
  });

  it("refuses results that do not fit into memory, before reading any of them", () => {
    const run = executeRun(inputsOf({ config, seqLength: 3 }), { control: noControl });
    const long = { ...run, sizes: { ...run.sizes, seqLength: 2 ** 24 } };
    // The output alone is 2 GiB, and fits; with all states it is 6 times as large.
    assert.throws(() => resultTensors(long, { states: true }), LimitError);
    const longer = { ...run, sizes: { ...run.sizes, seqLength: 2 ** 24 + 1 } };
    assert.throws(() => resultTensors(longer, { states: false }), LimitError);
  });

  it("is a bounded number of steps computed again", () => {
    let computed = 0;
    const createEngine = (network: Network): ForwardEngine => {
      const engine = createReadableEngine(network);
      return {
        ...engine,
        run: (spans) => {
          for (const { from, to } of spans) computed += to - from;
          engine.run(spans);
        },
      };
    };
    const means = { control: noControl, createEngine, maxTraceBytes: 2 ** 16 };
    executeRun(inputsOf({ config, seqLength }), means);
    const lanes = config.numLayers * numDirections(config);
    // Twice each for setting the checkpoints (the upper layer looks at the lower one again) …
    const forwards = 2 * 2 * seqLength * lanes;
    // … once more in both precisions to measure the noise, and once to compare.
    assert.ok(
      computed <= forwards + 3 * seqLength * lanes,
      `${computed / seqLength / lanes} times`,
    );
  });
});

describe("the progress of a run", () => {
  const config = rnnConfig({ cell: "LSTM" });
  const means = { maxTraceBytes: 2 ** 12 };

  it("grows through every part of the work", () => {
    const told: { fraction: number; activity: string }[] = [];
    const report = (fraction: number, activity: Text): void =>
      void told.push({ fraction, activity: renderText(activity) });
    const control: RunControl = { report, check: () => undefined };
    executeRun(inputsOf({ config, seqLength: 500 }), { ...means, control });
    const activities = ["Running the forward", "Measuring the rounding noise", "Comparing"];
    assert.deepEqual([...new Set(told.map(({ activity }) => activity))], activities);
    const fractions = told.map(({ fraction }) => fraction);
    assert.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
    assert.equal(fractions.at(-1), 1);
  });

  it("ends in every part when asked, and the engines are given back", () => {
    for (const part of ["Running the forward", "Measuring the rounding noise", "Comparing"]) {
      let activity = "";
      let running = 0;
      const control: RunControl = {
        report: (_, now) => (activity = renderText(now)),
        check: () => {
          if (activity === part) throw new CancelledError();
        },
      };
      const createEngine = (network: Network): ForwardEngine => {
        running++;
        return { ...createReadableEngine(network), dispose: () => running-- };
      };
      const run = inputsOf({ config, seqLength: 500 });
      assert.throws(() => executeRun(run, { ...means, control, createEngine }), CancelledError);
      assert.equal(running, 0, part);
    }
  });
});
