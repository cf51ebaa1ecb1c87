import assert from "node:assert/strict";
import { tableBlocks, textAt } from "../../../../src/drawing/tensors/tableBlocks";

describe("blocks of a table", () => {
  it("cover what is on screen, on a fixed grid, and end with the slice", () => {
    const blocks = tableBlocks(
      { start: 60, end: 70 },
      { start: 3, end: 17 },
      { rows: 66, columns: 20 },
    );
    assert.deepEqual(blocks, [
      { rowStart: 0, rowEnd: 64, columnStart: 0, columnEnd: 16 },
      { rowStart: 0, rowEnd: 64, columnStart: 16, columnEnd: 20 },
      { rowStart: 64, rowEnd: 66, columnStart: 0, columnEnd: 16 },
      { rowStart: 64, rowEnd: 66, columnStart: 16, columnEnd: 20 },
    ]);
  });

  it("give the text of a cell, where it is here", () => {
    const at = { rowStart: 64, rowEnd: 66, columnStart: 16, columnEnd: 20 };
    const texts = Array.from({ length: 8 }, (_, index) => `v${index}`);
    assert.equal(textAt([{ at, texts }], 65, 18), "v6");
    assert.equal(textAt([{ at, texts: undefined }], 65, 18), undefined);
    assert.equal(textAt([{ at, texts }], 3, 18), undefined);
  });
});
