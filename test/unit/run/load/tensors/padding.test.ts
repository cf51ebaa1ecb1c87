/** Lengths out of masked steps. */
import assert from "node:assert/strict";
import { paddedLengths } from "../../../../../src/run/load/tensors/padding";
import type { Tensor } from "../../../../../src/tensor/tensor";
import { renderText } from "../../../../../src/core/text";

const features = { of: "features", value: 0 } as const;

/** [B, T, 1] */
function sequences(...rows: number[][]): { input: Tensor; tokens: null } {
  const shape = [rows.length, rows[0]?.length ?? 0, 1];
  return { input: { dtype: "float32", shape, data: Float32Array.from(rows.flat()) }, tokens: null };
}

describe("padding", () => {
  it("ends each sequence before the steps that are masked", () => {
    const given = sequences([1, 2, 0], [3, 0, 0]);
    assert.deepEqual(paddedLengths(features, given, true).lengths, [2, 1]);
  });

  it("gives no lengths where nothing is masked", () => {
    assert.equal(paddedLengths(features, sequences([1, 2]), true).lengths, null);
  });

  it("refuses padding in front of a sequence", () => {
    const { lengths, refusal } = paddedLengths(features, sequences([1, 2], [0, 2]), true);
    assert.equal(lengths, null);
    assert.ok(refusal !== null);
    assert.match(renderText(refusal), /step 0 of sequence 1 is masked before others/);
  });

  it("looks at tokens where an embedding masks", () => {
    const tokens: Tensor = { dtype: "int64", shape: [1, 3], data: Float64Array.of(4, 2, 0) };
    const { input } = sequences([0, 1, 1]);
    const { lengths } = paddedLengths({ of: "tokens", value: 0 }, { input, tokens }, true);
    assert.deepEqual(lengths, [2]);
  });
});
