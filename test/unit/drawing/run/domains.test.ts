import assert from "node:assert/strict";
import type { LaneInfo, RunView } from "../../../../src/protocol/run/messages";
import {
  centreOf,
  domainsOf,
  limitOf,
  nextRange,
  stateLimits,
  type GateSpans,
  type StateRange,
} from "../../../../src/drawing/run/domains";

function run(
  nonlinearity: "tanh" | "relu",
  input: readonly [number, number],
  states: readonly [number, number],
): RunView {
  const lane = (id: LaneInfo["id"], range: readonly [number, number]): LaneInfo => ({
    id,
    layer: null,
    direction: null,
    units: 2,
    reference: "full",
    outside: 0,
    total: 4,
    range,
    deltaRange: [-0.02, 0.0149],
    cell: null,
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
    const domains = domainsOf(run("tanh", [-0.9, 0.5], [-0.2, 0.3]), "h", { stateRange: "full" });
    assert.deepEqual(domains, {
      input: 1,
      states: 1,
      logits: 1,
      layers: 1,
      delta: 0.02,
      largestDelta: 0.02,
      isDeltaShared: false,
      beside: { h: 1, c: 1 },
      own: {},
      gates: { spans: {}, range: "full" as const },
    });
  });

  it("gives the input a scale of its own where it is larger or much smaller", () => {
    assert.equal(
      domainsOf(run("tanh", [-3.11, 2], [-1, 1]), "h", { stateRange: "full" }).input,
      3.2,
    );
    assert.equal(
      domainsOf(run("tanh", [-0.01, 0.008], [-1, 1]), "h", { stateRange: "full" }).input,
      0.01,
    );
  });

  it("follows the values of relu", () => {
    assert.equal(
      domainsOf(run("relu", [-1, 1], [0, 41.2]), "h", { stateRange: "full" }).states,
      42,
    );
  });

  it("runs colours of Δ to the steps' differences, or to those of h_n where no step is off", () => {
    const verdicts = [{ name: "h_n", deltaRange: [-0.2, 1.7] }] as unknown as RunView["verdicts"];
    const agrees = { ...run("tanh", [-1, 1], [-0.5, 0.5]), verdicts };
    assert.equal(domainsOf(agrees, "h", { stateRange: "full" }).delta, 1.7);
    const off = agrees.lanes.map((lane) => ({ ...lane, outside: 1 }));
    const view = { ...agrees, lanes: off };
    const { delta, largestDelta } = domainsOf(view, "h", { stateRange: "full" });
    assert.deepEqual([delta, largestDelta], [0.02, 1.7]);
  });

  it("reads c against its own values and its differences against those of c_n", () => {
    const [input, output] = run("tanh", [-1, 1], [-0.5, 0.5]).lanes;
    const layer = { ...output, id: "layer0.forward", layer: 0, range: [-3.1, 2] } as LaneInfo;
    const view = {
      ...run("tanh", [-1, 1], [-0.5, 0.5]),
      config: { cell: "LSTM" } as RunView["config"],
      lanes: [input, layer, output] as LaneInfo[],
      verdicts: [{ name: "c_n", deltaRange: [-0.61, 0.2] }] as unknown as RunView["verdicts"],
    };
    const { states, layers, largestDelta } = domainsOf(view, "c", { stateRange: "full" });
    assert.deepEqual([states, layers, largestDelta], [1, 3.1, 0.61]);
    assert.equal(domainsOf(view, "h", { stateRange: "full" }).layers, 1);
  });
});

