import assert from "node:assert/strict";
import {
  columnMarks,
  curvePath,
  deltaCurves,
  largestFinite,
  largestValue,
  logCurvePath,
  positiveRange,
} from "../../../../../src/drawing/run/charts/curves";

const frame = { width: 90, height: 100 };

describe("curvePath", () => {
  it("runs through the middle of each column, the largest value on top", () => {
    assert.equal(curvePath([0, 2, 1], frame), "M15,88L45,12L75,50");
  });

  it("is interrupted where a value is not finite", () => {
    assert.equal(curvePath([1, NaN, 1], frame).match(/M/g)?.length, 2);
  });

  it("ends where the sequence does", () => {
    assert.equal(curvePath([0, 2, 0], { ...frame, end: 2 / 3 }), "M15,88L45,12");
  });

  it("lies at the bottom when all is 0, and is empty without values", () => {
    assert.equal(curvePath([0, 0], { width: 2, height: 100 }), "M0.5,88L1.5,88");
    assert.equal(curvePath([], frame), "");
  });
});

describe("logCurvePath", () => {
  it("draws powers of ten as a straight line over the whole height", () => {
    assert.equal(logCurvePath([1e-20, 1e-10, 1], frame), "M15,88L45,50L75,12");
  });

  it("draws what is steady flat, in the middle", () => {
    assert.equal(logCurvePath([2, 2, 2], frame), "M15,50L45,50L75,50");
    const [first = 0, , last = 0] = logCurvePath([1, 2, 4], frame)
      .slice(1)
      .split("L")
      .map((point) => Number(point.split(",")[1]));
    assert.ok(first < 65 && last > 35);
  });

  it("is interrupted where there is no logarithm, and empty without any", () => {
    assert.equal(logCurvePath([1, 0, 1], frame).match(/M/g)?.length, 2);
    assert.equal(logCurvePath([1, Infinity, NaN, 1], frame).match(/M/g)?.length, 2);
    assert.equal(logCurvePath([0, NaN], frame), "");
  });
});

describe("deltaCurves", () => {
  const floor = [1e-6, 1e-6, 1e-6];

  it("tells what is inside the band of rounding from what is not", () => {
    const { line, band } = deltaCurves({ maxDelta: [1e-8, 1e-6, 1], floor }, frame);
    assert.equal(line, "M15,88L45,69L75,12");
    assert.match(band, /^M15,69L45,69L75,69L75,100/);
  });

  it("has no difference at the bottom, ends with the sequence, and is interrupted by NaN", () => {
    const { line } = deltaCurves({ maxDelta: [0, 1, 1], floor }, { ...frame, end: 2 / 3 });
    assert.equal(line, "M15,88L45,12");
    const broken = deltaCurves({ maxDelta: [1, NaN, 1], floor }, frame).line;
    assert.equal(broken.match(/M/g)?.length, 2);
  });

  it("has no band beside what is not a number", () => {
    const { band } = deltaCurves({ maxDelta: [NaN, NaN], floor: [0.1, 0.1] }, frame);
    assert.equal(band, "");
  });

  it("has no band where rounding was not measured", () => {
    const { line, band } = deltaCurves({ maxDelta: [1, 1], floor: [0, 0] }, frame);
    assert.equal(band, "");
    assert.notEqual(line, "");
  });
});

describe("columnMarks", () => {
  it("are one for neighbours, and wide enough to be seen", () => {
    assert.deepEqual(columnMarks([0, 1, 1], frame), [{ x: 30, width: 60 }]);
    const [narrow] = columnMarks([0, 1, 0, 0], { width: 4 });
    assert.deepEqual(narrow, { x: 0, width: 3 });
  });
});

describe("positiveRange", () => {
  it("is of the finite values above 0", () => {
    assert.deepEqual(positiveRange([0, 3, NaN, 1e-9, Infinity, -2]), [1e-9, 3]);
    assert.equal(positiveRange([0, -1, NaN]), null);
  });
});

describe("largestFinite", () => {
  it("passes over what is not finite", () => {
    assert.equal(largestFinite([1, NaN, Infinity, 3]), 3);
    assert.equal(largestFinite([]), 0);
  });
});

describe("largestValue", () => {
  it("is NaN when one value is, and infinite when one value is", () => {
    assert.equal(largestValue([1, NaN, 3]), NaN);
    assert.equal(largestValue([1, Infinity, 3]), Infinity);
    assert.equal(largestValue([1, 3]), 3);
    assert.equal(largestValue([]), 0);
  });
});
