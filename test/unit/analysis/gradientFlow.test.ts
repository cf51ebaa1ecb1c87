/** Vanishing and exploding gradients, told from the norms of one lane. */
import assert from "node:assert/strict";
import { gradientFlow, type FlowLane } from "../../../src/analysis/gradientFlow";
import { renderText } from "../../../src/core/text";

function flowOf(norms: readonly number[], change: Partial<FlowLane> = {}): [string, string] {
  const lane: FlowLane = {
    norms,
    batchSize: 1,
    batch: 0,
    length: norms.length,
    direction: "forward",
    feedsEveryStep: false,
    ...change,
  };
  const { flow, sentence } = gradientFlow(lane);
  return [flow, renderText(sentence)];
}

describe("gradientFlow", () => {
  it("sees a gradient vanish on its way back", () => {
    assert.deepEqual(flowOf([1e-6, 1e-4, 1e-2, 1]), [
      "vanishes",
      "The gradient vanishes: from t = 3 to t = 0 it shrinks to 0.000001 of its size, × 0.01 a step",
    ]);
    assert.equal(flowOf([0, 0, 1])[1], "The gradient vanishes: at t = 0 nothing is left of it");
  });

  it("sees it explode", () => {
    assert.deepEqual(flowOf([8000, 400, 20, 1]), [
      "explodes",
      "The gradient explodes: from t = 3 to t = 0 it grows 8000 times, × 20 a step",
    ]);
  });

  it("calls neither what stays between", () => {
    const sentence =
      "The gradient neither vanishes nor explodes: × 0.5 from t = 2 to t = 0, × 0.71 a step (the bounds are × 0.001 and × 1000 over the whole way)";
    assert.deepEqual(flowOf([1, 1, 2]), ["steady", sentence]);
    assert.equal(flowOf([0.001, 1])[0], "steady");
    assert.equal(flowOf([1000, 1])[0], "steady");
  });

  it("does not call a loss steady that every step feeds, and says why", () => {
    const [flow, sentence] = flowOf([1, 1, 1], { feedsEveryStep: true });
    assert.equal(flow, "steady");
    assert.match(sentence, /^The gradient does not explode: × 1 .*Every step feeds this loss/);
    assert.equal(flowOf([2000, 1], { feedsEveryStep: true })[0], "explodes");
  });

  it("follows a reverse direction to the end of its sequence", () => {
    const reverse = { direction: "reverse" } as const;
    const [flow, sentence] = flowOf([1, 1e-2, 1e-5], reverse);
    assert.equal(flow, "vanishes");
    assert.match(sentence, /from t = 0 to t = 2/);
  });

  it("begins where the gradient begins, and reads one batch row as far as it goes", () => {
    const norms = [1, 9, 1e-1, 9, 1e-4, 9, 0, 9];
    const [flow] = flowOf(norms, { batchSize: 2, batch: 1, length: 4 });
    assert.equal(flow, "steady");
    const [, sentence] = flowOf(norms, { batchSize: 2, batch: 0, length: 3 });
    assert.match(sentence, /explodes: from t = 2 to t = 0/);
    const [, later] = flowOf(norms, { batchSize: 2, batch: 0, length: 4 });
    assert.match(later, /explodes: from t = 2 to t = 0/);
  });

  it("says where it stops being finite", () => {
    assert.deepEqual(flowOf([NaN, NaN, Infinity, 1]), [
      "not-finite",
      "The gradient is not finite from t = 2 on, going back",
    ]);
  });

  it("says that there is none, and that there is no way", () => {
    assert.equal(flowOf([0, 0])[0], "none");
    const alone = "The gradient reaches t = 0 alone: there are no steps before it";
    assert.deepEqual(flowOf([2, 0, 0]), ["steady", alone]);
  });
});
