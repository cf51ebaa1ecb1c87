import assert from "node:assert/strict";
import type { LaneInfo, RunView } from "../../../../src/protocol/run/messages";
import {
  finalName,
  hasCellStates,
  stateNameOfLane,
  shownRun,
  unitAxis,
} from "../../../../src/drawing/run/state";

const input: LaneInfo = {
  id: "input",
  layer: null,
  direction: null,
  units: 5,
  reference: "none",
  outside: 0,
  total: 10,
  range: [-1, 1],
  deltaRange: [0, 0],
  cell: null,
};
const layer: LaneInfo = {
  id: "layer0.forward",
  layer: 0,
  direction: "forward",
  units: 2,
  reference: "full",
  outside: 3,
  total: 4,
  range: [-1, 1],
  deltaRange: [-2, 2],
  cell: {
    units: 4,
    range: [-3, 3],
    magnitude: { percentile: 2, share: 0.995, isSampled: false },
    reference: "full",
    outside: 1,
    deltaRange: [-0.5, 0],
  },
};
const run = { lanes: [input, layer], config: { projSize: 2 } } as unknown as RunView;

describe("a run that is shown as h or c", () => {
  it("is itself as h", () => {
    assert.equal(shownRun(run, "h"), run);
  });

  it("has the layers' c with their units, range and differences", () => {
    const [first, second] = shownRun(run, "c").lanes;
    assert.equal(first, input);
    const { units, range, reference, outside, deltaRange, cell } = second ?? input;
    assert.deepEqual([units, range], [4, [-3, 3]]);
    assert.deepEqual([reference, outside, deltaRange], ["full", 1, [-0.5, 0]]);
    assert.deepEqual(cell, layer.cell);
  });

  it("knows which lanes have c, and what ends it", () => {
    assert.deepEqual([hasCellStates(run), hasCellStates(null)], [true, false]);
    assert.ok(!hasCellStates({ lanes: [input] }));
    assert.deepEqual([stateNameOfLane(layer, "c"), stateNameOfLane(input, "c")], ["c", "h"]);
    assert.equal(stateNameOfLane(undefined, "c"), "h");
    assert.deepEqual([finalName("h"), finalName("c")], ["h_n", "c_n"]);
  });

  it("calls the units of a projected h P, and those of c H", () => {
    assert.deepEqual([unitAxis(run), unitAxis(run, "c")], ["P", "H"]);
    const plain = { config: { projSize: 0 } } as RunView;
    assert.deepEqual([unitAxis(plain), unitAxis({ config: null })], ["H", "H"]);
  });
});
