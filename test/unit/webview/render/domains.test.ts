import assert from "node:assert/strict";
import type { LaneInfo, RunView } from "../../../../src/protocol/messages";
import { domainsOf, limitOf } from "../../../../webview/render/domains";

function run(
  nonlinearity: "tanh" | "relu",
  input: readonly [number, number],
  states: readonly [number, number],
): RunView {
  const lane = (id: LaneInfo["id"], range: readonly [number, number]): LaneInfo => ({
    ...{ id, layer: null, direction: null, units: 2, reference: "full", outside: 0, total: 4 },
    ...{ range, deltaRange: [-0.02, 0.0149] },
  });
  return {
    config: { cell: "RNN" },
    options: { nonlinearity },
    lanes: [lane("input", input), lane("output", states)],
  } as unknown as RunView;
}

describe("domainsOf", () => {
  it("reads bounded states against ±1, and the input with them where it fits", () => {
    const domains = domainsOf(run("tanh", [-0.9, 0.5], [-0.2, 0.3]));
    assert.deepEqual(domains, { input: 1, states: 1, delta: 0.02 });
  });

  it("gives the input a scale of its own where it is larger or much smaller", () => {
    assert.equal(domainsOf(run("tanh", [-3.11, 2], [-1, 1])).input, 3.2);
    assert.equal(domainsOf(run("tanh", [-0.01, 0.008], [-1, 1])).input, 0.01);
  });

  it("follows the values of relu", () => {
    assert.equal(domainsOf(run("relu", [-1, 1], [0, 41.2])).states, 42);
  });
});

describe("limitOf", () => {
  it("chooses by what is shown", () => {
    const domains = { input: 3, states: 1, delta: 0.02 };
    assert.equal(limitOf(domains, { id: "input" }, "ours"), 3);
    assert.equal(limitOf(domains, { id: "output" }, "reference"), 1);
    assert.equal(limitOf(domains, { id: "layer0.forward" }, "delta"), 0.02);
  });
});
