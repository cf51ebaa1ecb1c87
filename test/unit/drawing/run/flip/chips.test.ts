import assert from "node:assert/strict";
import { chipsOf } from "../../../../../src/drawing/run/flip/chips";

/** A strip of columns of this width, 16 pixels for what is left out. */
function strip(columns: readonly (number | null)[], cellWidth: number) {
  const columnX: number[] = [];
  let width = 0;
  for (const step of columns) {
    columnX.push(width);
    width += step === null ? 16 : cellWidth;
  }
  return { columns, columnX, width };
}

describe("chipsOf", () => {
  it("has a chip for each wide column", () => {
    const chips = chipsOf(strip([0, 1, 2], 46), 46, 1);
    assert.deepEqual(
      chips.map(({ label, x }) => [label, x]),
      [
        ["t=0", 23],
        ["t=1", 69],
        ["t=2", 115],
      ],
    );
  });

  it("holds its text, and touches neither another chip nor what stands beside the strip", () => {
    const around = Array.from({ length: 18 }, (_, index) => 12336 + index);
    for (const cellWidth of [8, 12, 17, 31]) {
      for (const lit of [0, 12336, 12345, 12353, 19999]) {
        const shown = strip([0, null, ...around, null, 19999], cellWidth);
        const chips = chipsOf(shown, cellWidth, lit);
        assert.ok(chips.some(({ step }) => step === lit));
        chips.forEach(({ label, x, width }, index) => {
          assert.ok(width >= label.length * 7 + 8, `${label} in ${width}`);
          assert.ok(x - width / 2 >= -5 && x + width / 2 <= shown.width + 5, label);
          const next = chips[index + 1];
          if (next !== undefined) assert.ok(x + width / 2 < next.x - next.width / 2, label);
        });
      }
    }
  });

  it("names the steps at which columns were processed, where those are others", () => {
    const chips = chipsOf({ ...strip([0, 1, 2], 46), processed: [2, 1, 0] }, 46, 1);
    assert.deepEqual(
      chips.map(({ step, label }) => [step, label]),
      [
        [0, "t=2"],
        [1, "t=1"],
        [2, "t=0"],
      ],
    );
  });

  it("names the ends of a long strip, and steps between them", () => {
    const columns = Array.from({ length: 40 }, (_, step) => step);
    const steps = chipsOf(strip(columns, 8), 8, null).map(({ step }) => step);
    assert.deepEqual([steps[0], steps.at(-1)], [0, 39]);
    assert.ok(steps.length > 5, steps.join());
  });
});
