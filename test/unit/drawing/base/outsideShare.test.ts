import assert from "node:assert/strict";
import { outsideMark } from "../../../../src/drawing/base/outsideShare";

describe("outsideMark", () => {
  it("hatches a part of a window, frames what is most of it, and leaves alone what is inside", () => {
    const mark = (...outside: readonly number[]): ReturnType<typeof outsideMark> =>
      outsideMark({
        ...{ rows: 1, columns: outside.length, outside: Uint8Array.from(outside) },
        ...{ values: new Float32Array(outside.length), valid: new Uint8Array(outside.length) },
      });
    assert.equal(mark(0, 0, 0, 0), null);
    assert.equal(mark(0, 0, 1, 1), "hatched");
    assert.equal(mark(0, 1, 1, 1), "framed");
  });
});
