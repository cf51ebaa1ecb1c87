/** Quantiles are exact in memory, and within 0.05 % beyond. */
import assert from "node:assert/strict";
import { Quantiles } from "../../../../src/analysis/numbers/quantiles";

describe("quantiles", () => {
  it("are values that were given, as NumPy's method inverted_cdf has them", () => {
    const quantiles = new Quantiles();
    for (let value = 1000; value > 0; value--) quantiles.add(value);
    assert.deepEqual([quantiles.at(0.5), quantiles.at(0.99), quantiles.at(1)], [500, 990, 1000]);
    assert.ok(quantiles.isExact);
    // What was asked for does not change what comes later.
    quantiles.add(0);
    assert.deepEqual([quantiles.count, quantiles.at(0), quantiles.at(1)], [1001, 0, 1000]);
  });

  it("are within 0.05 % of more values than are kept", () => {
    const quantiles = new Quantiles();
    const count = 5_000_000;
    for (let k = 1; k <= count; k++) quantiles.add(k * 1e-9);
    assert.ok(!quantiles.isExact);
    for (const share of [0.01, 0.5, 0.99]) {
      const exact = share * count * 1e-9;
      assert.ok(Math.abs(quantiles.at(share) / exact - 1) < 1 / 2048, `${share}`);
    }
  });

  it("count NaN as larger than all others", () => {
    const quantiles = new Quantiles();
    [1, Number.NaN, 2].forEach((value) => {
      quantiles.add(value);
    });
    assert.equal(quantiles.at(0.5), 2);
    assert.ok(Number.isNaN(quantiles.at(1)));
  });

  it("are 0 without values", () => {
    assert.equal(new Quantiles().at(0.5), 0);
  });
});
