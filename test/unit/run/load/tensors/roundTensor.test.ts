/** Weights, input and states as the arithmetic of a run takes them. */
import assert from "node:assert/strict";
import { roundTensor } from "../../../../../src/run/load/tensors/roundTensor";
import { float32, float64 } from "../../../support/goldens";

describe("a tensor of a run", () => {
  const third = float64([[1], [1 / 3]]);

  it("is rounded once to the arithmetic of the run", () => {
    const valueIn = (precision: "f64" | "f32" | "f16" | "bf16"): number | undefined =>
      roundTensor(third, precision).data[0];
    assert.equal(valueIn("f64"), 1 / 3);
    assert.equal(valueIn("f32"), Math.fround(1 / 3));
    assert.equal(valueIn("f16"), 1365 / 4096);
    assert.equal(valueIn("bf16"), 171 / 512);
  });

  it("keeps its shape, and is not copied where it is rounded already", () => {
    assert.deepEqual(roundTensor(third, "f16").shape, [1]);
    const narrow = float32([[1], [0.5]]);
    assert.equal(roundTensor(narrow, "f32"), narrow);
    const half = { ...narrow, dtype: "float16" } as const;
    assert.equal(roundTensor(half, "f16"), half);
    assert.notEqual(roundTensor(half, "bf16"), half);
    assert.equal(roundTensor(third, "f64"), third);
  });
});
