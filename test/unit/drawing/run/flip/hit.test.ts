import assert from "node:assert/strict";
import { cellUnder } from "../../../../../src/drawing/run/flip/hit";
import { layoutFlip } from "../../../../../src/drawing/run/flip/layout";

describe("cellUnder", () => {
  const layout = layoutFlip(
    { columns: [0, 1, null, 9], length: 10, inputRows: 2, stateRows: 3, bidirectional: true },
    1000,
  );

  it("finds every cell of every strip by its middle, and nothing where steps are left out", () => {
    for (const strip of layout.strips) {
      for (const part of strip.parts) {
        strip.columns.forEach((step, index) => {
          for (let row = 0; row < part.rows; row++) {
            const x = strip.x + (strip.columnX[index] ?? 0) + 5;
            const y = strip.y + (part.row + row + 0.5) * strip.rowHeight;
            const found = cellUnder(layout, x, y);
            const expected =
              step === null ? null : { strip: strip.id, part, row, step, belongs: step };
            assert.deepEqual(found, expected);
          }
        });
      }
    }
  });

  it("tells the state that an input is read for, where what is not flipped back has its place", () => {
    const content = { inputRows: 2, stateRows: 3, bidirectional: true, isUnflipped: true };
    const unflipped = layoutFlip({ ...content, columns: [0, 1, 2, 3], length: 4 }, 1000);
    const found = unflipped.strips.map(({ x, y }) => cellUnder(unflipped, x + 2, y + 2));
    // At the left end all of them belong to what is processed first, which reads the last step.
    assert.ok(found.every((hit) => hit?.belongs === 0));
    assert.equal(found.find((hit) => hit?.strip === "flippedX")?.step, 3);
  });

  it("finds nothing beside the strips", () => {
    for (const { x, y, width, height } of layout.strips) {
      assert.equal(cellUnder(layout, x - 1, y), null);
      assert.equal(cellUnder(layout, x + width, y), null);
      assert.equal(cellUnder(layout, x, y - 1), null);
      assert.equal(cellUnder(layout, x, y + height + 1), null);
    }
  });
});
