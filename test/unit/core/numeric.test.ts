import assert from "node:assert/strict";
import { belowOne, grouped, largerMagnitude, norm, percentOf } from "../../../src/core/numeric";

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

describe("norm", () => {
  it("stays in the range of float64 for tiny and for huge values", () => {
    for (const scale of [2 ** -1000, 1, 2 ** 1000]) {
      assert.equal(norm(Float64Array.of(3 * scale, -4 * scale)), 5 * scale);
    }
    assert.equal(norm(new Float64Array()), 0);
  });

  it("is NaN where one value is, and infinite where one is and none is NaN", () => {
    assert.equal(norm(Float64Array.of(1, Infinity, NaN)), NaN);
    assert.equal(norm(Float64Array.of(1, -Infinity)), Infinity);
  });
});

describe("numbers for people", () => {
  it("group the digits of counts", () => {
    assert.deepEqual([1, 999, 2496, 20_480_000].map(grouped), ["1", "999", "2,496", "20,480,000"]);
  });

  it("say of a likeness near 1 what it lacks, and nothing else", () => {
    assert.equal(belowOne(1 - 2.5e-9), "1 − 2.5e-9");
    assert.equal(belowOne(1 - Number.EPSILON / 2), "1 − 1.1e-16");
    assert.deepEqual([1, 0.99, 1 + 1e-9, NaN].map(belowOne), [null, null, null, null]);
  });
});

describe("percentOf", () => {
  it("never rounds a share to 0 % or 100 % that is neither", () => {
    assert.equal(percentOf(0, 10), "0 %");
    assert.equal(percentOf(1, 100_000), "< 0.1 %");
    assert.equal(percentOf(479, 1000), "47.9 %");
    assert.equal(percentOf(99_999, 100_000), "> 99.9 %");
    assert.equal(percentOf(10, 10), "100 %");
    assert.equal(percentOf(0, 0), "0 %");
  });
});
