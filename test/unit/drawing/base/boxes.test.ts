import assert from "node:assert/strict";
import { boxOfText, overlaps } from "../../../../src/drawing/base/boxes";

describe("boxes of texts", () => {
  const box = { x: 10, y: 10, width: 20, height: 10 };

  it("lie around the written text, with a margin", () => {
    const extent = {
      actualBoundingBoxLeft: 8,
      actualBoundingBoxRight: 8,
      actualBoundingBoxAscent: 5,
      actualBoundingBoxDescent: 4,
    };
    assert.deepEqual(boxOfText(extent, 100, 50), { x: 90, y: 43, width: 20, height: 13 });
  });

  it("overlap where they have area in common, not where they touch", () => {
    assert.ok(overlaps(box, { x: 29, y: 19, width: 5, height: 5 }));
    assert.ok(overlaps({ x: 0, y: 0, width: 100, height: 100 }, box));
    assert.ok(!overlaps(box, { x: 30, y: 10, width: 5, height: 5 }));
    assert.ok(!overlaps(box, { x: 10, y: 20, width: 5, height: 5 }));
    assert.ok(!overlaps({ x: 0, y: 0, width: 10, height: 30 }, box));
  });
});
