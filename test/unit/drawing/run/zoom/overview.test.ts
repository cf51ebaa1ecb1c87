import assert from "node:assert/strict";
import {
  contentAt,
  partOnScreen,
  reduced,
  smallBands,
} from "../../../../../src/drawing/run/zoom/overview";

const bands = [
  { top: 28, height: 400 },
  { top: 450, height: 100 },
];

describe("the overview", () => {
  it("gives each lane its share of the height, and none less than can be seen", () => {
    const small = smallBands([{ height: 1000 }, { height: 1 }], 48);
    assert.ok((small[1]?.height ?? 0) >= 3);
    const last = small.at(-1);
    assert.ok(Math.abs((last?.top ?? 0) + (last?.height ?? 0) - 48) < 1e-9);
    const crowded = smallBands(
      Array.from({ length: 40 }, () => ({ height: 9 })),
      48,
    );
    assert.ok(crowded.every(({ height }) => height > 0));
  });

  it("marks the part on screen, and finds the content at a place of it again", () => {
    const small = smallBands(bands, 48);
    const part = partOnScreen({ steps: [25, 75] }, 100, bands, small, { top: 128, height: 100 });
    assert.deepEqual([part.left, part.right], [0.25, 0.75]);
    assert.ok(part.top > 0 && part.top < part.bottom && part.bottom < 1);
    for (const y of [28, 128, 300, 500]) {
      const { top } = partOnScreen({ steps: [0, 1] }, 1, bands, small, { top: y, height: 0 });
      assert.ok(Math.abs(contentAt(top, bands, small) - y) < 1e-6, String(y));
    }
  });

  it("keeps the worst value of what it makes smaller", () => {
    const values = Float32Array.from({ length: 64 }, () => 0.1);
    values[37] = -3;
    values[12] = NaN;
    const outside = new Uint8Array(64);
    outside[63] = 1;
    const valid = new Uint8Array(64).fill(1);
    const small = reduced({ rows: 8, columns: 8, values, outside, valid }, { rows: 2, columns: 3 });
    assert.deepEqual([small.rows, small.columns], [2, 3]);
    assert.ok(small.values.includes(-3));
    assert.ok(Number.isNaN(small.values[1]));
    assert.deepEqual([...small.outside], [0, 0, 0, 0, 0, 1]);
    assert.equal(reduced(small, { rows: 2, columns: 9 }), small);
  });
});
