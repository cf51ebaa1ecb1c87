/** A module that only goes from the last step to the first is one that goes forward over the mirrored sequence. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ForwardInput, StateArray } from "../../src/engine/base/engine";
import { forward, type ForwardOptions } from "../../src/engine/forward";
import { backward } from "../../src/engine/gradient/gradient";
import { lossStart } from "../../src/engine/gradient/loss";
import { zerosLike } from "../../src/tensor/tensor";
import { engineFor, engines } from "../unit/support/engines";
import { rnnConfig } from "../unit/support/goldens";
import { largestDistance, randomRun, statesOf } from "../unit/support/runs";
import { scaled } from "../unit/support/wasmRuns";

const runs = fc
  .record({
    cell: fc.constantFrom("RNN" as const, "LSTM" as const, "GRU" as const),
    inputSize: fc.integer({ min: 1, max: 6 }),
    hiddenSize: fc.integer({ min: 1, max: 6 }),
    numLayers: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer(),
    seqLength: fc.integer({ min: 1, max: 40 }),
    batchSize: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ seed, seqLength, batchSize, ...options }) =>
    scaled(
      randomRun({ config: rnnConfig(options), seed, seqLength, batchSize, givenH0: true }),
      0.3,
    ),
  );

/** Steps in the opposite order. */
function mirrored<Values extends StateArray>(values: Values, seqLength: number): Values {
  const size = values.length / seqLength;
  const turned = zerosLike(values, values.length);
  for (let step = 0; step < seqLength; step++) {
    turned.set(values.subarray(step * size, (step + 1) * size), (seqLength - 1 - step) * size);
  }
  return turned;
}

function reverseOf(run: ForwardInput): ForwardInput {
  return {
    ...run,
    config: { ...run.config, reverseOnly: true },
    input: mirrored(run.input, run.seqLength),
  };
}

/** h of every layer as the mirrored forward gives it, beside h of the reverse module. */
function assertMirrored(run: ForwardInput, options: ForwardOptions): void {
  const reverse = reverseOf(run);
  const expected = forward(run, options);
  const found = forward(reverse, options);
  statesOf(reverse, found).forEach(([lane = new Float64Array()], layer) => {
    const [other = new Float64Array()] = statesOf(run, expected)[layer] ?? [];
    // Blocks of steps are cut from the other end, and products of several rows may be summed in another order.
    assert.ok(largestDistance(lane, mirrored(other, run.seqLength)) <= 1e-12);
  });
  assert.ok(largestDistance(found.hn, expected.hn) <= 1e-12);
}

describe("a module of the reverse direction alone", () => {
  for (const engine of engines) {
    it(`mirrors the forward one through the ${engine.name} engine`, () => {
      const options = { createEngine: engineFor(engine) };
      fc.assert(fc.property(runs, (run) => assertMirrored(run, options)));
    });

    it(`does so with checkpoints through the ${engine.name} engine`, () => {
      const options = { createEngine: engineFor(engine), maxTraceBytes: 1 };
      fc.assert(fc.property(runs, (run) => assertMirrored(run, options)));
    });
  }

  it("has the mirrored gradients, of every step and parameter", () => {
    fc.assert(
      fc.property(runs, fc.boolean(), (run, isChecked) => {
        const reverse = reverseOf(run);
        const options = isChecked ? { maxTraceBytes: 1 } : {};
        const loss = { kind: "sum" } as const;
        const [found, expected] = [reverse, run].map((each) => {
          const trace = forward(each, options);
          const { arriving } = lossStart(each, trace, loss);
          return backward(each, trace, arriving, { keepsSteps: true });
        });
        assert.ok(found?.steps != null && expected?.steps != null);
        const input = mirrored(expected.steps.input, run.seqLength);
        assert.ok(largestDistance(found.steps.input, input) <= 1e-12);
        assert.ok(largestDistance(found.h0, expected.h0) <= 1e-12);
        const weightOf = (each: typeof found): Float64Array =>
          each.parameters?.[0]?.[0]?.weightIh ?? new Float64Array();
        assert.ok(largestDistance(weightOf(found), weightOf(expected)) <= 1e-11);
      }),
    );
  });
});
