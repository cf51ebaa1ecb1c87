import assert from "node:assert/strict";
import { unbroken } from "../../../../src/drawing/base/unbroken";

describe("titles in several lines", () => {
  /** Where lines may end. */
  const parts = (title: string): string[] => unbroken(title).split(" ");

  it("keep the letters of an order together", () => {
    assert.deepEqual(parts("in the order f i g o (Keras)"), [
      "in",
      "the",
      "order",
      "f\u00a0i\u00a0g\u00a0o",
      "(Keras)",
    ]);
  });

  it("keep a formula together", () => {
    assert.deepEqual(parts("approximated by v(27 + v²)/(27 + 9v²)"), [
      "approximated",
      "by",
      "v(27\u00a0+\u00a0v²)/(27\u00a0+\u00a09v²)",
    ]);
  });

  it("end anywhere else as before", () => {
    assert.equal(unbroken("b_ih is left out"), "b_ih is left out");
  });
});
