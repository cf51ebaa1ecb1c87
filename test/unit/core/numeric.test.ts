import assert from "node:assert/strict";
import { largerMagnitude } from "../../../src/core/numeric";

describe("largerMagnitude", () => {
  it("is NaN where one is, else the one farther from 0, whichever comes first", () => {
    for (const [left, right, expected] of [
      [1, -2, -2],
      [3, -3, 3],
      [NaN, Infinity, NaN],
      [-Infinity, 1, -Infinity],
    ] as const) {
      assert.equal(largerMagnitude(left, right), expected);
      assert.equal(largerMagnitude(right, left), expected);
    }
  });
});
