/** Hints about a difference: rows in another order only where every value proves it, reduced precision by its look. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  notANumberHint,
  rowOrderHint,
  scaledHint,
  sumsOf,
  type DifferingTensor,
  type Sums,
} from "../../../src/analysis/hints";
import { reducedPrecisionHint, spreadOf, type Spread } from "../../../src/analysis/spread";
import { renderText } from "../../../src/core/text";
import { filled, numbersFrom } from "../support/runs";

const [T, B, U] = [12, 5, 4];
const tolerance = { rtol: 1.3e-6, atol: 1e-5, equalNan: false };

/** Walks in two blocks, as a long run is walked. */
function tensorOf(
  ours: Float64Array,
  reference: Float64Array,
  lengths: readonly number[] | null = null,
): DifferingTensor {
  const half = (T / 2) * B * U;
  const blocks = [0, half].map((from) => ({
    part: 0,
    units: U,
    ours: ours.subarray(from, from + half),
    reference: reference.subarray(from, from + half),
  }));
  return { batchSize: B, lengths, tolerance, noiseFloor: 1e-7, blocks: () => blocks };
}

/** Row `row` of the result is row `order[row]` of the values. */
function reordered(values: Float64Array, order: readonly number[]): Float64Array {
  return values.map((_, k) => {
    const [step, row, unit] = [Math.floor(k / (B * U)), Math.floor(k / U) % B, k % U];
    return values[(step * B + (order[row] ?? 0)) * U + unit] ?? NaN;
  });
}

const values = filled(T * B * U, numbersFrom(3));
const orders = fc
  .shuffledSubarray([0, 1, 2, 3, 4], { minLength: B })
  .filter((order) => order.some((own, row) => own !== row));

describe("rows in another order", () => {
  it("are found, whichever the order", () => {
    fc.assert(
      fc.property(orders, (order) => {
        const hint = rowOrderHint(tensorOf(values, reordered(values, order)));
        assert.equal(hint?.args[0], order.join(", "));
      }),
    );
  });

  it("are not claimed where one value of one row is another", () => {
    fc.assert(
      fc.property(orders, fc.nat(values.length - 1), (order, at) => {
        const reference = reordered(values, order);
        reference[at] = (reference[at] ?? 0) + 0.01;
        assert.equal(rowOrderHint(tensorOf(values, reference)), null);
      }),
    );
  });

  it("are not claimed where a row stands for two", () => {
    assert.equal(rowOrderHint(tensorOf(values, reordered(values, [1, 1, 2, 3, 4]))), null);
  });

  it("are named as packing sorts them only where the lengths go down", () => {
    const reference = reordered(values, [1, 0, 2, 3, 4]);
    const hint = (lengths: number[]): string => {
      const found = rowOrderHint(tensorOf(values, reference, lengths));
      assert.ok(found !== null);
      return renderText(found);
    };
    assert.match(hint([9, 12, 8, 5, 5]), /longest sequence first.*rows 1, 0, 2, 3, 4/);
    assert.doesNotMatch(hint([12, 9, 8, 5, 5]), /longest/);
  });
});

describe("reduced precision", () => {
  const noise = filled(values.length, numbersFrom(8));
  const moved = (by: (k: number) => number): Spread | null => {
    const tensor = tensorOf(
      values,
      values.map((value, k) => value + by(k)),
    );
    return spreadOf(tensor, sumsOf(tensor));
  };

  /** Differences of which each step keeps a part of the step before. */
  const carried = noise.slice();
  for (let k = B * U; k < carried.length; k++) {
    carried[k] = (noise[k] ?? 0) + 0.8 * (carried[k - B * U] ?? 0);
  }

  it("shows in small differences everywhere, of no one sign, that a step hands on to the next", () => {
    assert.ok(reducedPrecisionHint(moved((k) => (carried[k] ?? 0) * 2e-4)) !== null);
  });

  it("does not show in a shift of each unit, in one step, in one value, or in other values", () => {
    const others: readonly ((k: number) => number)[] = [
      (k) => 3e-4 * (1 + (k % U)),
      (k) => (k < B * U ? (noise[k] ?? 0) * 3e-4 : 0),
      (k) => (k === 7 ? 1e-3 : 0),
      (k) => (noise[k] ?? 0) * 0.5,
      (k) => (noise[k] ?? 0) * 1e-7,
    ];
    for (const other of others) assert.equal(reducedPrecisionHint(moved(other)), null);
  });

  it("does not show in added noise, rounded decimals, one unit, or differences larger than TF32's", () => {
    const others: readonly ((k: number) => number)[] = [
      (k) => (noise[k] ?? 0) * 2e-4,
      (k) => Math.round(1e3 * (values[k] ?? 0)) / 1e3 - (values[k] ?? 0),
      (k) => (carried[k] ?? 0) * (k % U === 1 ? 4e-4 : 1e-5),
      (k) => (carried[k] ?? 0) * 3e-3,
    ];
    for (const other of others) assert.equal(reducedPrecisionHint(moved(other)), null);
  });
});

describe("values that tell what was done to them", () => {
  const changed = (change: (value: number, at: number) => number): Sums =>
    sumsOf(tensorOf(values, values.map(change)));

  it("are NaN, some or all", () => {
    const hint = notANumberHint(changed((value, at) => (at % 60 === 0 ? NaN : value)));
    assert.deepEqual(hint?.args, ["4", String(T * B * U)]);
    const all = notANumberHint(changed(() => NaN));
    assert.match(renderText(all ?? { template: "", args: [] }), /nothing but NaN/);
    assert.equal(notANumberHint(changed((value) => value)), null);
    const both = values.map((value, at) => (at === 3 ? NaN : value));
    assert.equal(notANumberHint(sumsOf(tensorOf(both, both))), null);
  });

  it("are a multiple, also rounded, or nothing but zeros", () => {
    assert.deepEqual(scaledHint(changed((value) => 1.01 * value))?.args, [1.01]);
    const rounded = scaledHint(changed((value) => Math.round(1000 * value)));
    assert.ok(Math.abs(Number(rounded?.args[0]) - 1000) < 1);
    assert.match(scaledHint(changed(() => 0))?.template ?? "", /0 everywhere/);
    assert.equal(scaledHint(sumsOf({ blocks: () => [] })), null);
    const next = numbersFrom(5);
    assert.equal(scaledHint(changed((value) => value + 0.05 * next())), null);
    assert.equal(scaledHint(changed((value) => value + 0.1)), null);
  });
});
