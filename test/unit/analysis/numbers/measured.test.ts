/** The numbers of two results; the expected ones are NumPy's of the same values. */
import assert from "node:assert/strict";
import { NumbersMeter, type MeasuredNumbers } from "../../../../src/analysis/numbers/measured";
import type { ComparedPart } from "../../../../src/analysis/rows";
import { arraySteps } from "../../../../src/analysis/steps";
import { walk } from "../../../../src/analysis/walk";
import { noControl } from "../../../../src/core/control";
import { text } from "../../../../src/core/text";

const tolerance = { rtol: 0.1, atol: 0.125, equalNan: false };

/** A part of one row a step, one sequence. */
function part(ours: readonly number[], reference: readonly number[], units: number): ComparedPart {
  return {
    units,
    count: ours.length / units,
    batchSize: 1,
    ours: arraySteps(Float32Array.from(ours), units),
    reference: arraySteps(Float32Array.from(reference), units),
    noise: null,
    laneOf: () => null,
    stepOf: (step) => step,
    rankOf: (step) => -step,
  };
}

function measured(...parts: readonly ComparedPart[]): MeasuredNumbers {
  const meter = new NumbersMeter(parts, tolerance, "f32");
  walk(meter.meters, noControl, text("Comparing"));
  return meter.finish();
}

function about(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 1e-12 * Math.abs(expected), `${found} ${expected}`);
}

describe("the numbers of a result beside its reference", () => {
  const ours = [1, 2, -3, 0.5, 4, 1];
  const reference = [1, 2.5, -3, 0.25, 4, -1];
  const found = measured(part(ours, reference, 2));

  it("are sizes of the differences and where the largest is", () => {
    assert.equal(found.total, 6);
    assert.equal(found.largest?.size, 2);
    assert.deepEqual([found.largest.index, found.largest.unit], [2, 1]);
    assert.deepEqual([found.largest.ours, found.largest.reference], [1, -1]);
    about(found.mean, 2.75 / 6);
    assert.deepEqual([found.median, found.p99], [0, 2]);
  });

  it("list what is outside in dependency order", () => {
    assert.equal(found.outside, 3);
    // Later steps come first here.
    assert.deepEqual(
      found.mismatches.map(({ index, unit }) => [index, unit]),
      [
        [2, 1],
        [1, 1],
        [0, 1],
      ],
    );
  });

  it("list what is outside by its size, NaN first", () => {
    assert.deepEqual(
      found.worst.map(({ size }) => size),
      [2, 0.5, 0.25],
    );
    const broken = measured(part([1, Number.NaN, 9], [1, 2, 3], 3));
    assert.deepEqual(
      broken.worst.map(({ unit }) => unit),
      [1, 2],
    );
  });

  it("are the tolerances that would pass", () => {
    about(found.passingAtol, 2 - 0.1 * 1);
    about(found.passingRtol, (2 - 0.125) / 1);
  });

  it("say how both go together", () => {
    // numpy.dot(a, b) / (norm(a) * norm(b)), numpy.corrcoef, 10 * log10(sum(b ** 2) / sum((a - b) ** 2))
    about(found.cosine, 0.9336808072924018);
    about(found.pearson, 0.9367557173359984);
    about(found.snr, 8.878781182893169);
  });

  it("are distances in ulp", () => {
    // 0.5 and 0.25 are one binade apart.
    assert.equal(measured(part([0.5], [0.25], 1)).ulpPeak, 2 ** 23);
    assert.equal(found.ulpP99, found.ulpPeak);
  });

  it("are perfect of equal results, and NaN is the largest error", () => {
    const equal = measured(part([1, 2], [1, 2], 2));
    assert.deepEqual(
      [equal.largest, equal.snr, equal.mean, equal.passingAtol],
      [null, Infinity, 0, 0],
    );
    const broken = measured(part([1, Number.NaN, 9], [1, 2, 3], 3));
    assert.ok(Number.isNaN(broken.largest?.size));
    assert.equal(broken.largest?.unit, 1);
    assert.equal(broken.outside, 2);
    assert.ok(Number.isNaN(broken.mean) && Number.isNaN(broken.passingAtol));
  });

  it("list ten mismatches of many, from all parts", () => {
    const ones = Array.from({ length: 30 }, () => 1);
    const zeros = ones.map(() => 0);
    const many = measured(part(ones, zeros, 3), part(ones, zeros, 3));
    assert.equal(many.outside, 60);
    assert.equal(many.mismatches.length, 10);
    assert.equal(many.mismatches[0]?.index, 9);
  });
});
