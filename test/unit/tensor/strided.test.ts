import assert from "node:assert/strict";
import {
  columnMajorStrides,
  isRowMajor,
  rowMajorStrides,
  spannedElements,
} from "../../../src/tensor/strided";

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
