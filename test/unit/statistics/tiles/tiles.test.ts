import assert from "node:assert/strict";
import fc from "fast-check";
import { noControl } from "../../../../src/core/control";
import { CancelledError, NotFoundError } from "../../../../src/core/errors";
import type { Tile, TileWindow } from "../../../../src/statistics/tiles/tile";
import { readTile, TileCache } from "../../../../src/statistics/tiles/tiles";
import { buildPyramid } from "../../../../src/statistics/tiles/pyramid";
import { rowMajorStrides } from "../../../../src/tensor/strided";
import { elementCount, type Shape } from "../../../../src/tensor/tensor";
import {
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
} from "../../../../src/tensor/slice";
import { sliceOf, sourceFrom } from "../../support/tensorSources";
import { present } from "../../support/present";

const others = [NaN, Infinity, -Infinity];
const flagOf = new Map([
  [NaN, TILE_NAN],
  [Infinity, TILE_POSITIVE_INFINITY],
  [-Infinity, TILE_NEGATIVE_INFINITY],
]);

/** Indices of a block. */
function inBlock(block: number, length: number, blocks: number): number[] {
  const start = Math.floor((block * length) / blocks);
  const end = Math.floor(((block + 1) * length) / blocks);
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** The tile of a window, value by value. */
function naiveTile(values: Float32Array, shape: Shape, window: TileWindow): Tile {
  const { slice, aggregate } = window;
  const height = window.rowEnd - window.rowStart;
  const width = window.columnEnd - window.columnStart;
  const rows = Math.min(height, window.maxRows);
  const columns = Math.min(width, window.maxColumns);
  const strides = rowMajorStrides(shape);
  const at = (row: number, column: number): number =>
    slice.index.reduce((sum, held, axis) => {
      const index = axis === slice.rowAxis ? row : axis === slice.columnAxis ? column : held;
      return sum + index * present(strides[axis]);
    }, 0);
  const tile = new Float32Array(rows * columns);
  const flags = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      const block = inBlock(r, height, rows).flatMap((i) =>
        inBlock(c, width, columns).map((j) =>
          present(values[at(window.rowStart + i, window.columnStart + j)]),
        ),
      );
      const finite = block.filter(Number.isFinite);
      const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
      const extreme = finite.reduce(
        (most, value) => (Math.abs(value) > Math.abs(most) ? value : most),
        0,
      );
      tile[r * columns + c] = finite.length === 0 ? NaN : aggregate === "mean" ? mean : extreme;
      flags[r * columns + c] = block.reduce((bits, value) => bits | (flagOf.get(value) ?? 0), 0);
    }
  }
  return { kind: "exact", rows, columns, values: tile, flags };
}

function checkTile(actual: Tile, expected: Tile): void {
  assert.deepEqual([actual.rows, actual.columns], [expected.rows, expected.columns]);
  assert.deepEqual(actual.flags, expected.flags);
  actual.values.forEach((value, cell) => {
    const wanted = present(expected.values[cell]);
    const isSame = Number.isNaN(wanted)
      ? Number.isNaN(value)
      : Math.abs(value - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted));
    assert.ok(isSame, `cell ${cell}: ${value}, expected ${wanted}`);
  });
}

