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
    ...{ range, deltaRange: [-0.02, 0.0149], cell: null },
  });
  return {
    config: { cell: "RNN" },
    options: { nonlinearity },
    lanes: [lane("input", input), lane("output", states)],
    verdicts: [],
  } as unknown as RunView;
}

describe("domainsOf", () => {
  it("reads bounded states against ±1, and the input with them where it fits", () => {
    const domains = domainsOf(run("tanh", [-0.9, 0.5], [-0.2, 0.3]), "h");
    assert.deepEqual(domains, { input: 1, states: 1, logits: 1, layers: 1, delta: 0.02 });
  });

  it("gives the input a scale of its own where it is larger or much smaller", () => {
    assert.equal(domainsOf(run("tanh", [-3.11, 2], [-1, 1]), "h").input, 3.2);
    assert.equal(domainsOf(run("tanh", [-0.01, 0.008], [-1, 1]), "h").input, 0.01);
  });

  it("follows the values of relu", () => {
    assert.equal(domainsOf(run("relu", [-1, 1], [0, 41.2]), "h").states, 42);
  });

  it("has room for the differences of h_n, which only its own column shows", () => {
    const view = {
      ...run("tanh", [-1, 1], [-0.5, 0.5]),
      verdicts: [{ name: "h_n", maxAbs: 1.7 }] as unknown as RunView["verdicts"],
    };
    assert.equal(domainsOf(view, "h").delta, 1.7);
  });

  it("reads c against its own values and its differences against those of c_n", () => {
    const [input, output] = run("tanh", [-1, 1], [-0.5, 0.5]).lanes;
    const layer = { ...output, id: "layer0.forward", layer: 0, range: [-3.1, 2] } as LaneInfo;
    const view = {
      ...run("tanh", [-1, 1], [-0.5, 0.5]),
      config: { cell: "LSTM" } as RunView["config"],
      lanes: [input, layer, output] as LaneInfo[],
      verdicts: [{ name: "c_n", maxAbs: 0.61 }] as unknown as RunView["verdicts"],
    };
    const { states, layers, delta } = domainsOf(view, "c");
    assert.deepEqual([states, layers], [1, 3.1]);
    assert.ok(delta >= 0.61 && delta < 0.7);
    assert.equal(domainsOf(view, "h").layers, 1);
    const broken = [{ name: "c_n", maxAbs: "NaN" }] as unknown as RunView["verdicts"];
    assert.equal(domainsOf({ ...view, verdicts: broken }, "c").delta, 0.02);
  });
});

describe("domainsOf a pipeline", () => {
  const { lanes, ...rest } = run("relu", [-1, 1], [0, 2]);
  const [input] = lanes;
  const laneOf = (id: LaneInfo["id"], range: readonly [number, number]): LaneInfo => {
    assert.ok(input !== undefined);
    return { ...input, id, range };
  };
  const view = {
    ...rest,
    lanes: [laneOf("tokens", [0, 49_999]), ...lanes, laneOf("logits", [-6.1, 5])],
  } as RunView;

  it("keeps tokens and logits out of the scale of the states", () => {
    const { states, logits } = domainsOf(view, "h");
    assert.equal(states, 2);
    assert.ok(logits >= 6.1 && logits < 7);
  });

  it("gives all tokens the colour of 0: they are names, no magnitudes", () => {
    assert.equal(limitOf(domainsOf(view, "h"), { id: "tokens", layer: null }, "ours"), Infinity);
  });
});

describe("limitOf", () => {
  it("chooses by what is shown", () => {
    const domains = { input: 3, states: 1, logits: 7, layers: 4, delta: 0.02 };
    const layer = { id: "layer0.forward", layer: 0 } as const;
    assert.equal(limitOf(domains, { id: "input", layer: null }, "ours"), 3);
    assert.equal(limitOf(domains, { id: "output", layer: null }, "reference"), 1);
    assert.equal(limitOf(domains, { id: "logits", layer: null }, "ours"), 7);
    assert.equal(limitOf(domains, { id: "logits", layer: null }, "delta"), 0.02);
    assert.equal(limitOf(domains, layer, "ours"), 4);
    assert.equal(limitOf(domains, layer, "delta"), 0.02);
  });
});
