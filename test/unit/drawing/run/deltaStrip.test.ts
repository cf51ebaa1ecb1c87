/** The strip of the largest difference at each step: one wrong value of a column is in it. */
import assert from "node:assert/strict";
import { stripColumns } from "../../../../src/drawing/run/deltaStrip";

describe("the strip of differences", () => {
  it("has the largest size of each column, what is outside last", () => {
    const data = {
      rows: 2,
      columns: 3,
      values: Float32Array.of(0, 0.5, -2, 0, -0.25, 1),
      outside: Uint8Array.of(0, 1, 0, 0, 0, 0),
    };
    assert.deepEqual(stripColumns([{ request: { stepStart: 6, stepEnd: 12 }, data }]), [
      { stepStart: 10, stepEnd: 12, size: 2, isOutside: false },
      { stepStart: 8, stepEnd: 10, size: 0.5, isOutside: true },
    ]);
  });

  it("takes NaN for the largest", () => {
    const data = {
      rows: 2,
      columns: 1,
      values: Float32Array.of(Number.NaN, 3),
      outside: Uint8Array.of(1, 0),
    };
    const [column] = stripColumns([{ request: { stepStart: 0, stepEnd: 1 }, data }]);
    assert.equal(column?.size, Infinity);
  });
});
