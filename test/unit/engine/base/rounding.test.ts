/** Rounding to float16 and bfloat16: every value of the type, and everything between two neighbours. */
import assert from "node:assert/strict";
import { roundingOf, roundToBfloat16, roundToFloat16 } from "../../../../src/engine/base/rounding";
import { decodeValues } from "../../../../src/tensor/dtype";

const types = [
  { name: "float16", round: roundToFloat16, largest: 65504, overflow: 65520, least: 2 ** -24 },
  {
    name: "bfloat16",
    round: roundToBfloat16,
    largest: (2 - 2 ** -7) * 2 ** 127,
    overflow: (2 - 2 ** -8) * 2 ** 127,
    least: 2 ** -133,
  },
] as const;

/** All values of a 16-bit type by their bit patterns. */
function valuesOf(name: "float16" | "bfloat16"): Float32Array {
  const bits = Uint16Array.from({ length: 0x10000 }, (_, pattern) => pattern);
  return decodeValues(new Uint8Array(bits.buffer), name) as Float32Array;
}

/** The float64 numbers next to a positive one. */
function neighbours(value: number): { below: number; above: number } {
  const word = new DataView(new ArrayBuffer(8));
  word.setFloat64(0, value);
  const bits = word.getBigUint64(0);
  const at = (pattern: bigint): number => {
    word.setBigUint64(0, pattern);
    return word.getFloat64(0);
  };
  return { below: at(bits - 1n), above: at(bits + 1n) };
}

for (const { name, round, largest, overflow, least } of types) {
  describe(`rounding to ${name}`, () => {
    const values = valuesOf(name);
    const infinity = values.indexOf(Infinity);
    const positive = values.subarray(0, infinity);

    it("keeps each of its 65,536 values, the signs of zero included", () => {
      assert.ok(values.every((value) => Object.is(round(value), value)));
    });

    it("rounds what lies between two neighbours to the nearer, ties to the even one", () => {
      let compared = 0;
      for (let pattern = 0; pattern + 1 < positive.length; pattern++) {
        const [low = NaN, high = NaN] = positive.subarray(pattern, pattern + 2);
        const middle = (low + high) / 2;
        const { below, above } = neighbours(middle);
        const even = pattern % 2 === 0 ? low : high;
        assert.equal(round(middle), even);
        assert.equal(round(below), low);
        assert.equal(round(above), high);
        assert.ok(Object.is(round(-middle), -even));
        assert.ok(Object.is(round(-below), -low));
        assert.ok(Object.is(round(-above), -high));
        compared += 6;
      }
      assert.equal(compared, 6 * (infinity - 1));
    });

    it("rounds to infinity from half a unit past its largest value on", () => {
      assert.equal(positive.at(-1), largest);
      assert.equal(round(neighbours(overflow).below), largest);
      assert.equal(round(overflow), Infinity);
      assert.equal(round(-overflow), -Infinity);
      assert.equal(round(Number.MAX_VALUE), Infinity);
    });

    it("rounds half of its smallest value and less to zero of the same sign", () => {
      assert.equal(positive[1], least);
      assert.ok(Object.is(round(least / 2), 0));
      assert.ok(Object.is(round(-least / 2), -0));
      assert.equal(round(neighbours(least / 2).above), least);
      assert.ok(Object.is(round(-Number.MIN_VALUE), -0));
    });

    it("keeps NaN and the infinities", () => {
      for (const value of [NaN, Infinity, -Infinity]) assert.ok(Object.is(round(value), value));
    });
  });
}

describe("roundingOf", () => {
  it("rounds what 16-bit precisions compute and leaves the others alone", () => {
    assert.equal(roundingOf("f16"), roundToFloat16);
    assert.equal(roundingOf("bf16"), roundToBfloat16);
    for (const precision of ["f32", "f64"] as const) assert.equal(roundingOf(precision)(0.1), 0.1);
  });
});
