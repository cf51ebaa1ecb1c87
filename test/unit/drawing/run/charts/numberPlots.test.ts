/** The plots of a result's numbers, and the tables that say the same. */
import assert from "node:assert/strict";
import {
  errorPlot,
  errorRows,
  pairPlot,
  pairRows,
  PLANE,
} from "../../../../../src/drawing/run/charts/numberPlots";

const bins = { low: -12, high: 6, perDecade: 4 };
const errorBins = { low: -18, high: 6, perDecade: 4 };

/** The bin of a value that is a power of ten. */
function bin(power: number, { low, perDecade }: typeof bins): number {
  return 1 + (power - low) * perDecade;
}

describe("the plot of errors by magnitude", () => {
  const density = {
    magnitudes: bins,
    errors: errorBins,
    cells: Float64Array.from([
      ...[bin(-2, bins), bin(-8, errorBins), 1_000_000, 0],
      ...[bin(-2, bins) + 1, bin(-1, errorBins), 1, 1],
      ...[0, 0, 3, 0],
    ]),
  };
  const plot = errorPlot(density, { rtol: 1e-5, atol: 1e-8 });

  it("draws a cell for each that holds pairs, wrong ones last and not faint", () => {
    assert.equal(plot.cells.length, 3);
    const wrong = plot.cells.at(-1);
    assert.ok(wrong?.isOutside);
    assert.ok(wrong.opacity >= 0.25);
    for (const { x, y, width, height } of plot.cells) {
      assert.ok(x >= PLANE.left && x + width <= PLANE.left + PLANE.width + 1e-6);
      assert.ok(y >= PLANE.top && y + height <= PLANE.top + PLANE.height + 1e-6);
      assert.ok(width > 0 && height > 0);
    }
    // Larger errors lie higher.
    assert.ok((plot.cells[0]?.y ?? 0) > wrong.y);
  });

  it("labels the decades that are used, and 0", () => {
    assert.equal(plot.xTicks[0]?.label, "0");
    assert.ok(plot.yTicks.some(({ label }) => label === "1e-8" || label === "1e-9"));
    assert.match(plot.line, /^M[\d.]+,[\d.]+L/);
    const [zero, power] = plot.xTicks;
    assert.ok((power?.at ?? 0) - zero.at >= 30, "no label stands in the one of 0");
  });

  it("has a table by decades", () => {
    assert.deepEqual(
      errorRows(density).map(({ count, outside }) => [count, outside]),
      [
        [3, 0],
        [1_000_001, 1],
      ],
    );
    const [, row] = errorRows(density);
    assert.ok(Math.abs((row?.from ?? 0) - 0.01) < 1e-12 && Math.abs((row?.to ?? 0) - 0.1) < 1e-12);
    assert.ok((row?.most ?? 0) >= 0.1);
  });

  it("is empty, and no NaN, without values", () => {
    const empty = { ...density, cells: new Float64Array() };
    const drawn = errorPlot(empty, { rtol: 0, atol: 0 });
    assert.deepEqual([drawn.cells, drawn.line, errorRows(empty)], [[], "", []]);
    assert.ok(drawn.xTicks.every(({ at }) => Number.isFinite(at)));
  });
});

describe("the plot of ours by the reference", () => {
  const density = {
    size: 48,
    half: 2,
    irregular: 1,
    cells: Float64Array.from([24, 24, 10, 0, 47, 0, 1, 1]),
  };

  it("has the reference to the right and ours upward", () => {
    const { cells, line, xTicks } = pairPlot(density);
    const [least] = cells;
    const wrong = cells.at(-1);
    assert.ok(least !== undefined && wrong !== undefined);
    assert.ok(wrong.x > least.x && wrong.y > least.y);
    assert.equal(line, "M58,208L350,8");
    assert.deepEqual(
      xTicks.map(({ label }) => label),
      ["-2", "-1", "0", "1", "2"].map(
        (label) => xTicks.find((t) => Number(t.label) === Number(label))?.label,
      ),
    );
  });

  it("has a table by references", () => {
    assert.deepEqual(pairRows(density), [
      { from: 0, to: 0.5, count: 10, outside: 0, ours: [0, 1 / 12] },
      { from: 1.5, to: 2, count: 1, outside: 1, ours: [-2, -46 * (2 / 48)] },
    ]);
  });
});
