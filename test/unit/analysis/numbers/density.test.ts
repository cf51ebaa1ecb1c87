/** Counts over a plane: nothing is lost while it widens, and one wrong pair among many stays to be seen. */
import assert from "node:assert/strict";
import { ErrorPlane, PairPlane, type Density } from "../../../../src/analysis/numbers/density";

function cellsOf({ cells }: Density): number[][] {
  return Array.from({ length: cells.length / 4 }, (_, at) => [
    ...cells.subarray(4 * at, 4 * at + 4),
  ]);
}

describe("the plane of pairs", () => {
  it("widens until a pair fits, and keeps all counts where they belong", () => {
    const plane = new PairPlane();
    const pairs = [
      [1e-7, 1e-7],
      [0.4, -0.3],
      [-0.001, 0.002],
      [3, 3],
      [-0.9, -1],
    ] as const;
    for (const [ours, reference] of pairs) plane.add(ours, reference, reference === 3);
    const found = plane.finish();
    assert.equal(found.half, 4);
    const cells = cellsOf(found);
    assert.equal(
      cells.reduce((sum, [, , count = 0]) => sum + count, 0),
      5,
    );
    const edge = (index: number): number => (2 * index - found.size) * (found.half / found.size);
    for (const [ours, reference] of pairs) {
      const inside = cells.some(
        ([column = 0, row = 0]) =>
          edge(column) <= reference &&
          reference < edge(column + 1) &&
          edge(row) <= ours &&
          ours < edge(row + 1),
      );
      assert.ok(inside, `${String(ours)} ${String(reference)}`);
    }
    assert.deepEqual(
      cells.filter(([, , , outside = 0]) => outside > 0).map(([, , count]) => count),
      [1],
    );
  });

  it("counts what is not finite beside it", () => {
    const plane = new PairPlane();
    plane.add(Number.NaN, 1, true);
    plane.add(1, Infinity, true);
    plane.add(1e300, -1e300, false);
    const { irregular, cells } = plane.finish();
    assert.equal(irregular, 2);
    assert.equal(cells.length, 4);
  });
});

describe("the plane of errors", () => {
  it("has places for 0, for what is small and for NaN", () => {
    const plane = new ErrorPlane();
    plane.add(0, 0, false);
    plane.add(1e-30, 1e-30, false);
    plane.add(1, Number.NaN, true);
    plane.add(0.5, 1e-3, true);
    const { magnitudes, errors, ...density } = plane.finish();
    const cells = cellsOf(density);
    const last = (errors.high - errors.low) * errors.perDecade + 1;
    assert.deepEqual(cells[0], [0, 0, 2, 0]);
    assert.ok(
      cells.some(([, row, count, outside]) => row === last && count === 1 && outside === 1),
    );
    const column = 1 + Math.floor((Math.log10(0.5) - magnitudes.low) * magnitudes.perDecade);
    const row = 1 + Math.floor((-3 - errors.low) * errors.perDecade);
    assert.ok(cells.some((cell) => String(cell) === String([column, row, 1, 1])));
  });

  it("keeps one wrong value among a million", () => {
    const plane = new ErrorPlane();
    for (let at = 0; at < 1_000_000; at++) plane.add(0.1, 1e-9, false);
    plane.add(0.1, 0.5, true);
    const wrong = cellsOf(plane.finish()).filter(([, , , outside = 0]) => outside > 0);
    assert.deepEqual(
      wrong.map(([, , count]) => count),
      [1],
    );
  });
});
