/** Likeness of two results: as exact near 1 as anywhere. */
import assert from "node:assert/strict";
import { PairMoments } from "../../../../src/analysis/numbers/pairMoments";

function momentsOf(ours: readonly number[], reference: readonly number[]): PairMoments {
  const moments = new PairMoments();
  ours.forEach((value, index) => {
    const other = reference[index] ?? NaN;
    moments.add(value, other, value - other);
  });
  return moments;
}

describe("likeness of two results", () => {
  const values = Array.from({ length: 2000 }, (_, index) => Math.sin(index) + 2);

  it("is exactly 1 where they are the same", () => {
    const same = momentsOf(values, values);
    assert.deepEqual([same.cosine, same.pearson], [1, 1]);
  });

  it("is below 1 by what a single value is off, and below it however little that is", () => {
    const off = (by: number): PairMoments =>
      momentsOf(
        values.map((value, index) => (index === 700 ? value + by : value)),
        values,
      );
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    const cosine = 1 - off(1e-3).cosine;
    assert.ok(cosine > 0 && cosine < 1e-6 / (2 * squares) + 1e-15, String(cosine));
    for (const by of [1e-5, 1e-9]) {
      assert.ok(off(by).cosine < 1);
      assert.ok(off(by).pearson < 1);
    }
  });

  it("is what it is far from 1 as well", () => {
    const opposite = momentsOf(
      values,
      values.map((value) => -value),
    );
    assert.equal(opposite.cosine, -1);
    assert.ok(Math.abs(momentsOf([1, 0], [1, 1]).cosine - Math.SQRT1_2) < 1e-15);
    assert.ok(Number.isNaN(momentsOf([0, 0], [1, 1]).cosine));
  });
});