describe("readTile", function () {
  this.slow(5000);
  it("gives what a window holds, in blocks or as it is, for any slice", async () => {
    const slices = fc
      .array(fc.integer({ min: 1, max: 9 }), { minLength: 0, maxLength: 4 })
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          axes: fc.shuffledSubarray([...shape.keys()], { maxLength: Math.min(2, shape.length) }),
          isColumn: fc.boolean(),
          seed: fc.nat(),
          max: fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 })),
          aggregate: fc.constantFrom("mean" as const, "extreme" as const),
          cut: fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8), fc.nat(8)),
        }),
      );
    await fc.assert(
      fc.asyncProperty(slices, async ({ shape, axes, isColumn, seed, max, aggregate, cut }) => {
        const values = Float32Array.from({ length: elementCount(shape) }, (_, at) => {
          const random = Math.imul(at + seed + 1, 2654435761) >>> 0;
          return random % 11 === 0 ? present(others[random % 3]) : (random % 1000) / 7 - 70;
        });
        const [first = null, second = null] = axes;
        const [rowAxis, columnAxis] = second === null && isColumn ? [first, null] : [second, first];
        const range = (axis: number | null, from: number, to: number): [number, number] => {
          const size = axis === null ? 1 : present(shape[axis]);
          const start = Math.min(from, size - 1);
          return [start, Math.max(start + 1, size - to)];
        };
        const [rowStart, rowEnd] = range(rowAxis, cut[0], cut[1]);
        const [columnStart, columnEnd] = range(columnAxis, cut[2], cut[3]);
        const window: TileWindow = {
          slice: sliceOf(
            rowAxis,
            columnAxis,
            shape.map((size) => seed % size),
          ),
          rowStart,
          rowEnd,
          columnStart,
          columnEnd,
          aggregate,
          maxRows: max[0],
          maxColumns: max[1],
        };
        const tile = await readTile(sourceFrom(values, shape), window, new TileCache(), noControl);
        checkTile(tile, naiveTile(values, shape, window));
      }),
      { numRuns: 300 },
    );
  });

  it("keeps doubles that float32 does not hold", async () => {
    const source = sourceFrom(Float64Array.of(1e300, 1 / 3), [2], "float64");
    const window = { ...whole(null, 0, [1, 2]), maxRows: 9, maxColumns: 9 };
    const { values } = await readTile(source, window, new TileCache(), noControl);
    assert.deepEqual(values, Float64Array.of(1e300, 1 / 3));
  });

  it("refuses windows, axes and indices that are not there", async () => {
    const source = sourceFrom(new Float32Array(6), [2, 3]);
    const good = { ...whole(0, 1, [2, 3]), maxRows: 9, maxColumns: 9 };
    const bad = [
      { ...good, rowEnd: 3 },
      { ...good, columnStart: -1 },
      { ...good, rowStart: 0.5 },
      { ...good, slice: sliceOf(0, 0, [0, 0]) },
      { ...good, slice: sliceOf(0, 2, [0, 0]) },
      { ...good, slice: sliceOf(null, 1, [2, 0]), rowEnd: 1 },
      { ...good, slice: sliceOf(0, 1, [0]) },
    ];
    for (const window of bad) {
      await assert.rejects(readTile(source, window, new TileCache(), noControl), NotFoundError);
    }
  });
});

/** All of a matrix. */
function whole(
  rowAxis: number | null,
  columnAxis: number | null,
  [rows, columns]: readonly [number, number],
): Omit<TileWindow, "maxRows" | "maxColumns"> {
  const index = [rowAxis, columnAxis].filter((axis) => axis !== null).map(() => 0);
  return {
    slice: sliceOf(rowAxis, columnAxis, index),
    rowStart: 0,
    rowEnd: rows,
    columnStart: 0,
    columnEnd: columns,
    aggregate: "mean",
  };
}

