/** The forward: every option against PyTorch, and by hand where a number says more. */
import assert from "node:assert/strict";
import { joinDirections } from "../../../src/analysis/lanes";
import type { ForwardInput } from "../../../src/engine/base/engine";
import { forward } from "../../../src/engine/forward";
import { CancelledError } from "../../../src/core/errors";
import { swapLeadingAxes } from "../../../src/tensor/tensor";
import { goldenCases, rnnConfig, type ForwardCase } from "../support/goldens";
import {
  filled,
  forwardInputOf,
  largestDistance,
  randomRun,
  rowOf,
  runStates,
} from "../support/runs";

/** The output in the layout of the case's input. */
function outputOf(item: ForwardCase, run: ForwardInput): ArrayLike<number> {
  const { trace, states } = runStates(run);
  const joined = joinDirections(states.at(-1) ?? [], trace.stateSize);
  const { batchFirst } = run.config;
  if (!batchFirst || item.input[0].length === 2) return joined;
  const [batch = 0, steps = 0, features = 0] = item.output[0];
  return swapLeadingAxes(joined, [steps, batch, features]);
}

describe("the forward against PyTorch", () => {
  for (const item of goldenCases("forward.json") as readonly ForwardCase[]) {
    it(`${item.name}: float64 agrees to 1e-14`, () => {
      const run = forwardInputOf(item, "f64");
      assert.ok(largestDistance(outputOf(item, run), item.output[1]) < 1e-14);
      assert.ok(largestDistance(forward(run).hn, item.h_n[1]) < 1e-14);
    });

    it(`${item.name}: float32 agrees to a few roundings`, () => {
      const run = forwardInputOf(item, "f32");
      const scale = Math.max(1, ...item.output[1].map(Math.abs));
      assert.ok(largestDistance(outputOf(item, run), item.output[1]) < 1e-6 * scale);
      assert.ok(largestDistance(forward(run).hn, item.h_n[1]) < 1e-6 * scale);
    });
  }
});

/** h_t = φ(x_t + ½·h_(t−1)), one unit, T = 3, x = 1, 2, 3. */
function accumulator(changes: Partial<ForwardInput>, bidirectional = false): ForwardInput {
  const lane = {
    inputSize: 1,
    hiddenSize: 1,
    stateSize: 1,
    weightIh: Float64Array.of(1),
    weightHh: Float64Array.of(0.5),
    biasIh: null,
    biasHh: null,
    weightHr: null,
    peephole: null,
  };
  return {
    config: rnnConfig({
      inputSize: 1,
      hiddenSize: 1,
      bias: false,
      nonlinearity: "relu",
      bidirectional,
    }),
    weights: [bidirectional ? [lane, lane] : [lane]],
    input: Float64Array.of(1, 2, 3),
    seqLength: 3,
    batchSize: 1,
    h0: null,
    c0: null,
    lengths: null,
    precision: "f32",
    ...changes,
  };
}

