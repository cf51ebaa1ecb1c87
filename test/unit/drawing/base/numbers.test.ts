import assert from "node:assert/strict";
import { irregularGlyph } from "../../../../src/drawing/base/irregular";
import {
  formatAxes,
  formatCompact,
  formatSequenceAxes,
  formatCell,
  formatLaneValue,
  formatValue,
} from "../../../../src/drawing/base/numbers";

describe("formatCell", () => {
  it("prints as many decimals as fit, two to four", () => {
    assert.equal(formatCell(-0.18237, 5), "-0.18");
    assert.equal(formatCell(-0.18237, 6), "-0.182");
    assert.equal(formatCell(-0.18237, 7), "-0.1824");
    assert.equal(formatCell(-0.18237, 20), "-0.1824");
  });

  it("gives positive and negative values the same decimals", () => {
    assert.equal(formatCell(0.5, 7), "0.5000");
    assert.equal(formatCell(-0.5, 7), "-0.5000");
  });

  it("keeps large values inside the cell", () => {
    assert.equal(formatCell(123.456, 7), "123.46");
    assert.equal(formatCell(-54321, 7), "-54321");
    assert.equal(formatCell(1234567, 7), "1.2e+6");
    for (const value of [9.99999, 99.9999, 1e9, -1e9]) assert.ok(formatCell(value, 7).length <= 7);
  });

  it("has no negative zero", () => {
    assert.equal(formatCell(-0.0001, 5), "0.00");
  });

  it("keeps small differences, and prints exact agreement as 0", () => {
    assert.equal(formatCell(2.98e-8, 7, true), "3.0e-8");
    assert.equal(formatCell(-2.98e-8, 5, true), "-3e-8");
    assert.equal(formatCell(0, 7, true), "0");
  });

  it("prints what is not finite as a glyph", () => {
    assert.equal(formatCell(NaN, 7), "NaN");
    assert.equal(formatCell(Infinity, 7), "+∞");
    assert.equal(formatCell(-Infinity, 7), "−∞");
  });
});

describe("formatValue", () => {
  it("prints six significant digits", () => {
    assert.equal(formatValue(0.2283021), "0.228302");
    assert.equal(formatValue(-12.3456789), "-12.3457");
    assert.equal(formatValue(0), "0");
    assert.equal(formatValue(3.14e-8), "3.140e-8");
    assert.equal(formatValue(12345678), "1.235e+7");
    assert.equal(formatValue(NaN), "NaN");
  });
});

describe("formatLaneValue", () => {
  it("prints tokens as the whole numbers they are", () => {
    assert.equal(formatLaneValue({ id: "tokens" }, 24), "24");
    assert.equal(formatLaneValue({ id: "logits" }, 24), formatValue(24));
  });
});

describe("irregularGlyph", () => {
  it("has none for a number", () => {
    assert.equal(irregularGlyph(0), null);
  });
});

describe("formatAxes", () => {
  it("names each axis with its size", () => {
    assert.equal(
      formatAxes([
        ["B", 4],
        ["T", 24],
        ["2H", 24],
      ]),
      "[B 4, T 24, 2H 24]",
    );
  });
});

describe("formatSequenceAxes", () => {
  it("names the batch only where the input has an axis for it", () => {
    const sizes = { batchSize: 1, seqLength: 7 };
    assert.equal(formatSequenceAxes({ ...sizes, unbatched: false }, ["I", 6]), "[B 1, T 7, I 6]");
    assert.equal(formatSequenceAxes({ ...sizes, unbatched: true }, ["I", 6]), "[T 7, I 6]");
    assert.equal(formatSequenceAxes({ ...sizes, unbatched: true }), "[T 7]");
  });
});

describe("formatCompact", () => {
  it("has no zeros that say nothing", () => {
    const written = [0.994916, 2304, 1e-5, 1.0454e-5, 0.189, 5177140.2, -0.5, 0, NaN, 282595388];
    assert.deepEqual(written.map(formatCompact), [
      ...["0.99492", "2,304", "1e-5", "1.0454e-5", "0.189", "5.1771e+6", "-0.5", "0"],
      ...[irregularGlyph(NaN), "282,595,388"],
    ]);
  });
});
