import assert from "node:assert/strict";
import { decodeValues, type DType } from "../../../src/tensor/dtype";
import { elementTexts } from "../../../src/tensor/elementText";
import { rawOf } from "../../../src/tensor/raw";
import { decodeBytes, numpyCases } from "../support/numpyGoldens";
import { present } from "../support/present";

function textsOf(dtype: DType, values: ArrayBufferView, count: number): string[] {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return elementTexts(rawOf(dtype, [count], bytes));
}

/** Digits without sign, point and zeros at the ends. */
function digitsOf(text: string): string {
  const [digits = ""] = text.replace(/[-.]/g, "").split("e");
  return digits.replace(/^0+|0+$/g, "");
}

/** Every bit pattern of a dtype, NaN and infinities left out, with its value. */
function everyValue(dtype: DType, width: 1 | 2): { texts: string[]; values: number[] } {
  const words =
    width === 1
      ? Uint8Array.from({ length: 256 }, (_, word) => word)
      : Uint16Array.from({ length: 65536 }, (_, word) => word);
  const bytes = new Uint8Array(words.buffer);
  const values = [...decodeValues(bytes, dtype)];
  const texts = textsOf(dtype, bytes, words.length);
  const isFinite = (_: unknown, index: number): boolean => Number.isFinite(values[index]);
  return { texts: texts.filter(isFinite), values: values.filter(isFinite) };
}

describe("elementTexts", function () {
  this.slow(5000);
  for (const { dtype, values, texts } of numpyCases<{
    dtype: DType;
    values: string;
    texts: string[];
  }>("texts.json").filter(({ dtype }) => dtype !== "float16")) {
    it(`writes the digits that NumPy writes (${dtype})`, () => {
      const bytes = decodeBytes(values);
      const ours = textsOf(dtype, bytes, texts.length);
      const numbers = decodeValues(bytes, dtype);
      ours.forEach((text, index) => {
        const isWhole =
          Number.isInteger(numbers[index]) && Math.abs(present(numbers[index])) < 2 ** 24;
        // Whole numbers are written in full: 65504, not 65500.
        if (isWhole) assert.equal(text, String(numbers[index]));
        else assertAsShort(text, present(texts[index]), present(numbers[index]));
      });
    });
  }

  for (const dtype of ["float16", "bfloat16"] as const) {
    it(`gives every ${dtype} a text of its own that is nearer to it than to any other`, () => {
      checkNearest(everyValue(dtype, 2));
    });
  }
  for (const dtype of [
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
  ] as const) {
    it(`gives every ${dtype} a text of its own that is nearer to it than to any other`, () => {
      checkNearest(everyValue(dtype, 1));
    });
  }

  it("writes the value of a narrow float, not the fewest digits that tell it from its neighbours", () => {
    // -2.75 and 0.28125 in float8_e4m3fn, -0.31640625 in bfloat16, 0.1 in float16.
    assert.deepEqual(textsOf("float8_e4m3fn", Uint8Array.of(0xc3, 0x29), 2), ["-2.75", "0.28125"]);
    assert.deepEqual(textsOf("bfloat16", Uint16Array.of(0xbea2), 1), ["-0.31640625"]);
    assert.deepEqual(textsOf("float16", Uint16Array.of(0x2e66), 1), ["0.099975586"]);
    for (const dtype of ["float16", "bfloat16"] as const) {
      const { texts, values } = everyValue(dtype, 2);
      assert.ok(texts.every((text, index) => Math.fround(Number(text)) === values[index]));
    }
  });

  it("writes no more digits than a float32 needs", () => {
    const values = Float32Array.of(0.1, 1e-45, 3.4028235e38, 16777216, 1 / 3, 1e10, 2 ** -24);
    assert.deepEqual(textsOf("float32", values, values.length), [
      ...["0.1", "1e-45", "3.4028235e+38", "16777216", "0.33333334", "10000000000"],
      "5.9604645e-8",
    ]);
  });

  it("writes what is not finite, and the sign of zero", () => {
    const values = Float64Array.of(NaN, Infinity, -Infinity, -0, 0, 0.1);
    const expected = ["NaN", "Infinity", "-Infinity", "-0", "0", "0.1"];
    assert.deepEqual(textsOf("float64", values, 6), expected);
    assert.deepEqual(textsOf("float32", Float32Array.from(values), 6), expected);
  });

  it("writes 64-bit integers to the last digit", () => {
    const signed = BigInt64Array.of(9007199254740993n, -9223372036854775808n);
    assert.deepEqual(textsOf("int64", signed, 2), ["9007199254740993", "-9223372036854775808"]);
    const unsigned = BigUint64Array.of(18446744073709551615n);
    assert.deepEqual(textsOf("uint64", unsigned, 1), ["18446744073709551615"]);
  });

  it("writes truth values as PyTorch does", () => {
    assert.deepEqual(textsOf("bool", Uint8Array.of(0, 1, 7), 3), ["False", "True", "True"]);
  });

  it("writes both parts of complex numbers", () => {
    const single = Float32Array.of(1.5, -2, 0.1, 1e-30, -0, NaN, 3, -Infinity);
    assert.deepEqual(textsOf("complex64", single, 4), [
      ...["1.5-2j", "0.1+1e-30j", "-0+NaNj", "3-Infinityj"],
    ]);
    assert.deepEqual(textsOf("complex128", Float64Array.of(0.1, -0), 1), ["0.1-0j"]);
    assert.deepEqual(textsOf("complex32", Uint16Array.of(0x2e66, 0xc000), 1), ["0.099975586-2j"]);
  });
});

/** As many digits, as near: of two decimals equally near, NumPy takes the even one. */
function assertAsShort(text: string, expected: string, value: number): void {
  const message = `${text} and ${expected}`;
  assert.equal(digitsOf(text).length, digitsOf(expected).length, message);
  const distance = (written: string): number => Math.abs(Number(written) - value);
  assert.ok(distance(text) <= distance(expected) * (1 + 1e-9), message);
}

/** Among the values of a dtype, the one nearest to a text is the one it was written for. */
function checkNearest({ texts, values }: { texts: string[]; values: number[] }): void {
  const sorted = [...new Set(values)].sort((left, right) => left - right);
  const places = new Map(sorted.map((value, at) => [value, at]));
  texts.forEach((text, index) => {
    const value = present(values[index]);
    const at = present(places.get(value));
    const near = Math.abs(Number(text) - value);
    for (const other of [sorted[at - 1], sorted[at + 1]]) {
      if (other === undefined || near <= Math.abs(Number(text) - other)) continue;
      assert.fail(`${text} is nearer to ${other} than to ${value}`);
    }
    assert.ok(digitsOf(text).length <= 17, text);
  });
}
