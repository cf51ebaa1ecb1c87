/** Where the gradient of a linear head begins in a run: the slope of what the head reads, by finite differences. */
import assert from "node:assert/strict";
import type { ForwardInput } from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import { backward } from "../../../../src/engine/gradient/gradient";
import { headFeatures, headGradient } from "../../../../src/engine/gradient/head";
import type { Head } from "../../../../src/model/find/head";
import { rnnConfig } from "../../support/goldens";
import { present } from "../../support/present";
import { filled, largestDistance, numbersFrom, randomRun } from "../../support/runs";

const [seqLength, batchSize, units] = [6, 2, 4];

function lstmRun(bidirectional: boolean): ForwardInput {
  const config = rnnConfig({ cell: "LSTM", inputSize: 3, hiddenSize: units });
  return randomRun({
    config: { ...config, numLayers: 2, bidirectional },
    seed: 21,
    seqLength,
    batchSize,
  });
}

const heads: readonly [head: Head, bidirectional: boolean, inFeatures: number][] = [
  ["last", false, units],
  ["last", true, 2 * units],
  ["every", true, 2 * units],
  ["h_n", false, units],
  ["h_n", true, 2 * units],
  // A head of half as many features reads the reverse direction's final state alone.
  ["h_n", true, units],
];

describe("the gradient of a head", () => {
  for (const [head, bidirectional, inFeatures] of heads) {
    const directions = bidirectional ? "two directions" : "one direction";
    it(`is the slope of its features: ${head}, ${directions}, ${inFeatures} features`, () => {
      const run = lstmRun(bidirectional);
      const input = run.input as Float64Array;
      const features = (): Float64Array => headFeatures(head, run, forward(run), inFeatures);
      const rows = batchSize * (head === "every" ? seqLength : 1);
      assert.equal(features().length, rows * inFeatures);
      const factors = filled(rows * inFeatures, numbersFrom(5));
      const value = (): number =>
        features().reduce((sum, each, index) => sum + each * present(factors[index]), 0);
      const expected = Array.from(input, (before, index) => {
        input[index] = before + 1e-5;
        const above = value();
        input[index] = before - 1e-5;
        const below = value();
        input[index] = before;
        return (above - below) / 2e-5;
      });
      const arriving = headGradient(head, run, factors, inFeatures);
      // Whole, and block by block: "last" is asked for blocks that do not hold the last step.
      for (const trace of [forward(run), forward(run, { maxTraceBytes: 1 })]) {
        const { steps } = backward(run, trace, arriving, { keepsSteps: true, maxBytes: 1 });
        assert.ok(largestDistance(present(steps).input, expected) < 1e-8);
      }
      assert.ok(expected.some((slope) => Math.abs(slope) > 1e-3));
    });
  }
});
