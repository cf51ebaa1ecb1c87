import assert from "node:assert/strict";
import { wholeTicks } from "../../../../src/drawing/base/ticks";

describe("ticks of an axis of whole numbers", () => {
  const cases: [number, number, number, number[]][] = [
    [0, 100, 10, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
    [0, 100, 4, [0, 20, 40, 60, 80, 100]],
    [3.5, 47.2, 5, [10, 20, 30, 40]],
    [0, 1000, 3, [0, 500, 1000]],
    [-7, 13, 9, [-6, -4, -2, 0, 2, 4, 6, 8, 10, 12]],
    [9990, 20010, 2, [10000, 15000, 20000]],
    [0, 3, 24, [0, 1, 2, 3]],
  ];
  for (const [start, end, count, expected] of cases) {
    it(`from ${start} to ${end}, about ${count}`, () => {
      assert.deepEqual(
        wholeTicks(start, end, count).map((tick) => tick + 0),
        expected,
      );
    });
  }
});
