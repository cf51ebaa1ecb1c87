import assert from "node:assert/strict";
import { CellRanges, domainOfCells, type Range } from "../../../../src/drawing/tensors/cellRange";

const WHOLE = { low: -0.1, high: 0.1, isDiverging: true };

/** A tile of 1000 cells from `low` to `high`, and a few that are not like them. */
function tile(low: number, high: number, ...odd: number[]): { values: Float64Array } {
  const values = Float64Array.from({ length: 1000 }, (_, k) => low + ((high - low) * k) / 999);
  values.set(odd, 500);
  return { values };
}

function close(range: Range | null, low: number, high: number): void {
  assert.ok(range !== null);
  const slack = (high - low) / 50;
  assert.ok(Math.abs(range[0] - low) < slack && Math.abs(range[1] - high) < slack, String(range));
}

describe("the range of cells that are means", () => {
  it("leaves out a few that are far off, and what is not finite", () => {
    close(new CellRanges().include("", [tile(-0.004, 0.003, 5, -7, NaN, Infinity)]), -0.004, 0.003);
    assert.equal(new CellRanges().include("", [{ values: Float64Array.of(NaN, NaN) }]), null);
    assert.equal(new CellRanges().include("", []), null);
  });

  it("grows while the picture is of one kind, and is the same array until it does", () => {
    const ranges = new CellRanges();
    const small = tile(-1, 1);
    const first = ranges.include("a", [small]);
    assert.equal(ranges.include("a", [small]), first);
    close(ranges.include("a", [tile(-2, 0.5)]), -2, 1);
    close(ranges.include("a", [small]), -2, 1);
    close(ranges.include("b", [small]), -1, 1);
  });

  it("looks at a part of what is large, every column of it", () => {
    const values = new Float32Array(512 * 512);
    for (let row = 0; row < 512; row++) values.fill(3, row * 512 + 100, row * 512 + 110);
    const range = new CellRanges().include("", [{ values }]);
    assert.deepEqual(range, [0, 3]);
  });
});

describe("the colours of cells that are means", () => {
  it("run from 0 as far as the cells do where values have both signs", () => {
    assert.deepEqual(domainOfCells([-0.0021, 0.0013], WHOLE), {
      low: -0.0021,
      high: 0.0021,
      isDiverging: true,
    });
    assert.equal(domainOfCells([0.001, 0.002], WHOLE)?.low, -0.002);
  });

  it("run from the lowest to the highest where values have one sign", () => {
    const whole = { low: 0, high: 1, isDiverging: false };
    assert.deepEqual(domainOfCells([0.48, 0.52], whole), { ...whole, low: 0.48, high: 0.52 });
  });

  it("are those of all values where nothing is gained or nothing is known", () => {
    assert.equal(domainOfCells(null, WHOLE), null);
    assert.equal(domainOfCells([-0.09, 0.01], WHOLE), null);
    assert.equal(domainOfCells([0, 0], WHOLE), null);
    assert.equal(domainOfCells([0.5, 0.5], { low: 0, high: 1, isDiverging: false }), null);
  });
});
