import assert from "node:assert/strict";
import { bandPath, linePath, outlinePath } from "../../../../src/drawing/base/paths";

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

describe("outlinePath", () => {
  const all = new Uint8Array(2).fill(1);
  const data = {
    rows: 1,
    columns: 2,
    values: new Float32Array(2),
    outside: all,
    valid: all,
  };
  const at = { x: 10, y: 0, width: 40, height: 20 };

  it("goes around what is outside", () => {
    const sides = outlinePath(data, at).split("M").filter(Boolean).sort();
    assert.deepEqual(sides, [
      "10,0L10,20",
      "10,0L30,0",
      "10,20L30,20",
      "30,0L50,0",
      "30,20L50,20",
      "50,0L50,20",
    ]);
  });

  it("has no line where the next window goes on", () => {
    const path = outlinePath(data, at, { ...at, width: 80 });
    assert.ok(!path.includes("50,0L50,20"), path);
    assert.ok(path.includes("10,0L10,20"), path);
  });
});