describe("the forward by hand", () => {
  it("carries the state from step to step", () => {
    assert.deepEqual([...(runStates(accumulator({})).states[0]?.[0] ?? [])], [1, 2.5, 4.25]);
  });

  it("starts from h0", () => {
    const { states, hn } = runStates(accumulator({ h0: Float64Array.of(4) }));
    assert.deepEqual([...(states[0]?.[0] ?? [])], [3, 3.5, 4.75]);
    assert.deepEqual([...hn], [4.75]);
  });

  it("runs the reverse direction from the end and writes each state at the step it has read", () => {
    const { states, hn } = runStates(accumulator({ h0: Float64Array.of(0, 4) }, true));
    assert.deepEqual([...(states[0]?.[1] ?? [])], [1 + 0.5 * 4.5, 2 + 0.5 * 5, 3 + 0.5 * 4]);
    assert.deepEqual([...hn], [4.25, 3.25]);
  });

  it("leaves the padding 0, takes h_n at the length and starts the reverse there", () => {
    const { states, hn } = runStates(accumulator({ lengths: [2] }, true));
    assert.deepEqual([...(states[0]?.[0] ?? [])], [1, 2.5, 0]);
    assert.deepEqual([...(states[0]?.[1] ?? [])], [2, 2, 0]);
    assert.deepEqual([...hn], [2.5, 2]);
  });

  it("clips with relu and squashes with tanh", () => {
    const input = Float64Array.of(-1, -2, 3);
    assert.deepEqual([...forward(accumulator({ input })).hn], [3]);
    const config = rnnConfig({ inputSize: 1, hiddenSize: 1, bias: false });
    const { states } = runStates(accumulator({ config, input, precision: "f64" }));
    const first = Math.tanh(-1);
    assert.deepEqual([...(states[0]?.[0] ?? [])].slice(0, 2), [first, Math.tanh(-2 + 0.5 * first)]);
  });

  it("orders h_n layer by layer, forward before reverse, then by batch row", () => {
    const config = rnnConfig({ numLayers: 2, bidirectional: true });
    const { states, hn } = runStates(randomRun({ config, seed: 1, seqLength: 4, batchSize: 2 }));
    const last = { batchSize: 2, units: 3 };
    const expected = [0, 1].flatMap((layer) =>
      [3, 0].flatMap((step, direction) =>
        [0, 1].flatMap((batch) =>
          rowOf(states[layer]?.[direction] ?? new Float64Array(), { ...last, step, batch }),
        ),
      ),
    );
    assert.deepEqual([...hn], expected);
  });

  it("passes NaN and infinities on along their own sequence only", () => {
    const run = randomRun({ config: rnnConfig(), seed: 2, seqLength: 3, batchSize: 2 });
    run.input[2] = Number.NaN; // t = 0, batch 1
    const { states } = runStates(run);
    const values = states[0]?.[0] ?? new Float64Array();
    for (const step of [0, 1, 2]) {
      const row = { step, batchSize: 2, units: 3 };
      assert.ok(rowOf(values, { ...row, batch: 0 }).every(Number.isFinite));
      assert.ok(rowOf(values, { ...row, batch: 1 }).every(Number.isNaN));
    }
    const infinite = runStates(accumulator({ input: Float64Array.of(Infinity, 1, -Infinity) }));
    assert.deepEqual([...(infinite.states[0]?.[0] ?? [])], [Infinity, Infinity, Number.NaN]);
  });

  it("stores float32 after every step, so that the next one starts from what is kept", () => {
    const { states } = runStates(accumulator({ input: Float64Array.of(0.1, 0, 0) }));
    assert.ok(states[0]?.[0] instanceof Float32Array);
    assert.deepEqual([...states[0][0]], [0.1, 0.05, 0.025].map(Math.fround));
  });

  it("does not change its input", () => {
    const run = accumulator({ h0: Float64Array.of(4, 4) }, true);
    forward(run);
    assert.deepEqual([...run.input, ...(run.h0 ?? [])], [1, 2, 3, 4, 4]);
  });
});

describe("progress of the forward", () => {
  it("reports growing fractions, and stops when asked", () => {
    const config = rnnConfig({ inputSize: 1500, hiddenSize: 1500 });
    const run = randomRun({ config, seed: 3, seqLength: 6, batchSize: 1 });
    const fractions: number[] = [];
    const report = (fraction: number): void => void fractions.push(fraction);
    forward(run, { control: { report, check: () => undefined } });
    assert.equal(fractions.length, 6);
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(
      fractions,
      [...fractions].sort((left, right) => left - right),
    );

    let checks = 0;
    const check = (): void => {
      checks++;
      throw new CancelledError();
    };
    assert.throws(() => forward(run, { control: { report, check } }), CancelledError);
    assert.equal(checks, 1);
    assert.equal(fractions.length, 6);
  });

  it("runs an empty sequence to the state it started from", () => {
    const { hn } = forward(accumulator({ seqLength: 0, input: filled(0, () => 0) }));
    assert.deepEqual([...hn], [0]);
  });
});
