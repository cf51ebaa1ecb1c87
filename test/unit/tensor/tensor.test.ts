import assert from "node:assert/strict";
import { isUnrollError } from "../../../src/core/errors";
import {
  assertShape,
  elementCount,
  formatShape,
  sameShape,
  swapLeadingAxes,
} from "../../../src/tensor/tensor";

describe("shapes", () => {
  it("count their elements, a scalar being one and an empty axis none", () => {
    assert.equal(elementCount([]), 1);
    assert.equal(elementCount([2, 3]), 6);
    assert.equal(elementCount([...new Array<number>(64).fill(2 ** 53), 0]), 0);
  });

  it("compare by sizes in order", () => {
    assert.ok(sameShape([2, 3], [2, 3]));
    assert.ok(!sameShape([2, 3], [3, 2]));
    assert.ok(!sameShape([2], [2, 1]));
  });

  it("print as PyTorch prints a size", () => {
    assert.equal(formatShape([7, 5]), "[7, 5]");
    assert.equal(formatShape([]), "[]");
  });

  it("are named when they do not fit", () => {
    assert.doesNotThrow(() => assertShape("h0", [1, 2], [1, 2]));
    assert.throws(
      () => assertShape("h0", [1, 2], [2, 1]),
      (error) =>
        isUnrollError(error) &&
        error.tag === "shape" &&
        error.message === "h0: expected shape [2, 1], found [1, 2]",
    );
  });
});

describe("swapLeadingAxes", () => {
  for (const size of [1, 3, 40]) {
    it(`exchanges the first two axes of rows of ${size} values, and keeps the element type`, () => {
      const data = Float32Array.from({ length: 2 * 3 * size }, (_, index) => index);
      const swapped = swapLeadingAxes(data, [2, 3, size]);
      assert.ok(swapped instanceof Float32Array);
      const first = swapped.filter((_, index) => index % size === 0);
      assert.deepEqual([...first], [0, 3 * size, size, 4 * size, 2 * size, 5 * size]);
      assert.equal(swapped[6 * size - 1], 6 * size - 1);
      assert.deepEqual(swapLeadingAxes(swapped, [3, 2, size]), data);
    });
  }
});
