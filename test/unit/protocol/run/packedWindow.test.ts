import assert from "node:assert/strict";
import fc from "fast-check";
import { packWindow, unpackWindow } from "../../../../src/protocol/run/packedWindow";
import type { WindowData } from "../../../../src/protocol/run/windowMessages";

/** A window of zeros with marks. */
function window(rows: number, columns: number, marks: Partial<WindowData> = {}): WindowData {
  const cells = rows * columns;
  const valid = new Uint8Array(cells).fill(1);
  return {
    ...{ rows, columns, values: new Float32Array(cells), outside: new Uint8Array(cells), valid },
    ...marks,
  };
}

describe("a packed window", () => {
  it("sends neither marks nor padding where there are none", () => {
    const { outside, valid } = packWindow(window(64, 256));
    assert.deepEqual([outside, valid], [null, 256]);
  });

  it("sends how many columns come before the padding", () => {
    const data = window(2, 4, { valid: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0) });
    assert.equal(packWindow(data).valid, 2);
    assert.deepEqual(unpackWindow(packWindow(data)), data);
  });

  it("sends a bit for each cell where one is outside", () => {
    const outside = new Uint8Array(64 * 256);
    outside[77] = 1;
    assert.equal(packWindow(window(64, 256, { outside })).outside?.length, (64 * 256) / 8);
  });

  it("comes out as it went in, whatever is marked", () => {
    const marks = (cells: number): fc.Arbitrary<Uint8Array> =>
      fc.uint8Array({ max: 1, minLength: cells, maxLength: cells });
    const windows = fc
      .tuple(fc.nat({ max: 7 }), fc.nat({ max: 9 }))
      .chain(([rows, columns]) =>
        fc
          .tuple(marks(rows * columns), marks(rows * columns))
          .map(([outside, valid]) => window(rows, columns, { outside, valid })),
      );
    fc.assert(
      fc.property(windows, (data) => {
        assert.deepEqual(unpackWindow(packWindow(data)), data);
      }),
    );
  });
});
