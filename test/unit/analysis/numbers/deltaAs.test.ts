/** Differences by their reference and in units in the last place, with a floor near zero. */
import assert from "node:assert/strict";
import { measuredDelta, type DeltaMeasure } from "../../../../src/analysis/numbers/deltaAs";

const by: DeltaMeasure = { tolerance: { atol: 1e-5, equalNan: false }, precision: "f32" };

describe("a measured difference", () => {
  it("is relative to the reference, near zero to the absolute tolerance", () => {
    assert.equal(measuredDelta(3, 2, "relative", by), 0.5);
    assert.equal(measuredDelta(-3, -2, "relative", by), -0.5);
    assert.ok(Math.abs(measuredDelta(1e-9, 0, "relative", by) - 1e-4) < 1e-12);
  });

  it("is negative in ulp where ours is less", () => {
    const next = 1 + 2 ** -23;
    assert.equal(measuredDelta(next, 1, "ulp", by), 1);
    assert.equal(measuredDelta(1, next, "ulp", by), -1);
    const wide = { ...by, precision: "f64" } as const;
    assert.equal(measuredDelta(next, 1, "ulp", wide), 2 ** 29);
  });

  it("is none of equal values, and stays what it is where it is not finite", () => {
    for (const as of ["absolute", "relative", "ulp"] as const) {
      assert.equal(measuredDelta(2, 2, as, by), 0);
      assert.equal(measuredDelta(Infinity, 1, as, by), Infinity);
      assert.ok(Number.isNaN(measuredDelta(Number.NaN, Number.NaN, as, by)));
      const equal = { ...by, tolerance: { atol: 0, equalNan: true } };
      assert.equal(measuredDelta(Number.NaN, Number.NaN, as, equal), 0);
    }
  });
});
