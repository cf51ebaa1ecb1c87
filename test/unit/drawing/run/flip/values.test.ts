import assert from "node:assert/strict";
import type { LaneInfo, RunView } from "../../../../../src/protocol/run/messages";
import {
  rowAt,
  rowCount,
  rowOfUnit,
  segmentsOf,
  valueAt,
} from "../../../../../src/drawing/run/flip/values";

function lane(id: LaneInfo["id"], units: number): LaneInfo {
  const parts = /^layer(\d+)\.(forward|reverse)$/.exec(id);
  return {
    id,
    layer: parts === null ? null : Number(parts[1]),
    direction: parts === null ? null : (parts[2] as "forward" | "reverse"),
    units,
    reference: "none",
    outside: 0,
    total: 0,
    range: [0, 0],
    deltaRange: [0, 0],
    cell: null,
  };
}

const lanes = [
  lane("input", 5),
  lane("layer0.forward", 40),
  lane("layer0.reverse", 40),
  lane("layer1.forward", 40),
  lane("layer1.reverse", 40),
  lane("output", 80),
];
const view = { lanes } as unknown as RunView;

describe("segmentsOf", () => {
  it("reads the input for layer 0", () => {
    const { x, forward, reverse } = segmentsOf(view, 0, 12);
    assert.deepEqual(x, [{ lane: "input", size: 5, rows: 5 }]);
    // Four units in each of ten rows: all of them are shown.
    assert.equal(rowCount(forward), 10);
    assert.deepEqual(reverse, [{ lane: "layer0.reverse", size: 40, rows: 10 }]);
    assert.deepEqual(rowAt(forward, 9), { lane: "layer0.forward", unit: 36 });
    assert.equal(rowOfUnit(forward, "layer0.forward", 39), 9);
    assert.equal(rowOfUnit(forward, "layer0.reverse", 39), undefined);
  });

  it("reads both directions of the layer below, half the rows each", () => {
    const { x } = segmentsOf(view, 1, 80);
    assert.deepEqual(
      x.map((segment) => segment.lane),
      ["layer0.forward", "layer0.reverse"],
    );
    assert.equal(rowCount(x), 80);
    assert.deepEqual(rowAt(x, 5), { lane: "layer0.forward", unit: 5 });
    assert.deepEqual(rowAt(x, 40), { lane: "layer0.reverse", unit: 0 });
    assert.equal(rowAt(x, 80), undefined);
  });
});

describe("valueAt", () => {
  it("finds the window that holds a cell", () => {
    const data = {
      rows: 2,
      columns: 2,
      values: Float32Array.of(1, 2, 3, 4),
      outside: new Uint8Array(4),
      valid: new Uint8Array(4),
    };
    const pieces = [{ row: 6, steps: { start: 14, end: 16 }, data }];
    assert.equal(valueAt(pieces, 7, 15), 4);
    assert.equal(valueAt(pieces, 6, 14), 1);
    assert.equal(valueAt(pieces, 5, 14), undefined);
    assert.equal(valueAt(pieces, 6, 16), undefined);
  });
});