describe("the automatic range of states", () => {
  /** One layer with c and the output that it gives, of given percentiles and largest magnitudes. */
  const lstm = (h: number, c: number, largest = { h: 0.9, c: 5 }, isSampled = false): RunView => {
    const [input, output] = run("tanh", [-3, 3], [-largest.h, largest.h]).lanes;
    assert.ok(input !== undefined && output !== undefined);
    const own = { ...output, magnitude: { percentile: h, share: 0.995, isSampled } };
    const cell = {
      units: 2,
      range: [-largest.c, largest.c],
      magnitude: { percentile: c, share: 0.995, isSampled: false },
      reference: "none",
      outside: 0,
      deltaRange: [0, 0],
    } as const;
    return {
      ...run("tanh", [-3, 3], [0, 0]),
      config: { cell: "LSTM" } as RunView["config"],
      lanes: [input, { ...own, id: "layer0.forward", layer: 0, cell }, own],
    };
  };

  it("is where nearly all of h and of c lie, each by its own", () => {
    const { states, layers } = domainsOf(lstm(0.2071, 0.4), "c", { stateRange: "auto" });
    assert.deepEqual([states, layers], [0.21, 0.4]);
    assert.equal(domainsOf(lstm(0.2071, 0.4), "h", { stateRange: "auto" }).layers, 0.21);
  });

  it("can be replaced by ±1 for h, and by the largest value for c", () => {
    const { states, layers } = domainsOf(lstm(0.2071, 0.4), "c", { stateRange: "full" });
    assert.deepEqual([states, layers], [1, 5]);
  });

  it("is the full one where states reach about all of it, or are all 0", () => {
    assert.equal(domainsOf(lstm(0.81, 1), "h", { stateRange: "auto" }).states, 1);
    assert.equal(domainsOf(lstm(0, 0), "h", { stateRange: "auto" }).states, 1);
    assert.equal(domainsOf(lstm(0.71, 1), "h", { stateRange: "auto" }).states, 0.71);
  });

  it("is no wider than the values", () => {
    assert.equal(stateLimits(lstm(0.2109, 1, { h: 0.21, c: 5 }), "h").auto, 0.21);
  });

  it("tells what lies beyond, and whether it was read from a sample", () => {
    const { largest, isSampled } = stateLimits(lstm(0.2, 1, { h: 0.6, c: 5 }, true), "h");
    assert.deepEqual([largest, isSampled], [0.6, true]);
    assert.equal(stateLimits(lstm(0.2, 1, { h: 0.6, c: 5 }, true), "c").isSampled, false);
  });
});

describe("domainsOf surrounding layers", () => {
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
    const { states, logits } = domainsOf(view, "h", { stateRange: "full" });
    assert.equal(states, 2);
    assert.ok(logits >= 6.1 && logits < 7);
  });

  it("gives all tokens the colour of 0: they are names, no magnitudes", () => {
    assert.equal(
      limitOf(domainsOf(view, "h", { stateRange: "full" }), { id: "tokens", layer: null }, "ours"),
      Infinity,
    );
  });
});

