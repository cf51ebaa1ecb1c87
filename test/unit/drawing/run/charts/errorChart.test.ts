/** The logarithmic scale of errors, and curves on it. */
import assert from "node:assert/strict";
import {
  errorChart,
  overTimeChart,
  stepTicks,
} from "../../../../../src/drawing/run/charts/errorChart";
import { logScale, placeOn, powerText } from "../../../../../src/drawing/run/charts/logScale";

describe("logScale", () => {
  it("covers rounding errors and all larger ones", () => {
    const { low, high, ticks } = logScale([2.6, 8.9e-8, 0, NaN, Infinity], 3e-6);
    assert.deepEqual([low, high], [-8, 1]);
    assert.deepEqual(ticks, [-8, -6, -4, -2, 0]);
  });

  it("has few labels, however far it reaches", () => {
    const { ticks } = logScale([1e-30, 1e30], 1e-6);
    assert.ok(ticks.length <= 6, ticks.join());
    assert.equal(ticks[0], -18);
  });

  it("has a scale for an infinite tolerance", () => {
    const { low, high } = logScale([], Infinity);
    assert.ok(low < high);
  });

  it("places what has no logarithm at its ends", () => {
    const scale = logScale([1], 1e-6);
    assert.equal(placeOn(scale, 0), 0);
    assert.equal(placeOn(scale, Infinity), 1);
    assert.equal(placeOn(scale, NaN), 1);
    assert.equal(placeOn(scale, 1e-4), 0.5);
    assert.equal(powerText(-4), "1e-4");
  });
});

describe("errorChart", () => {
  it("draws larger errors higher, and interrupts a curve where nothing is known", () => {
    const { carried, made } = errorChart({
      carried: [1e-8, 1, 1e-4],
      made: [1, NaN, 1e-8],
      floor: null,
      tolerance: 1e-6,
    });
    assert.equal(carried, "M166.7,100L500,0L833.3,50");
    assert.equal(made, "M166.7,0ZM833.3,100Z");
  });

  it("draws the band from edge to edge", () => {
    const { band } = errorChart({ carried: [1], made: null, floor: null, tolerance: 1e-4 });
    assert.match(band, /^M0,/);
    assert.match(band, /L1000,/);
    const hole = errorChart({ carried: [1, 1], made: null, floor: [NaN, NaN], tolerance: 1e-4 });
    assert.equal(hole.band, "");
  });
});

describe("overTimeChart", () => {
  const steps = (...values: number[]): { most: Float32Array; least: Float32Array } => ({
    most: Float32Array.from(values),
    least: Float32Array.from(values, (value) => value / 100),
  });

  const whole = { first: 0, where: null };

  it("draws the error before above what is left of it, over the band of rounding", () => {
    const over = { ...whole, steps: 2, before: steps(1, 1), after: steps(2e-8, 2e-8) };
    const { before, after, band } = overTimeChart(
      { ...over, floor: Float32Array.of(1e-6, 1e-6) },
      1e-6,
    );
    assert.deepEqual([before.line, before.span], ["M250,0L750,0", ""]);
    assert.equal(after?.line, "M250,96.2L750,96.2");
    assert.match(band, /^M0,75L250,75L750,75L1000,75/);
  });

  it("draws the span of the steps that a column stands for", () => {
    const over = { ...whole, steps: 20, before: steps(1, 1), after: null };
    const { before, after } = overTimeChart({ ...over, floor: Float32Array.of(1e-6, 1e-6) }, 1e-6);
    assert.equal(before.span, "M250,0L750,0L750,25L250,25Z");
    assert.equal(after, null);
  });

  it("draws nothing of columns whose error is not known", () => {
    const over = { ...whole, steps: 20, before: steps(1, 1), after: steps(NaN, 1) };
    const { after } = overTimeChart({ ...over, floor: Float32Array.of(1e-6, 1e-6) }, 1e-6);
    assert.deepEqual([after?.line, after?.span], ["M750,0Z", "M750,0L750,25Z"]);
  });
});

describe("stepTicks", () => {
  it("labels whole steps in the middle of their columns", () => {
    assert.deepEqual(stepTicks({ first: 7, steps: 1 }, 6), [{ step: 7, at: 0.5 }]);
    const ticks = stepTicks({ first: 0, steps: 24 }, 6);
    assert.deepEqual(
      ticks.map(({ step }) => step),
      [0, 5, 10, 15, 20],
    );
    assert.equal(ticks[1]?.at, 5.5 / 24);
    const [late] = stepTicks({ first: 14_875, steps: 2625 }, 6);
    assert.deepEqual(late, { step: 15_000, at: 125.5 / 2625 });
  });
});
