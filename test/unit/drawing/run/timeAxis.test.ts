/** The steps that the axis of time names. */
import assert from "node:assert/strict";
import { layoutUnrolled } from "../../../../src/drawing/run/layout";
import { labelledSteps } from "../../../../src/drawing/run/timeAxis";

function labelsOf(width: number, seqLength: number): { labels: number[]; columnWidth: number } {
  const steps = [0, seqLength] as const;
  const layout = layoutUnrolled({ width, height: 600, lanes: [], mode: "ours", steps });
  return { labels: labelledSteps(layout, seqLength), columnWidth: layout.columnWidth };
}

describe("labelledSteps", () => {
  it("names every step where there is room", () => {
    assert.deepEqual(labelsOf(1000, 5).labels, [0, 1, 2, 3, 4]);
    assert.deepEqual(labelsOf(1000, 1).labels, [0]);
  });

  it("leaves room between labels, however many digits they have and whatever the width", () => {
    for (const seqLength of [30, 120, 999, 2000, 10_001, 20_000, 1_000_000]) {
      for (let width = 300; width <= 1600; width += 37) {
        const { labels, columnWidth } = labelsOf(width, seqLength);
        assert.ok(labels.length > 0, `${seqLength} steps, ${width} px`);
        const [first = 0, second = Infinity] = labels;
        // A digit of the usual font of 12 px is some 6.7 px wide.
        const free = (second - first) * columnWidth - String(seqLength - 1).length * 6.7;
        assert.ok(free >= 5, `${seqLength} steps, ${width} px: ${free} px between labels`);
      }
    }
  });
});
