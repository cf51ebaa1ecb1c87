import assert from "node:assert/strict";
import {
  columnMajorStrides,
  gatherRowMajor,
  isRowMajor,
  rowMajorStrides,
  spannedElements,
} from "../../../src/tensor/strided";

const counting = Float32Array.from({ length: 24 }, (_, index) => index);

describe("strides", () => {
  it("are products of the sizes inside (row-major) or before (column-major) an axis", () => {
    assert.deepEqual(rowMajorStrides([2, 3, 4]), [12, 4, 1]);
    assert.deepEqual(columnMajorStrides([2, 3, 4]), [1, 2, 6]);
    assert.deepEqual(rowMajorStrides([]), []);
  });

  it("of axes of size one do not matter for being row-major", () => {
    assert.ok(isRowMajor([2, 1, 3], [3, 99, 1]));
    assert.ok(!isRowMajor([2, 3], [1, 2]));
  });

  it("say how far a view reaches", () => {
    assert.equal(spannedElements([2, 3], [10, 2]), 15);
    assert.equal(spannedElements([2, 0], [10, 2]), 0);
    assert.equal(spannedElements([], []), 1);
  });
});

describe("gatherRowMajor", () => {
  it("transposes, permutes, repeats and skips", () => {
    assert.deepEqual(gatherRowMajor(counting, [3, 2], [1, 3]), Float32Array.of(0, 3, 1, 4, 2, 5));
    assert.deepEqual(gatherRowMajor(counting, [2, 2], [0, 1]), Float32Array.of(0, 1, 0, 1));
    assert.deepEqual(gatherRowMajor(counting, [3], [5]), Float32Array.of(0, 5, 10));
    const permuted = gatherRowMajor(counting, [2, 2, 2], [1, 12, 4]);
    assert.deepEqual(permuted, Float32Array.of(0, 4, 12, 16, 1, 5, 13, 17));
  });

  it("copies a scalar and nothing", () => {
    assert.deepEqual(gatherRowMajor(Float64Array.of(7), [], []), Float64Array.of(7));
    assert.deepEqual(gatherRowMajor(new Float64Array(0), [0, 3], [3, 1]), new Float64Array(0));
  });
});
