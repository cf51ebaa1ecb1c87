import assert from "node:assert/strict";
import * as fc from "fast-check";
import { defaultSlice } from "../../../../src/drawing/tensors/slices";
import { blocksOf, isHeavy, tilesFor } from "../../../../src/drawing/tensors/tilePlan";
import {
  clampZoom,
  fitZoom,
  visibleWindow,
  type Plot,
  type Zoom,
} from "../../../../src/drawing/tensors/viewport";

const large: Plot = { width: 820, height: 560, rows: 16_384, columns: 16_384 };

function plan(plot: Plot, zoom: Zoom, dpr = 1): ReturnType<typeof tilesFor> {
  const slice = defaultSlice([plot.rows, plot.columns]);
  return tilesFor({ tensor: "w", slice, aggregate: "extreme", plot, zoom, dpr });
}

describe("tilesFor", () => {
  it("never makes a cell smaller than a device pixel", () => {
    for (const dpr of [1, 1.5, 2]) {
      const zoom = fitZoom(large);
      const { rows, columns } = blocksOf(zoom, dpr);
      assert.ok(rows * zoom.cellHeight * dpr >= 1 && columns * zoom.cellWidth * dpr >= 1);
    }
  });

  it("asks for a few coarse tiles of a large slice, and knows that they are heavy", () => {
    const tiles = plan(large, fitZoom(large));
    assert.ok(tiles.length <= 8, String(tiles.length));
    assert.ok(tiles.every(isHeavy));
    assert.equal(tiles[0]?.aggregate, "extreme");
  });

  it("asks for values as they are where cells are large, under whichever aggregate", () => {
    const zoom = clampZoom(large, { x: 9000, y: 4000, cellWidth: 16, cellHeight: 16 });
    const tiles = plan(large, zoom);
    assert.ok(tiles.every((tile) => tile.maxRows === tile.rowEnd - tile.rowStart));
    assert.ok(tiles.every((tile) => tile.aggregate === "mean" && !isHeavy(tile)));
  });

  it("covers what is on screen once, on a grid that panning does not move", () => {
    const sizes = fc.integer({ min: 1, max: 100_000 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(sizes, sizes, share, share, share, (rows, columns, x, y, nearness) => {
        const plot: Plot = { width: 700, height: 400, rows, columns };
        const fit = fitZoom(plot);
        const zoom = clampZoom(plot, {
          x: x * columns,
          y: y * rows,
          cellWidth: fit.cellWidth * (90 / fit.cellWidth) ** nearness,
          cellHeight: fit.cellHeight * (45 / fit.cellHeight) ** nearness,
        });
        const tiles = plan(plot, zoom);
        const shown = visibleWindow(plot, zoom);
        const { rows: perRow, columns: perColumn } = blocksOf(zoom, 1);
        let covered = 0;
        for (const tile of tiles) {
          assert.equal(tile.rowStart % (256 * perRow), 0);
          assert.equal(tile.columnStart % (256 * perColumn), 0);
          const height =
            Math.min(tile.rowEnd, shown.rowEnd) - Math.max(tile.rowStart, shown.rowStart);
          const width =
            Math.min(tile.columnEnd, shown.columnEnd) -
            Math.max(tile.columnStart, shown.columnStart);
          assert.ok(height > 0 && width > 0);
          covered += height * width;
        }
        const area = (shown.rowEnd - shown.rowStart) * (shown.columnEnd - shown.columnStart);
        assert.equal(covered, area);
      }),
    );
  });
});
