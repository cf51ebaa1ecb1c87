import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import type { TileWindow } from "../../../../src/statistics/tiles/tile";
import { prepareTiles, readTile, TileCache } from "../../../../src/statistics/tiles/tiles";
import type { TensorSource } from "../../../../src/tensor/source";
import { elementCount } from "../../../../src/tensor/tensor";
import { present } from "../../support/present";
import { sliceOf } from "../../support/tensorSources";

const [height, width] = [2 ** 20, 300];

/** Each value is the number of its row. */
const numbered: TensorSource = {
  ...{ name: "w", dtype: "float32", shape: [height, width] },
  readBox: ({ start, size }) => {
    const [row = 0] = start;
    const read = new Float32Array(elementCount(size)).map(
      (_, at) => row + Math.floor(at / present(size[1])),
    );
    return Promise.resolve({
      dtype: "float32",
      shape: size,
      bytes: new Uint8Array(read.buffer),
    });
  },
};

const all: TileWindow = {
  slice: sliceOf(0, 1, [0, 0]),
  rowStart: 0,
  rowEnd: height,
  columnStart: 0,
  columnEnd: width,
  maxRows: 300,
  maxColumns: 30,
  aggregate: "mean",
  effort: "sample",
};

describe("a sample of a large slice", () => {
  it("shows of each block values that lie in it, wherever the sampled rows are", async () => {
    const cache = new TileCache();
    for (const [rowStart, rowEnd] of [
      [0, height],
      [1, height],
      [0, 2 ** 16],
      [999, 60_000],
    ] as const) {
      const window = { ...all, rowStart, rowEnd };
      const tile = await readTile(numbered, window, cache, noControl);
      assert.equal(tile.kind, "sampled");
      for (let block = 0; block < tile.rows; block += 1) {
        const [first, end] = [block, block + 1].map(
          (each) => rowStart + Math.floor((each * (rowEnd - rowStart)) / tile.rows),
        );
        const value = present(tile.values[block * tile.columns]);
        const isHeld = value >= present(first) && value < present(end);
        assert.ok(isHeld, `from row ${rowStart}: block ${block} shows ${value}`);
      }
    }
  });

  it("is made of rows that are read once, before anyone asks where that is known", async () => {
    let reads = 0;
    const counted: TensorSource = {
      ...numbered,
      readBox: (box) => {
        reads += 1;
        return numbered.readBox(box);
      },
    };
    const cache = new TileCache();
    await prepareTiles(counted, all.slice, cache);
    const before = reads;
    for (const rowStart of [0, 30]) {
      const window = { ...all, rowStart };
      assert.equal((await readTile(counted, window, cache, noControl)).kind, "sampled");
    }
    assert.deepEqual([before > 100, reads], [true, before]);
  });

  it("is read again after that failed", async () => {
    let isGone = true;
    const failing: TensorSource = {
      ...numbered,
      readBox: (box) => (isGone ? Promise.reject(new Error("gone")) : numbered.readBox(box)),
    };
    const cache = new TileCache();
    await assert.rejects(readTile(failing, all, cache, noControl), /gone/);
    isGone = false;
    assert.equal((await readTile(failing, all, cache, noControl)).kind, "sampled");
  });
});
