/** Dot products and activations. */
import assert from "node:assert/strict";
import { activation, dot } from "../../../../src/engine/readable/linalg";

describe("dot", () => {
  it("sums every product once, for lengths around its stride of four", () => {
    for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 9]) {
      // 1·1 + 2·10 + 3·100 …: every term leaves a digit of its own.
      const row = Float64Array.from({ length }, (_, index) => index + 1);
      const powers = Float64Array.from({ length }, (_, index) => 10 ** index);
      assert.equal(dot(row, 0, powers, length), Number("987654321".slice(9 - length)));
    }
  });

  it("reads the row at its offset and no further", () => {
    const matrix = Float64Array.of(Number.NaN, 1, 2, Number.NaN);
    assert.equal(dot(matrix, 1, Float64Array.of(10, 100), 2), 210);
  });

  it("keeps NaN and infinities", () => {
    assert.ok(Number.isNaN(dot(Float64Array.of(0, 1), 0, Float64Array.of(Infinity, 1), 2)));
    assert.equal(dot(Float64Array.of(1, 1), 0, Float64Array.of(Infinity, 1), 2), Infinity);
  });
});

describe("activation", () => {
  it("is tanh or relu", () => {
    const [tanh, relu] = [activation("tanh"), activation("relu")];
    assert.deepEqual([-2, 0, 2].map(relu), [0, 0, 2]);
    assert.deepEqual([-Infinity, 0, Infinity].map(tanh), [-1, 0, 1]);
    assert.ok(Math.abs(tanh(0.5) - 0.46211715726) < 1e-11);
  });

  it("passes NaN on in both, as PyTorch does", () => {
    assert.ok(Number.isNaN(activation("tanh")(Number.NaN)));
    assert.ok(Number.isNaN(activation("relu")(Number.NaN)));
  });
});
