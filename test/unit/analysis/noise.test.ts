/** The noise of a run, measured between its two precisions. */
import assert from "node:assert/strict";
import { NoiseMeter, stepInProcessing, type Noise } from "../../../src/analysis/noise";
import type { Precision } from "../../../src/engine/base/engine";
import { rnnConfig } from "../support/goldens";

const config = rnnConfig({ inputSize: 3, hiddenSize: 1, bidirectional: true });

/** Distances of two directions of one unit over four steps, measured two steps at a time. */
function noiseOf(
  forward: readonly number[],
  reverse: readonly number[],
  lengths: number[] | null = null,
  precision: Precision = "f32",
): Noise {
  const meter = new NoiseMeter({ config, lengths, seqLength: 4, batchSize: 1, precision });
  for (const from of [2, 0]) {
    [forward, reverse].forEach((states, directionIndex) => {
      const own = Float64Array.from(states.slice(from, from + 2));
      const lane = { layer: 0, directionIndex };
      meter.add({ stateName: "h", lane }, { from, to: from + 2 }, own, new Float64Array(2));
    });
  }
  return meter.finish();
}

/** Four standard deviations over I + H = 4 terms. */
const factor = 8;

function allowanceOf(...distances: Parameters<typeof noiseOf>): number[][] {
  const { allowance } = noiseOf(...distances);
  return (allowance[0] ?? []).map((lane) => [...lane].map((value) => value / factor));
}

const zero = [0, 0, 0, 0];

describe("stepInProcessing", () => {
  it("counts from the end of the sequence in reverse, and puts the padding last", () => {
    const order = (direction: "forward" | "reverse"): number[] =>
      [0, 1, 2, 3].map((s) => stepInProcessing(direction, s, 3));
    assert.deepEqual(order("forward"), [0, 1, 2, 3]);
    assert.deepEqual(order("reverse"), [2, 1, 0, 3]);
  });
});

describe("noise", () => {
  it("never falls along the direction of processing", () => {
    assert.deepEqual(allowanceOf([0.25, -0.5, 0.125, 0], [0.25, 0, 0.125, 0]), [
      [0.25, 0.5, 0.5, 0.5],
      [0.25, 0.125, 0.125, 0],
    ]);
  });

  it("starts the reverse at each sequence's own end", () => {
    assert.deepEqual(allowanceOf(zero, [0, 0.5, 0, 0], [3])[1], [0.5, 0.5, 0, 0.5]);
  });

  it("has the largest distance for a floor", () => {
    assert.equal(noiseOf([0.25, -0.5, 0.125, 0], [0, 0, 0, 0.75]).floor, 0.75);
    assert.equal(noiseOf(zero, zero).floor, 0);
  });

  it("does not let NaN or an infinity allow anything", () => {
    assert.deepEqual(allowanceOf([NaN, 0.25, Infinity, 0], zero)[0], [0, 0.25, 0.25, 0.25]);
  });

  it("of a network that rounds after every operation does not grow with its terms", () => {
    const { allowance } = noiseOf([0.25, 0, 0, 0], zero, null, "bf16");
    assert.deepEqual([...(allowance[0]?.[0] ?? [])], [1, 1, 1, 1]);
  });

  it("of c is the largest distance so far, step by step as that of h", () => {
    const lstm = rnnConfig({ cell: "LSTM", inputSize: 3, hiddenSize: 1 });
    const frame = { lengths: null, seqLength: 2, batchSize: 2, precision: "f32" } as const;
    const meter = new NoiseMeter({ config: lstm, ...frame });
    const c = { stateName: "c", lane: { layer: 0, directionIndex: 0 } } as const;
    meter.add(c, { from: 1, to: 2 }, Float64Array.of(0.25, 0), new Float64Array(2));
    meter.add(c, { from: 0, to: 1 }, Float64Array.of(0.125, -1), new Float64Array(2));
    const { cellAllowance, floor } = meter.finish();
    const steps = [...(cellAllowance?.[0]?.[0] ?? [])];
    assert.deepEqual(steps, [0.125 * factor, factor, 0.25 * factor, factor]);
    assert.equal(floor, 0);
  });
});
