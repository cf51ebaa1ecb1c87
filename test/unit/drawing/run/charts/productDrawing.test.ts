import assert from "node:assert/strict";
import { drawProduct } from "../../../../../src/drawing/run/charts/productDrawing";

describe("drawProduct", () => {
  it("marks the surplus of the left factor", () => {
    const { left, right, inner } = drawProduct([7, 40], [20, 20]);
    assert.deepEqual(inner, [40, 20]);
    assert.ok(left.surplus);
    assert.equal(left.surplus.width, left.width / 2);
    assert.equal(left.surplus.x + left.surplus.width, left.x + left.width);
    assert.equal(right.surplus, null);
  });

  it("marks the surplus of the right factor", () => {
    const { left, right } = drawProduct([1, 10], [40, 20]);
    assert.equal(left.surplus, null);
    assert.ok(right.surplus);
    assert.equal(right.surplus.height, (right.height * 3) / 4);
    assert.equal(right.surplus.y + right.surplus.height, right.y + right.height);
  });

  it("draws huge and empty factors at a size that can be read", () => {
    for (const [left, right] of [
      [
        [1, 100_000],
        [3, 1],
      ],
      [
        [0, 0],
        [4, 4],
      ],
      [[5], [7]],
    ] as const) {
      const drawing = drawProduct(left, right);
      assert.ok(drawing.width > 0 && drawing.width < 600);
      assert.ok(drawing.height > 0 && drawing.height < 400);
    }
  });

  it("joins the leading axes of the left factor", () => {
    assert.equal(drawProduct([5, 7, 10], [10, 20]).left.rows, 35);
  });
});
