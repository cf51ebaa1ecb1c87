import assert from "node:assert/strict";
import { domainOf, parseRange, type RangeChoice } from "../../../../src/drawing/tensors/domain";

const AUTO: RangeChoice = { mode: "auto", low: -1, high: 1 };

function spread(min: number, max: number): { moments: Float64Array; percentiles: Float64Array } {
  const percentiles = Float64Array.of(min, min / 2, 0, 0, 0, 0, 0, max / 2, max);
  return { moments: Float64Array.of(min, max, 0, 1), percentiles };
}

describe("domainOf", () => {
  it("is as wide below 0 as above where data has both signs", () => {
    assert.deepEqual(domainOf(spread(-0.084, 0.031), "float32", AUTO), {
      low: -0.084,
      high: 0.084,
      isDiverging: true,
    });
  });

  it("is from the smallest to the largest value where all are positive", () => {
    const domain = domainOf(spread(0.5, 7), "float32", AUTO);
    assert.deepEqual(domain, { low: 0.5, high: 7, isDiverging: false });
  });

  it("leaves the outermost percents out when asked to", () => {
    const domain = domainOf(spread(-8, 4), "float32", { ...AUTO, mode: "percentile" });
    assert.deepEqual(domain, { low: -4, high: 4, isDiverging: true });
  });

  it("is what was typed, also before anything is known", () => {
    const typed: RangeChoice = { mode: "typed", low: -1, high: 3 };
    assert.deepEqual(domainOf(undefined, "float32", typed), {
      low: -1,
      high: 3,
      isDiverging: true,
    });
  });

  it("is 0 to 1 for truth values, and not empty for a tensor without finite values", () => {
    assert.deepEqual(domainOf(spread(1, 1), "bool", AUTO), { low: 0, high: 1, isDiverging: false });
    const domain = domainOf(spread(NaN, NaN), "float32", AUTO);
    assert.ok(Number.isFinite(domain.low) && domain.low < domain.high);
  });
});

describe("parseRange", () => {
  it("reads numbers as people write them", () => {
    assert.deepEqual(parseRange(" −0.5", "1e-3"), { mode: "typed", low: -0.5, high: 1e-3 });
  });

  it("refuses what is no range", () => {
    for (const [low, high] of [
      ["1", "1"],
      ["2", "1"],
      ["", "1"],
      ["a", "1"],
      ["0", "Infinity"],
    ]) {
      assert.equal(parseRange(low ?? "", high ?? ""), null);
    }
  });
});
