import assert from "node:assert/strict";
import fc from "fast-check";
import { CellSums } from "../../../../src/statistics/tiles/cellSums";
import { Level, type Extent } from "../../../../src/statistics/tiles/level";
import {
  createPatchKernel,
  PlainPatchKernel,
  type PatchKernel,
} from "../../../../src/statistics/tiles/patchKernel";
import {
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
} from "../../../../src/tensor/slice";
import { present } from "../../support/present";

type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

interface Matrix {
  readonly extent: Extent;
  readonly values: Values;
}

/** The level of a matrix whose patches end at `rowCuts` and `columnCuts`. */
function levelOf(
  { extent, values }: Matrix,
  cell: Extent,
  [rowCuts, columnCuts]: readonly [readonly number[], readonly number[]],
  kernel: PatchKernel,
): Level {
  const level = new Level(extent, cell, values instanceof Float64Array);
  const sums = new CellSums(level, kernel);
  const ranges = (cuts: readonly number[], end: number): [number, number][] =>
    [0, ...cuts, end].slice(0, -1).map((from, index) => [from, [...cuts, end][index] ?? end]);
  for (const [row, rowEnd] of ranges(rowCuts, extent.rows)) {
    for (const [column, columnEnd] of ranges(columnCuts, extent.columns)) {
      const [rows, columns] = [rowEnd - row, columnEnd - column];
      const patch = values.slice(0, rows * columns);
      for (let r = 0; r < rows; r += 1) {
        const start = (row + r) * extent.columns + column;
        patch.set(values.subarray(start, start + columns), r * columns);
      }
      sums.add({ row, column, rows, columns, values: patch });
    }
  }
  sums.writeMeans();
  return level;
}

/** The values of a cell from a row and a column on. */
function cellValues(
  { extent, values }: Matrix,
  cell: Extent,
  [top, left]: readonly [number, number],
): number[] {
  const rows = Math.min(cell.rows, extent.rows - top);
  return Array.from({ length: rows }, (_, row) => {
    const start = (top + row) * extent.columns + left;
    return [...values.subarray(start, start + Math.min(cell.columns, extent.columns - left))];
  }).flat();
}

const flagOf = new Map([
  [NaN, TILE_NAN],
  [Infinity, TILE_POSITIVE_INFINITY],
  [-Infinity, TILE_NEGATIVE_INFINITY],
]);

/** Cell by cell, value by value. */
function checkLevel(level: Level, matrix: Matrix): void {
  const { cell } = level;
  for (let index = 0; index < level.counts.length; index += 1) {
    const top = Math.floor(index / level.columns) * cell.rows;
    const left = (index % level.columns) * cell.columns;
    const all = cellValues(matrix, cell, [top, left]);
    const finite = all.filter(Number.isFinite);
    const flags = all.reduce((bits, value) => bits | (flagOf.get(value) ?? 0), 0);
    const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.equal(level.counts[index], finite.length);
    assert.equal(level.flags[index], flags);
    assert.equal(Math.abs(present(level.extremes[index])), largest);
    if (finite.length === 0) continue;
    const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
    const error = Math.abs(present(level.means[index]) - mean);
    assert.ok(error <= 1e-6 * Math.max(1, largest), `mean of ${index}`);
  }
}

describe("cells of a large slice", function () {
  this.slow(5000);
  const matrices = fc
    .record({
      rows: fc.integer({ min: 1, max: 40 }),
      columns: fc.integer({ min: 1, max: 60 }),
      // Wider than a piece, now and then.
      widening: fc.constantFrom(1, 1, 1, 300),
      seed: fc.nat(),
      isWide: fc.boolean(),
      others: fc.constantFrom(0, 3, 97),
    })
    .map(({ widening, seed, isWide, others, ...extent }): Matrix => {
      const rows = widening === 1 ? extent.rows : Math.ceil(extent.rows / 8);
      const columns = extent.columns * widening;
      const made = isWide ? new Float64Array(rows * columns) : new Float32Array(rows * columns);
      for (let at = 0; at < made.length; at += 1) {
        const random = Math.imul(at + seed + 1, 2654435761) >>> 0;
        made[at] =
          others > 0 && random % others === 0
            ? present([NaN, Infinity, -Infinity][random % 3])
            : (random % 10_007) / 5000 - 1;
      }
      return { extent: { rows, columns }, values: made };
    });
  const cells = fc.record({
    rows: fc.constantFrom(1, 2, 8, 32),
    columns: fc.constantFrom(1, 2, 4, 8, 64, 16_384),
  });
  const cut = (max: number) => (share: number) => Math.floor(share * max);
  for (const [name, create] of [
    ["in WASM", createPatchKernel],
    ["in JavaScript", () => new PlainPatchKernel()],
  ] as const) {
    it(`hold what patches of any size hold, ${name}`, () => {
      const shares = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
        maxLength: 3,
      });
      fc.assert(
        fc.property(matrices, cells, shares, shares, (matrix, cell, rowShares, columnShares) => {
          const { rows, columns } = matrix.extent;
          const cuts = (of: number[], max: number): number[] =>
            [...new Set(of.map(cut(max)))].filter((at) => at > 0).sort((a, b) => a - b);
          const level = levelOf(
            matrix,
            cell,
            [cuts(rowShares, rows), cuts(columnShares, columns)],
            create(),
          );
          checkLevel(level, matrix);
        }),
        { numRuns: 50 },
      );
    });
  }

  it("are summed in WASM where there is that", () => {
    assert.notEqual(createPatchKernel().constructor, PlainPatchKernel);
  });
});
