import assert from "node:assert/strict";
import type { LaneInfo } from "../../../../../src/protocol/run/messages";
import { blockSize, TILE_SIDE } from "../../../../../src/drawing/base/grid";
import { tilesOf, type TileQuery } from "../../../../../src/drawing/run/requests/tiles";

const info: LaneInfo = {
  id: "layer0.forward",
  layer: 0,
  direction: "forward",
  units: 512,
  reference: "none",
  outside: 0,
  total: 0,
  range: [-1, 1],
  deltaRange: [0, 0],
  cell: null,
};

const huge: TileQuery = {
  info,
  side: "ours",
  batch: 2,
  seqLength: 20_000,
  steps: [0, 20_000],
  devicePixelsPerStep: 800 / 20_000,
  devicePixelsPerUnit: 48 / 512,
};

describe("blockSize", () => {
  it("is 1 while an item has a pixel of its own", () => {
    assert.equal(blockSize(30), 1);
    assert.equal(blockSize(1), 1);
  });

  it("never asks for blocks smaller than a device pixel", () => {
    for (const pixels of [0.99, 0.5, 0.3, 0.04, 0.001]) {
      assert.ok(blockSize(pixels) * pixels >= 1);
      assert.ok(blockSize(pixels) * pixels < 2);
    }
  });
});

describe("tilesOf", () => {
  it("asks for one whole tile of a short sequence, element by element", () => {
    const tiles = tilesOf({
      info: { ...info, units: 3 },
      side: "delta",
      batch: 0,
      seqLength: 3,
      steps: [0, 3],
      devicePixelsPerStep: 60,
      devicePixelsPerUnit: 30,
    });
    assert.deepEqual(tiles, [
      {
        lane: "layer0.forward",
        side: "delta",
        batch: 0,
        stepStart: 0,
        stepEnd: 3,
        unitStart: 0,
        unitEnd: 3,
        maxColumns: 3,
        maxRows: 3,
      },
    ]);
  });

  it("asks for a long sequence at the resolution of the screen", () => {
    const tiles = tilesOf(huge);
    const columns = tiles.reduce((sum, tile) => sum + tile.maxColumns, 0);
    assert.ok(columns <= 800);
    assert.ok(tiles.every((tile) => tile.maxRows <= 48 && tile.maxColumns <= TILE_SIDE));
    assert.equal(tiles.at(-1)?.stepEnd, 20_000);
  });

  it("gives the rest of a long sequence to its last block, which has at least a pixel", () => {
    for (const seqLength of [20_001, 19_999, 16_385, 33, 31]) {
      const tiles = tilesOf({ ...huge, seqLength, steps: [0, seqLength] });
      assert.equal(tiles.at(-1)?.stepEnd, seqLength);
      for (const { stepStart, stepEnd, maxColumns } of tiles) {
        const steps = (stepEnd - stepStart) / maxColumns;
        if (seqLength > 32) assert.ok(steps >= 32, `${seqLength}: ${steps} steps a column`);
        assert.equal(stepStart % 32, 0);
        assert.ok(maxColumns === 1 || steps === 32);
      }
    }
  });

  it("covers what is on screen without gaps and asks for little more", () => {
    const tiles = tilesOf({ ...huge, steps: [7_000.4, 7_300.2], devicePixelsPerStep: 2.7 });
    assert.ok((tiles[0]?.stepStart ?? Infinity) <= 7_000);
    assert.ok((tiles.at(-1)?.stepEnd ?? 0) >= 7_301);
    for (const [index, tile] of tiles.slice(1).entries()) {
      assert.equal(tile.stepStart, tiles[index]?.stepEnd);
    }
    assert.ok(tiles.length <= 3);
  });

  it("meets the same tiles while panning", () => {
    const before = tilesOf({ ...huge, steps: [600, 900], devicePixelsPerStep: 2 });
    const after = tilesOf({ ...huge, steps: [640, 940], devicePixelsPerStep: 2 });
    assert.deepEqual(after, before);
  });

  it("never mixes both directions of the output in one row", () => {
    const output = { ...info, id: "output", layer: null, direction: null, units: 250 } as const;
    const [tile] = tilesOf({ ...huge, info: output, devicePixelsPerUnit: 61 / 250 });
    // 250 units in rows of 8 are 31.25: 15 rows for each direction.
    assert.equal(tile?.maxRows, 30);
    const exact = tilesOf({ ...huge, info: output, devicePixelsPerUnit: 2 });
    assert.equal(exact[0]?.maxRows, 250);
  });
});
