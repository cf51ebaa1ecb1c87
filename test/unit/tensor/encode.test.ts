import assert from "node:assert/strict";
import { decodeValues, isComplex, type DType } from "../../../src/tensor/dtype";
import { encodeValues } from "../../../src/tensor/encode";

const oneByte = [
  "float8_e4m3fn",
  "float8_e4m3fnuz",
  "float8_e5m2",
  "float8_e5m2fnuz",
  "float8_e8m0fnu",
] as const;

function encode(dtype: DType, values: readonly number[]): number[] {
  const buffer = encodeValues(dtype, values);
  return dtype.startsWith("float8") ? [...new Uint8Array(buffer)] : [...new Uint16Array(buffer)];
}

describe("encodeValues", () => {
  for (const dtype of oneByte) {
    it(`gives every ${dtype} its own bits back`, () => {
      const patterns = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const values = decodeValues(patterns, dtype);
      const bits = encode(dtype, [...values]);
      for (const [pattern, value] of values.entries()) {
        if (Number.isNaN(value))
          assert.ok(Number.isNaN(decodeValues(Uint8Array.of(bits[pattern] ?? 0), dtype)[0]));
        else assert.equal(bits[pattern], pattern, `${value}`);
      }
    });
  }

  for (const dtype of ["float16", "bfloat16"] as const) {
    it(`gives every ${dtype} its own bits back`, () => {
      const patterns = Uint16Array.from({ length: 65536 }, (_, half) => half);
      const values = decodeValues(new Uint8Array(patterns.buffer), dtype);
      const bits = new Uint16Array(encodeValues(dtype, values));
      const differing = bits.findIndex(
        (found, index) => found !== index && !Number.isNaN(values[index]),
      );
      assert.equal(differing, -1);
    });
  }

  it("rounds to the nearest, ties to even", () => {
    assert.deepEqual(
      encode("float16", [2049, 2051, 2050.5, 65519, 65520, -1e-9, 2 ** -25]),
      [0x6800, 0x6802, 0x6801, 0x7bff, 0x7c00, 0x8000, 0],
    );
    assert.deepEqual(
      encode("bfloat16", [1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, Infinity]),
      [0x3f80, 0x3f82, 0x7f80, 0x7f80],
    );
    assert.deepEqual(
      encode("float8_e4m3fn", [448, 464, 480, -Infinity, 17]),
      [0x7e, 0x7e, 0x7f, 0x7f, 0x58],
    );
    assert.deepEqual(encode("float8_e5m2", [57344, 61440, -Infinity]), [0x7b, 0x7c, 0xfc]);
    assert.deepEqual(encode("float8_e4m3fnuz", [-0, -1e-9, 1e9]), [0, 0, 0x80]);
    assert.deepEqual(encode("float8_e8m0fnu", [1, 0.3, 0, -1]), [127, 125, 0xff, 0xff]);
  });

  it("keeps 64-bit integers exact with their remainders", () => {
    const values = new BigInt64Array(encodeValues("int64", [2 ** 53, -5], [1, 0]));
    assert.deepEqual([...values], [2n ** 53n + 1n, -5n]);
    const unsigned = new BigUint64Array(encodeValues("uint64", [2 ** 64], [-1]));
    assert.deepEqual([...unsigned], [2n ** 64n - 1n]);
  });

  it("takes real and imaginary parts in turn", () => {
    assert.ok(isComplex("complex64"));
    assert.deepEqual([...new Float32Array(encodeValues("complex64", [1, 2, 3, 4]))], [1, 2, 3, 4]);
    assert.deepEqual(encode("complex32", [1, -1]), [0x3c00, 0xbc00]);
  });

  it("wraps integers and copies the rest", () => {
    assert.deepEqual([...new Uint8Array(encodeValues("uint8", [257, 1]))], [1, 1]);
    assert.deepEqual([...new Float64Array(encodeValues("float64", [0.1]))], [0.1]);
    assert.deepEqual([...new Float32Array(encodeValues("float32", [0.5]))], [0.5]);
  });
});