describe("limitOf", () => {
  it("chooses by what is shown", () => {
    const domains = {
      input: 3,
      states: 1,
      logits: 7,
      layers: 4,
      delta: 0.02,
      largestDelta: 0.02,
      isDeltaShared: false,
      beside: { h: 1, c: 4 },
      own: {},
      gates: { spans: {}, range: "auto" as const },
    };
    const layer = { id: "layer0.forward", layer: 0 } as const;
    assert.equal(limitOf(domains, { id: "input", layer: null }, "ours"), 3);
    assert.equal(limitOf(domains, { id: "output", layer: null }, "reference"), 1);
    assert.equal(limitOf(domains, { id: "logits", layer: null }, "ours"), 7);
    assert.equal(limitOf(domains, { id: "logits", layer: null }, "delta"), 0.02);
    assert.equal(limitOf(domains, layer, "ours"), 4);
    assert.equal(limitOf(domains, layer, "delta"), 0.02);
    const gate = { ...layer, quantity: "f", deltaRange: [-0.3, 0.1] } as const;
    assert.equal(limitOf(domains, gate, "delta"), 0.3);
    assert.equal(limitOf({ ...domains, isDeltaShared: true }, gate, "delta"), 0.02);
  });

  it("runs colours of measured differences to what nearly all of them do not exceed", () => {
    const differing = run("tanh", [-1, 1], [-1, 1]);
    const ofSize = (largest: number, usual: number) =>
      domainsOf(differing, "h", { stateRange: "full" }, { measured: { largest, usual } });
    const { delta, largestDelta, isDeltaShared } = ofSize(98_765, 1234);
    assert.deepEqual([delta, largestDelta, isDeltaShared], [1300, 98_765, true]);
    assert.equal(ofSize(0, 0).delta, 1);
    assert.equal(
      domainsOf(differing, "h", { stateRange: "full" }, { measured: null }).isDeltaShared,
      false,
    );
  });

  it("runs colours of Δ to a range that was chosen, in lanes of gates as well", () => {
    const differing = run("tanh", [-1, 1], [-1, 1]);
    const chosen = domainsOf(differing, "h", { stateRange: "auto", deltaRange: 0.004 });
    assert.deepEqual([chosen.delta, chosen.largestDelta], [0.004, 0.02]);
    const gate = {
      id: "layer0.forward.f",
      layer: 0,
      quantity: "f",
      deltaRange: [-0.3, 0.1],
    } as const;
    assert.equal(limitOf(chosen, gate, "delta"), 0.004);
  });

  it("runs colours of gates to what is known of them around their middle", () => {
    const spans = {
      "layer0.forward.f": { centre: 0.5, span: 0.1 },
      "layer1.forward.f": { centre: 0.5, span: 0.2 },
      "layer0.forward.g": { centre: 0, span: 0.7 },
    };
    const forget = { id: "layer0.forward.f", layer: 0, quantity: "f", centre: 0.5 } as const;
    const limitIn = (range: StateRange, known: GateSpans): number =>
      limitOf(
        domainsOf(run("tanh", [-1, 1], [-1, 1]), "h", { stateRange: range }, { spans: known }),
        forget,
        "ours",
      );
    assert.equal(limitIn("auto", {}), 0.5);
    assert.equal(limitIn("auto", spans), 0.2);
    assert.equal(limitIn("lane", spans), 0.1);
    assert.equal(limitIn("full", spans), 0.5);
    assert.deepEqual([centreOf(forget, "ours"), centreOf(forget, "delta")], [0.5, 0]);
  });

  /** Two lanes where nearly all values lie within these. */
  const deepOf = (below: number, output: number): RunView => {
    const deep = run("tanh", [-1, 1], [-0.9, 0.9]);
    const [input, states] = deep.lanes;
    const usual = (percentile: number) => ({
      magnitude: { percentile, share: 0.995, isSampled: false },
    });
    const layer = { ...states, id: "layer0.forward", layer: 0, ...usual(below) };
    return { ...deep, lanes: [input, layer, { ...states, ...usual(output) }] as LaneInfo[] };
  };

  it("gives each lane its own range where one would be without colours beside another, and nothing is chosen", () => {
    const own = (below: number, output: number, stateRange: StateRange): number[] => {
      const domains = domainsOf(deepOf(below, output), "h", { stateRange });
      const lanes = [
        { id: "layer0.forward", layer: 0 } as const,
        { id: "output", layer: null } as const,
      ];
      return lanes.map((lane) => limitOf(domains, lane, "ours"));
    };
    assert.deepEqual(own(0.6, 0.1, "auto"), [0.6, 0.1]);
    assert.deepEqual(own(0.6, 0.5, "auto"), [0.6, 0.6]);
    assert.deepEqual(own(0.6, 0.1, "shared"), [0.6, 0.6]);
    assert.deepEqual(own(0.6, 0.1, 0.3), [0.3, 0.3]);
  });

  it("goes through the ranges that are others than the automatic one", () => {
    const through = (below: number, output: number): StateRange[] => {
      const limits = stateLimits(deepOf(below, output), "h");
      const second = nextRange(limits, "auto");
      return [second, nextRange(limits, second), nextRange(limits, nextRange(limits, second))];
    };
    assert.deepEqual(through(0.6, 0.5), ["lane", "full", "auto"]);
    assert.deepEqual(through(0.6, 0.1), ["shared", "full", "auto"]);
    assert.equal(nextRange(stateLimits(deepOf(0.6, 0.1), "h"), 0.3), "auto");
  });

  it("gives each lane its own range where that is chosen", () => {
    const deep = run("tanh", [-1, 1], [-0.9, 0.9]);
    const lanes = deep.lanes.map((each) => ({
      ...each,
      magnitude: { percentile: each.id === "output" ? 0.1 : 0.6, share: 0.995, isSampled: false },
    }));
    const domains = domainsOf({ ...deep, lanes }, "h", { stateRange: "lane" });
    assert.equal(limitOf(domains, { id: "output", layer: null }, "ours"), 0.1);
    assert.equal(limitOf(domains, { id: "input", layer: null }, "ours"), 0.6);
  });
});
