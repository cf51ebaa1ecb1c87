/** What logits say of their classes. */
import assert from "node:assert/strict";
import { classText, likeliestOf, shareOf } from "../../../../src/drawing/run/classes";

describe("logits", () => {
  it("have a likeliest class, the first of equal ones", () => {
    assert.equal(likeliestOf([-3, 2, 2]), 1);
    assert.equal(likeliestOf([]), null);
    assert.equal(likeliestOf([1, NaN]), null);
  });

  it("have shares that add up to one, however large they are", () => {
    for (const logits of [
      [0.5, -1.25, 3],
      [1000, 999, -5000],
    ]) {
      const shares = logits.map((_, unit) => shareOf(logits, unit));
      assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-12);
    }
    assert.ok(Math.abs(shareOf([Math.log(1), Math.log(3)], 1) - 0.75) < 1e-12);
    assert.ok(Number.isNaN(shareOf([1, NaN], 0)));
  });

  it("have names where a file tells them", () => {
    const classes = [[1, "pleased"]] as const;
    assert.deepEqual(
      [classText({ classes }, 1), classText({ classes }, 0), classText(null, 2)],
      ["1 “pleased”", "0", "2"],
    );
  });
});
