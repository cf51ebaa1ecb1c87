/** Measured differences in a picture: their choice, their text, and the largest one. */
import assert from "node:assert/strict";
import { formatUlps } from "../../../../src/drawing/base/numbers";
import {
  DELTA_MEASURES,
  asMeasured,
  measuredOf,
  limitText,
  measuredText,
  nextMeasure,
  roundingOf,
} from "../../../../src/drawing/run/measures";

describe("measures of differences", () => {
  it("follow each other in a circle", () => {
    const round = DELTA_MEASURES.map(nextMeasure);
    assert.deepEqual(round, ["relative", "ulp", "absolute"]);
    assert.deepEqual([asMeasured("absolute"), asMeasured("ulp")], [{}, { as: "ulp" }]);
  });

  it("are whole numbers in ulp, unless they are a part of one", () => {
    assert.deepEqual(
      [3.2, -1234567, 0.25, 2.5e12, Number.NaN].map((value) => measuredText(value, "ulp")),
      ["3", "-1,234,567", "0.25", "2.5e+12", "NaN"],
    );
    assert.equal(measuredText(0.015625, "relative"), "0.015625");
    assert.deepEqual(
      [1234, 12345678, -0.25].map((value) => formatUlps(value, 6)),
      ["1234", "1.2e+7", "-0.250"],
    );
  });

  it("have ends of scales that are short", () => {
    assert.deepEqual([290_000_000, 1200, 0.5, 1e-5].map(limitText), [
      "2.9e+8",
      "1,200",
      "0.5",
      "1e-5",
    ]);
  });

  it("begin where rounding ends", () => {
    const tolerance = { rtol: 1e-6, atol: 1e-5, equalNan: false };
    assert.deepEqual(
      DELTA_MEASURES.map((as) => roundingOf(as, tolerance)),
      [1e-5, 1e-6, 1],
    );
  });

  const window = (
    values: readonly number[],
    { valid = values.map(() => 1), outside = values.map(() => 1) } = {},
  ): Parameters<typeof measuredOf>[0][0] => ({
    values: Float32Array.from(values),
    valid: Uint8Array.from(valid),
    outside: Uint8Array.from(outside),
  });

  it("are as large as the largest finite one outside padding", () => {
    const windows = [window([1, -7, Infinity, NaN]), window([9, 2], { valid: [0, 1] })];
    assert.deepEqual(measuredOf(windows), { largest: 7, usual: 7 });
    assert.deepEqual(measuredOf([]), { largest: 0, usual: 0 });
  });

  it("are usual where nearly all of those outside tolerance are, whatever a few of them are", () => {
    const most = Array.from({ length: 5000 }, (_, at) => 1 + (at % 10) / 10);
    const inside = { outside: most.map(() => 0) };
    const windows = [
      window([...most, -3600]),
      window(
        most.map((size) => size / 1e6),
        inside,
      ),
    ];
    const { largest, usual } = measuredOf(windows);
    assert.equal(largest, 3600);
    assert.ok(usual > 1.7 && usual <= 1.9001, String(usual));
  });

  it("are usual up to the largest where that is not much more", () => {
    const most = Array.from({ length: 500 }, () => 1);
    assert.deepEqual(measuredOf([window([...most, 3])]), { largest: 3, usual: 3 });
  });
});
