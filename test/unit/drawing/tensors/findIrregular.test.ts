import assert from "node:assert/strict";
import { TILE_NAN, type Tile } from "../../../../src/protocol/archive/messages";
import { findNext, type ReadTile } from "../../../../src/drawing/tensors/findIrregular";
import type { Cell } from "../../../../src/drawing/tensors/slices";

/** A slice that is finite but for some cells; `edge` blocks flag their neighbours too, as coarse ones do. */
function sliceWith(bad: readonly Cell[], edge = 0): { read: ReadTile; count: () => number } {
  let count = 0;
  const read: ReadTile = (window, maxRows, maxColumns) => {
    count++;
    const { rowStart, rowEnd, columnStart, columnEnd } = window;
    const rows = Math.min(maxRows, rowEnd - rowStart);
    const columns = Math.min(maxColumns, columnEnd - columnStart);
    const flags = new Uint8Array(rows * columns);
    for (let block = 0; block < flags.length; block++) {
      const [row, column] = [Math.floor(block / columns), block % columns];
      const high = (rowEnd - rowStart) / rows;
      const wide = (columnEnd - columnStart) / columns;
      const hasBad = bad.some(
        (cell) =>
          cell.row >= Math.floor(rowStart + row * high) - (high > 1 ? edge : 0) &&
          cell.row < rowStart + (row + 1) * high &&
          cell.column >= Math.floor(columnStart + column * wide) - (wide > 1 ? edge : 0) &&
          cell.column < columnStart + (column + 1) * wide &&
          cell.row >= rowStart &&
          cell.column >= columnStart,
      );
      if (hasBad) flags[block] = TILE_NAN;
    }
    const values = new Float32Array(flags.length);
    const tile: Tile = { kind: "exact", rows, columns, values, flags };
    return Promise.resolve(tile);
  };
  return { read, count: () => count };
}

const extent = { rows: 16_384, columns: 16_384 };
const bad: readonly Cell[] = [
  { row: 3, column: 5 },
  { row: 3, column: 9000 },
  { row: 9001, column: 2 },
];

describe("findNext", () => {
  it("goes from one to the next in reading order, and wraps around", async () => {
    const { read } = sliceWith(bad);
    let at: Cell | null = { row: 0, column: 0 };
    const visited: Cell[] = [];
    for (let step = 0; step < 4; step++) {
      at = await findNext(read, at, extent);
      assert.ok(at !== null);
      visited.push(at);
    }
    assert.deepEqual(visited, [...bad, bad[0]]);
  });

  it("asks a few questions, not one a row", async () => {
    const { read, count } = sliceWith(bad);
    await findNext(read, { row: 4, column: 0 }, extent);
    assert.ok(count() < 12, String(count()));
  });

  it("is not misled by blocks that are flagged for a neighbour", async () => {
    const { read } = sliceWith(bad, 7);
    assert.deepEqual(await findNext(read, { row: 3, column: 9000 }, extent), bad[2]);
  });

  it("stays on the only one, and finds none where all are finite", async () => {
    const [only] = bad;
    assert.ok(only !== undefined);
    assert.deepEqual(await findNext(sliceWith([only]).read, only, extent), only);
    assert.equal(await findNext(sliceWith([]).read, { row: 0, column: 0 }, extent), null);
    assert.equal(
      await findNext(sliceWith([]).read, { row: 0, column: 0 }, { rows: 1, columns: 1 }),
      null,
    );
  });
});
