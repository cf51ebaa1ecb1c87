import assert from "node:assert/strict";
import {
  FLOAT32_DIGITS,
  isNoise,
  isWithin,
  signedTerm,
  significant,
} from "../../../../src/drawing/base/exactNumber";

describe("significant", () => {
  it("gives as many digits as asked for", () => {
    assert.equal(significant(0.2283019, 6), "0.228302");
    assert.equal(significant(-12.5, 4), "-12.50");
    assert.equal(significant(0, 6), "0");
  });

  it("uses an exponent where zeros would have to be counted", () => {
    assert.equal(significant(0.0000119, 2), "1.2e-5");
    assert.equal(significant(3e-8, 2), "3.0e-8");
    assert.equal(significant(123456789, 6), "1.23457e+8");
  });

  it("tells neighbouring float32 values apart", () => {
    const value = Math.fround(0.7);
    const next = new Float32Array(new Uint32Array([0x3f333334]).buffer)[0] ?? 0;
    assert.notEqual(significant(value, FLOAT32_DIGITS), significant(next, FLOAT32_DIGITS));
  });

  it("names what is not finite", () => {
    assert.deepEqual(
      [NaN, Infinity, -Infinity].map((value) => significant(value, 3)),
      ["NaN", "+∞", "−∞"],
    );
  });
});

describe("signedTerm", () => {
  it("writes the sign apart, as in a sum", () => {
    assert.equal(signedTerm(0.03125, 3), "+ 0.0313");
    assert.equal(signedTerm(-0.25, 3), "- 0.250");
    assert.equal(signedTerm(-Infinity, 3), "- ∞");
    assert.equal(signedTerm(NaN, 3), "+ NaN");
  });
});

describe("isWithin", () => {
  it("never takes NaN for equal unless asked to", () => {
    assert.equal(isWithin(1e-6, 1e-5, false), true);
    assert.equal(isWithin(-1e-4, 1e-5, false), false);
    assert.equal(isWithin(NaN, 1e-5, false), false);
    assert.equal(isWithin(NaN, NaN, true), true);
  });
});

describe("isNoise", () => {
  it("tells what the measured noise allows from what the tolerance does", () => {
    const tolerance = { rtol: 1e-3, atol: 1e-5 };
    assert.equal(isNoise(-0.5, 1e-5 + 1e-3 * 0.5, tolerance), false);
    assert.equal(isNoise(-0.5, 6e-4, tolerance), true);
    assert.equal(isNoise(Infinity, 1e-5, tolerance), false);
    assert.equal(isNoise(NaN, 2e-5, tolerance), true);
  });
});
