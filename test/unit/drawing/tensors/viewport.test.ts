import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  cellAt,
  clampCell,
  clampZoom,
  fitZoom,
  isFit,
  panBy,
  revealCell,
  showCell,
  showWindow,
  squareCells,
  thumbOf,
  visibleWindow,
  zoomAt,
  type Plot,
  type Zoom,
} from "../../../../src/drawing/tensors/viewport";

const plot: Plot = { width: 800, height: 500, rows: 1000, columns: 2000 };
const small: Plot = { width: 800, height: 500, rows: 3, columns: 4 };

const plots = fc.record({
  width: fc.integer({ min: 1, max: 2000 }),
  height: fc.integer({ min: 1, max: 1200 }),
  rows: fc.integer({ min: 1, max: 1_000_000_000 }),
  columns: fc.integer({ min: 1, max: 1_000_000_000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const factors = fc.double({ min: 0.05, max: 20, noNaN: true });

/** A zoom somewhere between the whole and the nearest. */
function zoomOf(within: Plot, x: number, y: number, nearness: number): Zoom {
  const fit = fitZoom(within);
  const cellWidth = fit.cellWidth * (100 / fit.cellWidth) ** nearness;
  const cellHeight = fit.cellHeight * (60 / fit.cellHeight) ** nearness;
  const { columns, rows } = within;
  return clampZoom(within, { x: x * columns, y: y * rows, cellWidth, cellHeight });
}

describe("fitZoom", () => {
  it("shows the whole slice, each axis on its own", () => {
    assert.deepEqual(fitZoom(plot), { x: 0, y: 0, cellWidth: 0.4, cellHeight: 0.5 });
  });

  it("keeps cells of a small slice a picture", () => {
    const { cellWidth, cellHeight } = fitZoom(small);
    assert.ok(cellWidth < 200 && cellHeight < 100);
    assert.ok(isFit(small, fitZoom(small)));
  });
});

describe("zooming", () => {
  it("keeps what is under the pointer", () => {
    const before = squareCells(plot, 4, { row: 500, column: 900 });
    const at: [number, number] = [300, 200];
    const after = zoomAt(plot, before, 2, at);
    const under = (zoom: Zoom): number[] => [
      zoom.x + at[0] / zoom.cellWidth,
      zoom.y + at[1] / zoom.cellHeight,
    ];
    assert.equal(after.cellWidth, 8);
    const [x0 = 0, y0 = 0] = under(before);
    const [x1 = 0, y1 = 0] = under(after);
    assert.ok(Math.abs(x0 - x1) < 1e-9 && Math.abs(y0 - y1) < 1e-9);
  });

  it("ends at the whole slice and at the largest cell", () => {
    assert.ok(isFit(plot, zoomAt(plot, fitZoom(plot), 0.1, [0, 0])));
    const near = zoomAt(plot, fitZoom(plot), 1e9, [0, 0]);
    assert.ok(near.cellWidth <= 192 && near.cellHeight <= 96);
  });

  it("never leaves the slice (any plot, any motion)", () => {
    fc.assert(
      fc.property(plots, share, share, share, factors, (within, x, y, nearness, factor) => {
        const zoom = zoomOf(within, x, y, nearness);
        const moves = [
          zoomAt(within, zoom, factor, [x * within.width, y * within.height]),
          panBy(within, zoom, within.width * (x - 0.5) * 9, within.height * (y - 0.5) * 9),
        ];
        for (const { x: left, y: top, cellWidth, cellHeight } of moves) {
          assert.ok(left >= 0 && top >= 0);
          assert.ok(left <= Math.max(0, within.columns - within.width / cellWidth) + 1e-6);
          assert.ok(top <= Math.max(0, within.rows - within.height / cellHeight) + 1e-6);
        }
      }),
    );
  });

  it("reveals a cell, and not more than that", () => {
    fc.assert(
      fc.property(plots, share, share, share, (within, x, y, nearness) => {
        const cell = clampCell(within, {
          row: Math.floor(y * within.rows),
          column: Math.floor(x * within.columns),
        });
        const zoom = revealCell(within, zoomOf(within, y, x, nearness), cell);
        const { rowStart, rowEnd, columnStart, columnEnd } = visibleWindow(within, zoom);
        assert.ok(rowStart <= cell.row && cell.row < rowEnd);
        assert.ok(columnStart <= cell.column && cell.column < columnEnd);
        assert.deepEqual(revealCell(within, zoom, cell), zoom);
      }),
    );
  });

  it("shows a cell large enough, and a window whole", () => {
    const shown = showCell(plot, fitZoom(plot), { row: 700, column: 3 });
    assert.equal(shown.cellWidth, 16);
    assert.equal(shown.x, 0);
    assert.ok(Math.abs(shown.y - (700.5 - 500 / 16 / 2)) < 1e-9);
    const block = { rowStart: 250, rowEnd: 500, columnStart: 0, columnEnd: 2000 };
    assert.deepEqual(visibleWindow(plot, showWindow(plot, block)), block);
  });
});

describe("cellAt", () => {
  it("finds the cell, and none beside the slice", () => {
    const fit = fitZoom(small);
    assert.deepEqual(cellAt(small, fit, fit.cellWidth * 1.5, 1), { row: 0, column: 1 });
    assert.equal(cellAt(small, fit, fit.cellWidth * 4 + 1, 1), null);
    assert.equal(cellAt(small, fit, -1, 1), null);
  });
});

describe("thumbOf", () => {
  it("is a share of the slice, and none when all is on screen", () => {
    assert.deepEqual(thumbOf(25, 50, 100), { start: 0.25, length: 0.5 });
    assert.equal(thumbOf(0, 100, 100), null);
    assert.equal(thumbOf(0, 120, 100), null);
  });
});
