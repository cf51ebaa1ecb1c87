import assert from "node:assert/strict";
import type { WindowData } from "../../../../src/protocol/run/windowMessages";
import { colourOf, colourScale } from "../../../../src/drawing/base/colourScale";
import { irregularKind } from "../../../../src/drawing/base/irregular";
import {
  irregularCells,
  markGrid,
  outsideColumns,
  outsideEdges,
  outsideRows,
  rasterize,
  rasterizeOutside,
  rasterizePadding,
} from "../../../../src/drawing/base/rasterize";

const scale = colourScale("RdBu", [31, 31, 31], 1);

function window(rows: number, values: number[], changes: Partial<WindowData> = {}): WindowData {
  const count = values.length;
  return {
    rows,
    columns: count / rows,
    values: Float32Array.from(values),
    outside: new Uint8Array(count),
    valid: new Uint8Array(count).fill(1),
    ...changes,
  };
}

describe("rasterize", () => {
  it("gives every finite value its colour, row by row", () => {
    const pixels = rasterize(window(2, [-1, 0, 0.5, 1]), scale);
    assert.deepEqual(
      [...pixels],
      [-1, 0, 0.5, 1].flatMap((value) => [...colourOf(scale, value), 255]),
    );
  });

  it("leaves NaN, the infinities and padding without a colour", () => {
    const valid = Uint8Array.of(1, 1, 1, 0);
    const pixels = rasterize(window(1, [NaN, Infinity, -Infinity, 0.5], { valid }), scale);
    assert.deepEqual([...pixels], new Array(16).fill(0));
  });

  it("colours in a difference only what is outside tolerance", () => {
    const pixels = rasterize(window(1, [0.5, 0.5], { outside: Uint8Array.of(0, 1) }), scale, true);
    assert.deepEqual([...pixels.subarray(0, 3)], colourOf(scale, 0));
    assert.deepEqual([...pixels.subarray(4, 7)], colourOf(scale, 0.5));
  });

  it("refuses a window whose arrays do not have its size", () => {
    const data = window(1, [0, 0], { outside: new Uint8Array(3) });
    assert.throws(() => rasterize(data, scale), /window of 1 × 2 cells has 2, 3, 2/);
  });
});

describe("masks", () => {
  it("are absent where there is nothing to mark", () => {
    assert.equal(rasterizeOutside(window(1, [1, 2])), null);
    assert.equal(rasterizePadding(window(1, [1, 2])), null);
  });

  it("are opaque where a cell is outside tolerance, or padding", () => {
    const data = window(1, [1, 2, 3], {
      outside: Uint8Array.of(0, 1, 0),
      valid: Uint8Array.of(1, 1, 0),
    });
    const alpha = (pixels: Uint8ClampedArray | null): number[] =>
      [3, 7, 11].map((index) => pixels?.[index] ?? -1);
    assert.deepEqual(alpha(rasterizeOutside(data)), [0, 255, 0]);
    assert.deepEqual(alpha(rasterizePadding(data)), [0, 0, 255]);
  });
});

describe("irregularCells", () => {
  it("lists what is not finite and valid, with its place", () => {
    const data = window(2, [0, NaN, -Infinity, NaN], { valid: Uint8Array.of(1, 1, 1, 0) });
    assert.deepEqual(irregularCells(data), [
      { kind: "nan", row: 0, column: 1 },
      { kind: "-inf", row: 1, column: 0 },
    ]);
  });

  it("tells the kinds apart", () => {
    assert.equal(irregularKind(1), null);
    assert.equal(irregularKind(Infinity), "+inf");
    assert.equal(irregularKind(-Infinity), "-inf");
    assert.equal(irregularKind(NaN), "nan");
  });
});

describe("outside tolerance", () => {
  const data = window(2, [0, 0, 0, 0, 0, 0, 0, 0], {
    outside: Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0),
  });

  it("joins neighbouring columns to runs", () => {
    assert.deepEqual(outsideColumns(data), [[1, 3]]);
    const apart = window(1, [0, 0, 0], { outside: Uint8Array.of(1, 0, 1) });
    assert.deepEqual(outsideColumns(apart), [
      [0, 1],
      [2, 3],
    ]);
  });

  it("tells the rows of the columns on screen", () => {
    assert.deepEqual(outsideRows(data, 0, 4), [[0, 2]]);
    assert.deepEqual(outsideRows(data, 0, 2), [[0, 1]]);
    assert.deepEqual(outsideRows(data, 3, 4), []);
  });

  it("is outlined where it borders on what is inside", () => {
    const single = window(1, [0, 0, 0], { outside: Uint8Array.of(0, 1, 0) });
    const edges = outsideEdges(single).map((edge) => edge.join(" "));
    assert.deepEqual(edges.sort(), ["1 0 1 1", "1 0 2 0", "1 1 2 1", "2 0 2 1"]);
    // Two cells beside each other and one below: eight sides, none between them.
    assert.equal(outsideEdges(data).length, 8);
  });

  it("of one value among many units is framed at its unit, not over the lane", () => {
    const outside = new Uint8Array(256 * 100);
    outside[3 * 100 + 50] = 1;
    const data = window(256, [...new Float32Array(256 * 100)], { outside });
    const grid = markGrid(data, { width: 200, height: 120 }, 5);
    assert.deepEqual(grid, { rows: 24, columns: 40 });
    const edges = outsideEdges(data, grid).map((edge) => edge.join(" "));
    assert.deepEqual(edges.sort(), ["20 0 20 1", "20 0 21 0", "20 1 21 1", "21 0 21 1"]);
  });

  it("marks nothing in the half of the output that is identical", () => {
    const rows = 22;
    const outside = new Uint8Array(rows * 4).fill(1, (rows / 2) * 4);
    const data = window(rows, [...new Float32Array(rows * 4)], { outside });
    // 11 frames would fit; of those the middle one would lie in both halves.
    const grid = markGrid(data, { width: 40, height: 57 }, 5);
    assert.equal(grid.rows, 10);
    const highest = Math.min(...outsideEdges(data, grid).map(([, row]) => row));
    assert.equal(highest, grid.rows / 2);
  });

  it("is framed cell by cell where cells are large enough", () => {
    const grid = markGrid(data, { width: 200, height: 60 }, 5);
    assert.deepEqual(grid, { rows: 2, columns: 4 });
    assert.deepEqual(outsideEdges(data, grid), outsideEdges(data));
  });
});
