/** Distances in ulp are those of the ordered bits of float32 and float64. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ulpDistance } from "../../../../src/analysis/numbers/ulp";

const smallest32 = 2 ** -149;

/** The bits of a float32 as a number that grows with it. */
function ordered32(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  const read = bits.getInt32(0);
  return read < 0 ? -(read & 0x7fffffff) : read;
}

function ordered64(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const read = bits.getBigInt64(0);
  return read < 0n ? -(read & 0x7fffffffffffffffn) : read;
}

describe("distances in ulp", () => {
  it("are those of the ordered bits of float32", () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(float, float, (left, right) => {
        const found = ulpDistance(left, right, { floor: smallest32, precision: "f32" });
        assert.equal(found, Math.abs(ordered32(left) - ordered32(right)));
      }),
    );
  });

  it("count single steps of float64", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.integer({ min: 0, max: 1e6 }),
        (from, steps) => {
          const bits = new DataView(new ArrayBuffer(8));
          bits.setFloat64(0, from);
          bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(steps));
          const to = bits.getFloat64(0);
          const found = ulpDistance(from, to, { floor: 1e-3, precision: "f64" });
          assert.equal(BigInt(found), ordered64(to) - ordered64(from));
        },
      ),
    );
  });

  it("are counted by the spacing at the floor below it", () => {
    const floor = 2 ** -10;
    const found = ulpDistance(2 ** -40, -(2 ** -40), { floor, precision: "f32" });
    assert.equal(found, 2 ** -39 / 2 ** (-10 - 23));
  });

  it("are not known of a NaN, or of infinity beside a number", () => {
    const ulps = { floor: 1e-5, precision: "f32" } as const;
    assert.ok(Number.isNaN(ulpDistance(Number.NaN, 1, ulps)));
    assert.ok(Number.isNaN(ulpDistance(Infinity, 1, ulps)));
    assert.equal(ulpDistance(Infinity, Infinity, ulps), 0);
  });
});