describe("tiles of a large slice", () => {
  const [rows, columns] = [4200, 4100];
  const values = new Float32Array(rows * columns).fill(0.25);
  const nanAt = [4123, 77] as const;
  values[nanAt[0] * columns + nanAt[1]] = NaN;
  values[5 * columns + 9] = 40;
  const source = sourceFrom(values, [rows, columns]);
  const cache = new TileCache();
  const overview: TileWindow = { ...whole(0, 1, [rows, columns]), maxRows: 300, maxColumns: 300 };

  it("come as a sample at first, when that is asked for", async () => {
    const tile = await readTile(
      source,
      { ...overview, effort: "sample" },
      new TileCache(),
      noControl,
    );
    assert.equal(tile.kind, "sampled");
    assert.deepEqual([tile.rows, tile.columns], [128, 128]);
    assert.ok(source.read.total < values.byteLength / 4, `${source.read.total} bytes read`);
    assert.equal(tile.values[1000], 0.25);
  });

  it("show a single NaN at every zoom", async () => {
    for (
      let [height, width] = [rows, columns] as [number, number];
      height > 4;
      height >>= 1, width >>= 1
    ) {
      const rowStart = Math.min(rows - height, Math.max(0, nanAt[0] - (height >> 1)));
      const columnStart = Math.min(columns - width, Math.max(0, nanAt[1] - (width >> 1)));
      const window = {
        ...overview,
        rowStart,
        rowEnd: rowStart + height,
        columnStart,
        columnEnd: columnStart + width,
      };
      const tile = await readTile(source, window, cache, noControl);
      const block = (index: number, length: number, count: number): number =>
        Math.floor(((index + 1) * count - 1) / length);
      const row = block(nanAt[0] - rowStart, height, tile.rows);
      const column = block(nanAt[1] - columnStart, width, tile.columns);
      assert.equal(tile.kind, "exact");
      assert.equal(tile.flags[row * tile.columns + column], TILE_NAN);
      const flagged = tile.flags.reduce((count, flag) => count + Number(flag !== 0), 0);
      assert.ok(flagged >= 1 && flagged <= 4, `${flagged} blocks of ${height} rows show it`);
    }
  });

  it("are read once", async () => {
    const before = source.read.total;
    for (const aggregate of ["mean", "extreme"] as const) {
      for (const slice of [sliceOf(0, 1, [0, 0]), sliceOf(1, 0, [0, 0])]) {
        const turned = slice.rowAxis === 1;
        const window = {
          ...overview,
          slice,
          aggregate,
          effort: "sample" as const,
          ...(turned ? { rowEnd: columns, columnEnd: rows } : {}),
        };
        const tile = await readTile(source, window, cache, noControl);
        assert.equal(tile.kind, "exact");
        assert.equal(Math.max(...tile.values) > 30, aggregate === "extreme");
      }
    }
    assert.equal(source.read.total, before);
  });

  it("are read as a whole only after the samples that are asked for", async () => {
    const sampled: string[] = [];
    const fresh = new TileCache();
    const ask = async (effort: "sample" | "exact"): Promise<void> => {
      sampled.push((await readTile(source, { ...overview, effort }, fresh, noControl)).kind);
    };
    await Promise.all([ask("sample"), ask("exact"), ask("sample")]);
    assert.deepEqual(sampled, ["sampled", "sampled", "exact"]);
  });

  it("are read once by tiles that are asked for together, and again after that failed", async () => {
    const together = new TileCache();
    const before = source.read.total;
    const halves = [
      { ...overview, columnEnd: columns / 2 },
      { ...overview, columnStart: columns / 2 },
    ];
    const stopped = { report: () => undefined, check: () => assert.fail("stopped") };
    await assert.rejects(readTile(source, overview, together, stopped), /stopped/);
    const first = source.read.total - before;
    const tiles = await Promise.all(
      halves.map((window) => readTile(source, window, together, noControl)),
    );
    assert.ok(tiles.every(({ kind }) => kind === "exact"));
    assert.equal(source.read.total - before - first, values.byteLength);
  });

  it("are exact where blocks are whole cells", async () => {
    const pyramid = await buildPyramid(source, overview.slice, false, noControl);
    // The single NaN is in the first of these, the largest value in the second.
    for (const rowStart of [4064, 0]) {
      for (const aggregate of ["mean", "extreme"] as const) {
        const window: TileWindow = {
          ...overview,
          rowStart,
          rowEnd: rowStart + 128,
          columnStart: 0,
          columnEnd: 128,
          maxRows: 4,
          maxColumns: 8,
          aggregate,
        };
        const expected = naiveTile(values, [rows, columns], window);
        checkTile(present(pyramid.tile(window, 4, 8)), expected);
      }
    }
  });

  it("stop being read when that is asked for", async () => {
    const control = {
      report: () => undefined,
      check: () => {
        throw new CancelledError();
      },
    };
    await assert.rejects(readTile(source, overview, new TileCache(), control), CancelledError);
  });

  it("are forgotten when there are too many", async () => {
    const small = new TileCache(1);
    await readTile(source, overview, small, noControl);
    const before = source.read.total;
    await readTile(source, overview, small, noControl);
    assert.equal(source.read.total, before);
    await readTile({ ...source, name: "other" }, overview, small, noControl);
    const after = source.read.total;
    await readTile(source, overview, small, noControl);
    assert.ok(source.read.total > after);
  });
});
