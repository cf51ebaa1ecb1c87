/** How far values are from a reference, over valid steps and over padding, and what counts as rounding. */
import assert from "node:assert/strict";
import type { Returned } from "../../../../src/diagnosis/base/model";
import { distanceFrom, scaleOf, toleranceOf } from "../../../../src/diagnosis/search/closeness";
import { randomCase } from "../cases";

const nothing: Returned = { output: null, hn: null, cn: null };

/** An output (T, B, 1) of two steps and two rows; the second row has one step. */
const padded = { ...randomCase({ config: {}, seqLength: 2, batchSize: 2, lengths: [2, 1] }) };
const output = (...data: number[]): Returned => ({
  ...nothing,
  output: { shape: [2, 2, 1], data: Float64Array.from(data) },
});

describe("distance of values", () => {
  it("counts valid steps, and the padding apart", () => {
    const found = distanceFrom(output(1, 2, 3.0625, 9), output(1, 2.5, 3, 5), padded, 0.1);
    assert.deepEqual(found, {
      hasShapes: true,
      most: 0.5,
      mean: 0.5625 / 3,
      outside: 1,
      count: 3,
      rest: 0.0625,
      bothNaN: 0,
      padding: 4,
    });
  });

  it("is infinite where a tensor has another shape", () => {
    const other = { ...nothing, output: { shape: [2, 2], data: new Float64Array(4) } };
    const { hasShapes, most, mean } = distanceFrom(other, output(0, 0, 0, 0), padded, 0.1);
    assert.deepEqual([hasShapes, most, mean], [false, Infinity, Infinity]);
  });

  it("is infinite where one side alone is not finite, and 0 where both are the same", () => {
    const reference = output(NaN, Infinity, 1, 0);
    assert.equal(distanceFrom(output(NaN, Infinity, 1, 0), reference, padded, 0.1).most, 0);
    assert.equal(distanceFrom(output(NaN, Infinity, 1, 0), reference, padded, 0.1).bothNaN, 1);
    assert.equal(distanceFrom(output(0, Infinity, 1, 0), reference, padded, 0.1).most, Infinity);
    assert.equal(distanceFrom(output(NaN, -Infinity, 1, 0), reference, padded, 0.1).most, Infinity);
  });

  it("takes only the tensors that the reference has", () => {
    const ours = { ...output(1, 1, 1, 1), hn: { shape: [1], data: Float64Array.of(7) } };
    assert.equal(distanceFrom(ours, output(1, 1, 1, 1), padded, 0.1).count, 3);
  });
});

describe("tolerance of a diagnosis", () => {
  it("is 32 times what rounding was measured to, and 3e-6 of the largest magnitude at least", () => {
    assert.equal(toleranceOf(0, 1), 3e-6);
    assert.equal(toleranceOf(0, 10), 3e-5);
    assert.equal(toleranceOf(1e-6, 1), 3.2e-5);
  });

  it("has a scale of 1 at least, and leaves infinities and padding out", () => {
    assert.equal(scaleOf(output(0.1, 0.2, 0, 0), padded), 1);
    assert.equal(scaleOf(output(-4, Infinity, 0, 99), padded), 4);
    assert.equal(scaleOf(output(-4, NaN, 0, 99), { ...padded, hasPadding: false }), 99);
  });
});
