import assert from "node:assert/strict";
import { isUnrollError } from "../../../src/core/errors";
import { byteWidth, decodeValues, encodeFloats, isDType } from "../../../src/tensor/dtype";

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The value of a float16 by its definition, the slow way. */
function float16ByDefinition(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

describe("decodeValues", () => {
  it("widens every float16 exactly", () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
    const decoded = decodeValues(bytesOf(halves), "float16");
    assert.ok(decoded instanceof Float32Array);
    assert.deepEqual(
      Array.from(decoded),
      Array.from(halves, (half) => float16ByDefinition(half)),
    );
  });

  it("widens every bfloat16 to the float32 with the same upper bits", () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
    const decoded = decodeValues(bytesOf(halves), "bfloat16");
    const bits = new Uint32Array(decoded.buffer);
    assert.ok(halves.every((half, index) => bits[index] === half * 0x10000));
  });

  it("keeps the payload of a float32 NaN", () => {
    const decoded = decodeValues(Uint8Array.of(0x23, 0x01, 0xa0, 0x7f), "float32");
    assert.equal(new Uint32Array(decoded.buffer)[0], 0x7fa00123);
  });

  it("reads at odd offsets of a larger buffer and returns a buffer of its own", () => {
    const padded = new Uint8Array(3 + 16);
    padded.set(bytesOf(Float64Array.of(1.5, -2)), 3);
    const decoded = decodeValues(padded.subarray(3), "float64");
    assert.deepEqual(decoded, Float64Array.of(1.5, -2));
    assert.equal(decoded.buffer.byteLength, 16);
  });

  it("reads both byte orders", () => {
    assert.deepEqual(decodeValues(Uint8Array.of(1, 2), "uint16"), Float64Array.of(0x201));
    assert.deepEqual(decodeValues(Uint8Array.of(1, 2), "uint16", false), Float64Array.of(0x102));
    const big = Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0);
    assert.deepEqual(decodeValues(big, "float32", false), Float32Array.of(1, -2));
  });

  it("reads integers of every width", () => {
    const ones = new Uint8Array(8).fill(0xff);
    const decode = (dtype: Parameters<typeof decodeValues>[1]): number | undefined =>
      decodeValues(ones.subarray(0, byteWidth(dtype)), dtype)[0];
    assert.deepEqual(
      [decode("int8"), decode("int16"), decode("int32"), decode("int64")],
      [-1, -1, -1, -1],
    );
    assert.deepEqual(
      [decode("uint8"), decode("uint16"), decode("uint32")],
      [255, 65535, 4294967295],
    );
  });

  it("makes bool 0 or 1", () => {
    assert.deepEqual(decodeValues(Uint8Array.of(0, 1, 7), "bool"), Float64Array.of(0, 1, 1));
  });

  it("keeps 64-bit integers up to 2^53 - 1 and refuses larger ones by name", () => {
    const edge = BigInt64Array.of(9007199254740991n, -9007199254740991n);
    assert.deepEqual(
      decodeValues(bytesOf(edge), "int64"),
      Float64Array.of(9007199254740991, -9007199254740991),
    );
    for (const dtype of ["int64", "uint64"] as const) {
      assert.throws(
        () => decodeValues(bytesOf(BigInt64Array.of(9007199254740993n)), dtype, true, "w"),
        (error) =>
          isUnrollError(error) &&
          error.tag === "unsupported" &&
          error.message.startsWith("w: element 0 is 9007199254740993"),
      );
    }
  });
});

describe("encodeFloats", () => {
  it("is undone by decodeValues", () => {
    const values = Float32Array.of(0.1, -0, NaN, Infinity);
    assert.deepEqual(decodeValues(encodeFloats(values.subarray(1)), "float32"), values.subarray(1));
    assert.deepEqual(encodeFloats(Float64Array.of(1)), Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f));
  });
});

describe("isDType", () => {
  it("knows the names and nothing inherited", () => {
    assert.ok(isDType("bfloat16"));
    assert.ok(!isDType("constructor"));
    assert.ok(isDType("complex64") && isDType("float8_e8m0fnu"));
    assert.ok(!isDType("float4_e2m1fn_x2"));
  });
});
