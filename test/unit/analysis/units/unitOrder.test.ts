/** Orders of units by what they do over time, and the units that are active in a span. */
import assert from "node:assert/strict";
import { activeIn } from "../../../../src/analysis/units/activeSpans";
import {
  activityOf,
  byClusters,
  byScore,
  likeness,
  standardised,
  type UnitSamples,
} from "../../../../src/analysis/units/unitOrder";

/** Samples of units that are given as functions of the step. */
function samplesOf(steps: number, units: readonly ((step: number) => number)[]): UnitSamples {
  const values = new Float64Array(steps * units.length);
  for (let step = 0; step < steps; step++) {
    units.forEach((valueAt, unit) => {
      values[step * units.length + unit] = valueAt(step);
    });
  }
  return { steps, units: units.length, values };
}

const wave =
  (frequency: number, size = 1) =>
  (step: number) =>
    size * Math.sin(frequency * step);

describe("an order of units", () => {
  it("by activity has the largest first, of equal ones the lower number", () => {
    const samples = samplesOf(50, [() => 0.1, () => -0.9, () => Number.NaN, wave(0.7), () => 0.1]);
    assert.deepEqual([...byScore(activityOf(samples))], [1, 3, 0, 4, 2]);
  });

  it("by likeness to a unit begins with it, and ends with its opposite", () => {
    const samples = samplesOf(80, [wave(0.9), wave(0.3, -5), () => 3, wave(0.3)]);
    const series = standardised(samples);
    const found = likeness(series, series.subarray(3 * 80));
    assert.deepEqual(
      [...found].map((r) => Math.abs(Math.round(r * 1e5) / 1e5)).slice(1),
      [1, 0, 1],
    );
    assert.ok((found[1] ?? 0) < 0);
    assert.equal(found[2], 0, "what does not change is like nothing");
    assert.deepEqual([byScore(found)[0], byScore(found)[3]], [3, 1]);
  });

  it("by clusters keeps together what does alike, and has each unit once", () => {
    const kinds = [0.2, 0.5, 1.1];
    const units = Array.from({ length: 12 }, (_, unit) => {
      const own = wave(kinds[unit % 3] ?? 0, 1 + unit);
      return (step: number) => own(step) + 0.05 * Math.cos(unit * 7 + step * (unit + 2));
    });
    const { units: rows, groups } = byClusters(standardised(samplesOf(200, units)), 200);
    const order = [...rows];
    assert.deepEqual(
      [...order].sort((left, right) => left - right),
      [...units.keys()],
    );
    const changes = order.filter((unit, at) => at > 0 && unit % 3 !== (order[at - 1] ?? 0) % 3);
    assert.equal(changes.length, 2);
    assert.deepEqual(groups, [
      [0, 4],
      [4, 8],
      [8, 12],
    ]);
  });

  it("by clusters has no group of what is like nothing else", () => {
    const alone = [wave(0.3), wave(1.7), wave(0.9), wave(0.31)];
    const { units, groups } = byClusters(standardised(samplesOf(60, alone)), 60);
    assert.deepEqual(groups.length, 1);
    const [[from, to] = [0, 0]] = groups;
    assert.deepEqual([...units.subarray(from, to)].sort(), [0, 3]);
  });

  it("by clusters is that of the numbers where there is one unit, or none", () => {
    assert.deepEqual(byClusters(standardised(samplesOf(3, [wave(1)])), 3), {
      ...{ units: Uint32Array.of(0), groups: [] },
    });
    assert.equal(byClusters(standardised(samplesOf(3, [])), 3).units.length, 0);
  });
});

describe("what is active in a span", () => {
  const within = (step: number, spans: readonly (readonly [number, number])[]): boolean =>
    spans.some(([from, to]) => step >= from && step < to);
  const seen = [
    [20, 30],
    [70, 82],
  ] as const;
  const samples = samplesOf(120, [
    () => 0.4,
    (step) => (within(step, seen) ? 0.9 : 0.01),
    wave(0.8),
    (step) => (within(step, seen) ? -0.5 : 0.02),
    (step) => (within(step, [[40, 44]]) ? 1 : 0),
  ]);

  it("are the units that are more active there than elsewhere, and the other spans where they are", () => {
    const { order, units, spans } = activeIn(samples, [20, 30]);
    assert.deepEqual(units, [1, 3]);
    assert.deepEqual([...order].slice(0, 2), [1, 3]);
    assert.equal(order.length, 5);
    assert.deepEqual(spans, [[70, 82]]);
  });

  it("is nothing where all is as everywhere", () => {
    const even = samplesOf(20, [() => 1, () => -2]);
    assert.deepEqual(activeIn(even, [3, 9]), { order: Uint32Array.of(0, 1), units: [], spans: [] });
  });
});
