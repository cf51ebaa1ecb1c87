import assert from "node:assert/strict";
import { embeddingGradient } from "../../../../src/session/gradients/embeddingGradient";
import type { Shape, Tensor } from "../../../../src/tensor/tensor";

const tensor = (shape: Shape, values: readonly number[]): Tensor => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(values),
});
const table = (embedded: Tensor, tokens: Tensor, batchFirst: boolean): number[] => [
  ...embeddingGradient(embedded, tokens, { vocabulary: 3, batchFirst }).data,
];

describe("embeddingGradient", () => {
  it("adds up what arrives at every place of a token", () => {
    const embedded = tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const tokens = tensor([2, 2], [2, 0, 2, 2]);
    assert.deepEqual(table(embedded, tokens, false), [3, 4, 0, 0, 13, 16]);
  });

  it("gives a repeated step the gradients of all its steps, in either layout", () => {
    const timeMajor = tensor([3, 2, 1], [1, 10, 2, 20, 3, 30]);
    const batchMajor = tensor([2, 3, 1], [1, 2, 3, 10, 20, 30]);
    assert.deepEqual(table(timeMajor, tensor([1, 2], [1, 2]), false), [0, 6, 60]);
    assert.deepEqual(table(batchMajor, tensor([2, 1], [1, 2]), true), [0, 6, 60]);
    assert.deepEqual(table(tensor([3, 1], [1, 2, 3]), tensor([1], [1]), false), [0, 6, 0]);
  });
});
