/** Products of several vectors at a time are those of one at a time, to the last bit. */
import assert from "node:assert/strict";
import { multiply, multiplyAll } from "../../../src/diagnosis/forward/product";
import { filled, numbersFrom } from "../support/runs";

describe("products of the diagnosis", () => {
  for (const [rows, size, count] of [
    [8, 5, 4],
    [7, 6, 3],
    [3, 2, 5],
    [4, 1, 1],
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
});
