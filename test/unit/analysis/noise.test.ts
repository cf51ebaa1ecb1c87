/** The noise of a run, measured between its two precisions. */
import assert from "node:assert/strict";
import { measureNoise, stepInProcessing } from "../../../src/analysis/noise";
import type { ForwardTrace } from "../../../src/engine/trace";
import { rnnConfig } from "../support/goldens";

const config = rnnConfig({ inputSize: 3, hiddenSize: 1, bidirectional: true });

/** Two directions of one unit over four steps. */
function traceOf(forward: readonly number[], reverse: readonly number[]): ForwardTrace {
  return {
    seqLength: 4,
    batchSize: 1,
    stateSize: 1,
    states: [[Float64Array.from(forward), Float64Array.from(reverse)]],
    hn: new Float64Array(2),
  };
}

const zero = traceOf([0, 0, 0, 0], [0, 0, 0, 0]);
/** Four standard deviations over I + H = 4 terms. */
const factor = 8;

function allowanceOf(trace: ForwardTrace, lengths: number[] | null = null): number[][] {
  const { allowance } = measureNoise(config, trace, zero, lengths);
  return (allowance[0] ?? []).map((lane) => [...lane].map((value) => value / factor));
}

describe("stepInProcessing", () => {
  it("counts from the end of the sequence in reverse, and puts the padding last", () => {
    const order = (direction: "forward" | "reverse"): number[] =>
      [0, 1, 2, 3].map((s) => stepInProcessing(direction, s, 3));
    assert.deepEqual(order("forward"), [0, 1, 2, 3]);
    assert.deepEqual(order("reverse"), [2, 1, 0, 3]);
  });
});

describe("measureNoise", () => {
  it("never falls along the direction of processing", () => {
    const trace = traceOf([0.25, -0.5, 0.125, 0], [0.25, 0, 0.125, 0]);
    assert.deepEqual(allowanceOf(trace), [
      [0.25, 0.5, 0.5, 0.5],
      [0.25, 0.125, 0.125, 0],
    ]);
  });

  it("starts the reverse at each sequence's own end", () => {
    const lanes = allowanceOf(traceOf([0, 0, 0, 0], [0, 0.5, 0, 0]), [3]);
    assert.deepEqual(lanes[1], [0.5, 0.5, 0, 0.5]);
  });

  it("has the largest distance for a floor", () => {
    const trace = traceOf([0.25, -0.5, 0.125, 0], [0, 0, 0, 0.75]);
    assert.equal(measureNoise(config, trace, zero, null).floor, 0.75);
    assert.equal(measureNoise(config, zero, zero, null).floor, 0);
  });

  it("does not let NaN or an infinity allow anything", () => {
    assert.deepEqual(allowanceOf(traceOf([NaN, 0.25, Infinity, 0], [0, 0, 0, 0]))[0], [
      ...[0, 0.25, 0.25, 0.25],
    ]);
  });
});
