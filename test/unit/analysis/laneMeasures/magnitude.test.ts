/** The percentile of magnitudes that colours of states run to. */
import assert from "node:assert/strict";
import {
  joinMagnitudes,
  MagnitudeMeter,
  type Magnitude,
} from "../../../../src/analysis/laneMeasures/magnitude";
import { numbersFrom } from "../../support/runs";

/** The magnitude of values that come in blocks of some steps. */
function measured(
  values: Float64Array | Float32Array,
  rowSize: number,
  blockSteps: number,
): Magnitude {
  const meter = new MagnitudeMeter(values.length / rowSize, rowSize);
  for (let from = 0; from < values.length; from += blockSteps * rowSize) {
    meter.add(values.subarray(from, from + blockSteps * rowSize));
  }
  return meter.result();
}

describe("the magnitude of a lane", () => {
  it("leaves out the half per cent that is largest, whatever the signs", () => {
    const values = Float64Array.from({ length: 1000 }, (_, k) => (k % 2 === 0 ? 1 : -1) * 0.2);
    values.fill(50, 0, 5);
    const { percentile, isSampled } = measured(values, 10, 7);
    assert.ok(percentile >= 0.2 && percentile < 0.2 * (1 + 2 ** -7), String(percentile));
    assert.equal(isSampled, false);
    values.fill(50, 0, 6);
    assert.ok(measured(values, 10, 7).percentile >= 50);
  });

  it("takes no notice of what is not finite, and is 0 of nothing and of zeros", () => {
    const values = Float64Array.of(NaN, 0.5, Infinity, -Infinity);
    const { percentile } = measured(values, 4, 1);
    assert.ok(percentile >= 0.5 && percentile < 0.51);
    assert.equal(measured(Float64Array.of(NaN, Infinity), 2, 1).percentile, 0);
    assert.equal(measured(new Float64Array(8), 2, 1).percentile, 0);
  });

  it("samples what is long, every unit of it, in whichever blocks it comes", () => {
    const [steps, units] = [12_000, 128];
    const values = new Float32Array(steps * units).fill(0.01);
    // One unit of 128 is large: 0.8 per cent of all values. A sample of every second value would have none of them.
    for (let step = 0; step < steps; step++) values[step * units + 3] = 0.7;
    const whole = measured(values, units, steps);
    assert.equal(whole.isSampled, true);
    assert.ok(whole.percentile >= 0.7 && whole.percentile < 0.71, String(whole.percentile));
    assert.deepEqual(measured(values, units, 17), whole);
  });

  it("leaves out no more than a few values of a long lane, whose cells show the largest of many", () => {
    const values = new Float32Array(4_000_000).fill(0.01);
    // Of every thousand one is larger: a picture of 40 by 7 of them a cell has it in every fourth cell.
    for (let index = 0; index < values.length; index += 1000) values[index] = 0.5;
    const { percentile, share } = measured(values, 1000, 500);
    assert.ok(percentile >= 0.5 && percentile < 0.51, String(percentile));
    assert.ok(share > 0.9999);
    assert.equal(measured(values.subarray(0, 50_000), 1000, 50).share, 0.995);
  });

  it("is close to that of sorted values", () => {
    const next = numbersFrom(3);
    const values = Float64Array.from({ length: 5000 }, () => next() ** 3);
    const sorted = [...values].map(Math.abs).sort((left, right) => left - right);
    const exact = sorted[Math.ceil(0.995 * sorted.length) - 1] ?? NaN;
    const { percentile } = measured(values, 50, 3);
    assert.ok(percentile >= exact * (1 - 1e-7) && percentile < exact * 1.01);
  });

  it("joins to the larger one", () => {
    const parts = [
      { percentile: 0.1, share: 0.9999, isSampled: true },
      { percentile: 0.4, share: 0.995, isSampled: false },
    ];
    assert.deepEqual(joinMagnitudes(parts), { percentile: 0.4, share: 0.995, isSampled: true });
  });
});
