import assert from "node:assert/strict";
import {
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
  type Tile,
} from "../../../../src/protocol/archive/messages";
import { colourMap } from "../../../../src/drawing/tensors/colourMap";
import {
  flaggedCells,
  nextFlagged,
  rasterizeTile,
} from "../../../../src/drawing/tensors/rasterizeTile";

function tileOf(rows: number, columns: number, bad: Readonly<Record<number, number>> = {}): Tile {
  const values = Float32Array.from({ length: rows * columns }, (_, index) => (index % 3) - 1);
  const flags = new Uint8Array(rows * columns);
  for (const [index, flag] of Object.entries(bad)) flags[Number(index)] = flag;
  return { kind: "exact", rows, columns, values, flags };
}

const map = colourMap({
  domain: { low: -1, high: 1, isDiverging: true },
  kind: "linear",
  diverging: "RdBu",
  sequential: "viridis",
  background: [31, 31, 31],
});

describe("rasterizeTile", () => {
  it("colours finite values and leaves the others clear", () => {
    const tile = tileOf(1, 3);
    tile.values[1] = NaN;
    const pixels = rasterizeTile(tile, map);
    assert.deepEqual([pixels[3], pixels[7], pixels[11]], [255, 0, 255]);
    assert.deepEqual([...pixels.subarray(0, 3)], [...map.table.subarray(0, 3)]);
    assert.deepEqual([...pixels.subarray(8, 11)], [...map.table.subarray(-3)]);
  });

  it("refuses a tile that is not as large as it says", () => {
    assert.throws(() => rasterizeTile({ ...tileOf(2, 2), rows: 3 }, map), RangeError);
  });
});

describe("flaggedCells", () => {
  it("finds the one bad cell of many", () => {
    const tile = tileOf(256, 256, { 40_000: TILE_NAN });
    assert.deepEqual(flaggedCells(tile), [{ row: 156, column: 64, flags: TILE_NAN }]);
  });

  it("keeps one of those that lie on each other, with the flags of all", () => {
    const tile = tileOf(8, 8, { 0: TILE_NEGATIVE_INFINITY, 9: TILE_POSITIVE_INFINITY });
    const flags = TILE_NEGATIVE_INFINITY | TILE_POSITIVE_INFINITY;
    assert.deepEqual(flaggedCells(tile), [{ row: 0, column: 0, flags }]);
  });

  it("is a sixteenth of all where all are bad", () => {
    const tile = tileOf(256, 256);
    tile.flags.fill(TILE_NAN);
    assert.equal(flaggedCells(tile).length, 64 * 64);
  });
});

describe("nextFlagged", () => {
  it("looks within its range only", () => {
    const tile = tileOf(1, 9, { 2: TILE_NAN, 7: TILE_NAN });
    assert.equal(nextFlagged(tile, 0, 9), 2);
    assert.equal(nextFlagged(tile, 3, 7), null);
    assert.equal(nextFlagged(tile, 3, 99), 7);
  });
});
