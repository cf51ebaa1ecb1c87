import assert from "node:assert/strict";
import { bandPath, linePath } from "../../../../src/drawing/base/paths";

describe("linePath", () => {
  it("is interrupted where a point is missing, and marks a point that stands alone", () => {
    assert.equal(linePath([[0, 1.04], [2, 3], null, [4, 5.55]]), "M0,1L2,3M4,5.6Z");
    assert.equal(linePath([null]), "");
  });
});

describe("bandPath", () => {
  it("goes along one edge and back along the other", () => {
    const spans = [[0, 9, 1], [1, 9, 2], null, [5, 9, 3]] as const;
    assert.equal(bandPath(spans), "M0,1L1,2L1,9L0,9ZM5,3L5,9Z");
  });
});
