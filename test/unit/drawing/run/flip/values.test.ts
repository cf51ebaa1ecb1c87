import assert from "node:assert/strict";
import type { Mode } from "../../../../../src/drawing/run/modes";
import type { LaneInfo, RunView } from "../../../../../src/protocol/run/messages";
import {
  cellAt,
  cellsOf,
  columnRuns,
  rowAt,
  rowCount,
  rowOfUnit,
  segmentsOf,
  showsDelta,
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
    assert.deepEqual(x, [{ lane: "input", side: "ours", size: 5, rows: 5 }]);
    // Four units in each of ten rows: all of them are shown.
    assert.equal(rowCount(forward), 10);
    assert.deepEqual(reverse, [{ lane: "layer0.reverse", side: "ours", size: 40, rows: 10 }]);
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

  it("shows the reference and the difference where the reference has the steps of a lane", () => {
    const compared = {
      lanes: lanes.map((each) => (each.layer === 1 ? { ...each, reference: "full" } : each)),
    } as unknown as RunView;
    const sides = (mode: Mode): string[] => {
      const { x, forward } = segmentsOf(compared, 1, 80, mode);
      return [...x, ...forward].map(({ side }) => side);
    };
    assert.deepEqual(sides("delta"), ["ours", "ours", "delta"]);
    assert.deepEqual(sides("reference"), ["ours", "ours", "reference"]);
    // Strips have the place of one side.
    assert.deepEqual(sides("sideBySide"), ["ours", "ours", "ours"]);
    assert.equal(showsDelta(segmentsOf(compared, 1, 80, "delta").forward), true);
    assert.equal(showsDelta(segmentsOf(compared, 0, 80, "delta").forward), false);
  });
});

const data = {
  rows: 2,
  columns: 2,
  values: Float32Array.of(1, 2, 3, 4),
  outside: Uint8Array.of(0, 0, 0, 1),
  valid: new Uint8Array(4),
};
const pieces = [{ row: 6, steps: { start: 14, end: 16 }, data }];

describe("cellAt", () => {
  it("finds the window that holds a cell", () => {
    assert.deepEqual(cellAt(pieces, 7, 15), { value: 4, isOutside: true });
    assert.deepEqual(cellAt(pieces, 6, 14), { value: 1, isOutside: false });
    assert.equal(cellAt(pieces, 5, 14), undefined);
    assert.equal(cellAt(pieces, 6, 16), undefined);
  });
});

describe("cellsOf", () => {
  it("gathers cells in the order of a flipped strip, and marks padding", () => {
    const [first] = pieces;
    assert.ok(first);
    const { values, outside, valid } = cellsOf([{ ...first, row: 0 }], 2, [15, 14], 15);
    assert.deepEqual([...values], [2, 1, 4, 3]);
    assert.deepEqual([...outside], [0, 0, 1, 0]);
    assert.deepEqual([...valid], [0, 1, 0, 1]);
  });
});

describe("columnRuns", () => {
  it("has the columns between gaps", () => {
    assert.deepEqual(columnRuns([0, null, 7, 8]), [
      { first: 0, steps: [0] },
      { first: 2, steps: [7, 8] },
    ]);
  });
});
