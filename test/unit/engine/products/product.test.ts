/** Products of several vectors at a time are those of one at a time, to the last bit; the kernel's are the same sums. */
import assert from "node:assert/strict";
import { multiply, multiplyAll } from "../../../../src/engine/products/product";
import { productKernel } from "../../../../src/engine/products/kernelProducts";
import { filled, numbersFrom } from "../../support/runs";

describe("products of a matrix with vectors", () => {
  for (const [rows, size, count] of [
    [8, 5, 4],
    [7, 6, 3],
    [3, 2, 5],
    [4, 1, 1],
    [70, 33, 5],
    [256, 64, 2],
  ] as const) {
    it(`of ${rows} × ${size} with ${count} vectors are those of each by itself`, () => {
      const next = numbersFrom(rows);
      const values = filled(size * count, next);
      const matrix = filled(rows * size, next);
      for (const bias of [null, filled(rows, next)]) {
        const affine = { matrix, bias, size };
        // In another order than they stand in.
        const starts = Array.from({ length: count }, (_, k) => (count - 1 - k) * size);
        const all = new Float64Array(rows * count);
        multiplyAll(affine, values, starts, all);
        const single = new Float64Array(rows * count);
        starts.forEach((from, k) => {
          const target = { values: single, at: k * rows };
          multiply(affine, { values, from }, target, { first: 0, end: rows });
        });
        assert.deepEqual(all, single);
      }
    });
  }

  // Values of float32 and others, sizes that are even and odd, rows that do not go in eights.
  for (const [rows, size, isNarrow] of [
    [70, 33, true],
    [70, 33, false],
    [64, 64, true],
    [129, 40, false],
  ] as const) {
    it(`of ${rows} × ${size} by the kernel are the sums of their terms`, () => {
      const next = numbersFrom(size);
      const values = filled(3 * size, next);
      const wide = filled(rows * size, next);
      const matrix = isNarrow ? wide.map(Math.fround) : wide;
      assert.notEqual(productKernel(matrix, size), null);
      const out = new Float64Array(3 * rows);
      multiplyAll({ matrix, bias: null, size }, values, [0, size, 2 * size], out);
      out.forEach((product, at) => {
        const [vector, row] = [Math.floor(at / rows), at % rows];
        let sum = 0;
        for (let k = 0; k < size; k++)
          sum += (matrix[row * size + k] ?? NaN) * (values[vector * size + k] ?? NaN);
        assert.ok(Math.abs(product - sum) < 1e-13, `${vector}, ${row}: ${product}, not ${sum}`);
      });
      // Rows from the middle, with a bias.
      const some = new Float64Array(rows);
      const target = { values: some, at: 0 };
      const affine = { matrix, bias: filled(rows, next), size };
      multiply(affine, { values, from: size }, target, { first: 3, end: rows - 2 });
      some.forEach((value, row) => {
        const isThere = row >= 3 && row < rows - 2;
        assert.equal(value, isThere ? (out[rows + row] ?? NaN) + (affine.bias[row] ?? NaN) : 0);
      });
    });
  }

  it("are right where more matrices are multiplied than are kept", () => {
    const [rows, size] = [1024, 1024];
    const vector = new Float64Array(size).fill(1);
    const out = new Float64Array(rows);
    for (let k = 1; k <= 20; k++) {
      const matrix = new Float64Array(rows * size).fill(k / 3);
      const target = { values: out, at: 0 };
      const affine = { matrix, bias: null, size };
      multiply(affine, { values: vector, from: 0 }, target, { first: 0, end: rows });
      assert.ok(Math.abs((out[rows - 1] ?? NaN) - (size * k) / 3) < 1e-9);
    }
  });
});
