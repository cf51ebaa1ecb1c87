import assert from "node:assert/strict";
import type { FinalStates } from "../../../../../src/protocol/run/windowMessages";
import {
  lastProcessedStep,
  slotOfLane,
  slotWindow,
} from "../../../../../src/drawing/run/requests/finals";

const states: FinalStates = {
  slots: 2,
  units: 5,
  values: Float32Array.of(1, 2, 3, 4, 5, -0.5, 0.25, NaN, 0.5, -0.75),
  outside: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
};

describe("slotWindow", () => {
  it("is the slot's column where every unit has a row", () => {
    const { rows, columns, values, outside, valid } = slotWindow(states, 1, 100);
    assert.deepEqual([rows, columns], [5, 1]);
    assert.deepEqual([...values], [-0.5, 0.25, NaN, 0.5, -0.75]);
    assert.deepEqual([...outside], [0, 1, 0, 0, 0]);
    assert.deepEqual([...valid], [1, 1, 1, 1, 1]);
  });

  it("keeps the worst of each block: NaN, then the largest magnitude", () => {
    const { rows, values, outside } = slotWindow(states, 1, 3);
    assert.equal(rows, 3);
    assert.deepEqual([...values], [-0.5, NaN, -0.75]);
    assert.deepEqual([...outside], [1, 0, 0]);
  });
});

describe("slotOfLane", () => {
  it("counts layer by layer, forward before reverse", () => {
    const [one, both] = [{ bidirectional: false }, { bidirectional: true }];
    assert.equal(slotOfLane(one, { layer: 0, direction: "forward" }), 0);
    assert.equal(slotOfLane(one, { layer: 1, direction: "forward" }), 1);
    assert.equal(slotOfLane(both, { layer: 1, direction: "reverse" }), 3);
    const reverse = { bidirectional: false, reverseOnly: true };
    assert.equal(slotOfLane(reverse, { layer: 1, direction: "reverse" }), 1);
  });
});

describe("lastProcessedStep", () => {
  it("is the last valid step forward and step 0 in reverse", () => {
    assert.equal(lastProcessedStep({ direction: "forward" }, 6, undefined), 5);
    assert.equal(lastProcessedStep({ direction: "forward" }, 6, 3), 2);
    assert.equal(lastProcessedStep({ direction: "reverse" }, 6, 3), 0);
  });
});
