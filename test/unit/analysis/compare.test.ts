/** Closeness as torch.testing.assert_close has it, counts, and the first divergence. */
import assert from "node:assert/strict";
import {
  allowedDifference,
  Comparer,
  defaultTolerance,
  difference,
  isOutside,
  joinComparisons,
  type ComparedRow,
  type Comparison,
  type Tolerance,
} from "../../../src/analysis/compare";
import type { DType } from "../../../src/tensor/dtype";
import { goldenCases } from "../support/goldens";

interface ClosenessCase {
  readonly ours: string;
  readonly reference: string;
  readonly dtypes: readonly [DType, DType];
  readonly rtol?: number;
  readonly atol?: number;
  readonly equal_nan?: boolean;
  readonly close: boolean;
}

const strict: Tolerance = { rtol: 0, atol: 0, equalNan: false };

/** One row at layer 0, forward, step 0, batch 0, but for `place`. */
function row(
  ours: readonly number[],
  reference: readonly number[],
  place: Partial<ComparedRow> = {},
): ComparedRow {
  return {
    lane: { layer: 0, direction: "forward" },
    step: 0,
    batch: 0,
    rank: 0,
    units: ours.length,
    ours: Float64Array.from(ours),
    oursOffset: 0,
    reference: Float64Array.from(reference),
    referenceOffset: 0,
    noise: 0,
    ...place,
  };
}

function compareRows(rows: readonly ComparedRow[], tolerance: Tolerance): Comparison {
  const comparer = new Comparer(tolerance);
  for (const each of rows) comparer.add(each);
  return comparer.result();
}

describe("closeness", () => {
  const numbers: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  const numberOf = (written: string, dtype: DType): number => {
    const value = numbers[written] ?? Number(written);
    return dtype === "float64" ? value : Math.fround(value);
  };
  for (const item of goldenCases("closeness.json") as readonly ClosenessCase[]) {
    const [ours, reference] = item.dtypes;
    const given = item.rtol === undefined ? "" : `, rtol ${item.rtol}, atol ${item.atol ?? 0}`;
    const nan = item.equal_nan === true ? ", NaN equal" : "";
    it(`of ${item.ours} (${ours}) and ${item.reference} (${reference})${given}${nan}: ${item.close}`, () => {
      const tolerance = {
        ...defaultTolerance(ours, reference),
        ...(item.rtol === undefined ? {} : { rtol: item.rtol, atol: item.atol ?? 0 }),
        equalNan: item.equal_nan ?? false,
      };
      const values = [[numberOf(item.ours, ours)], [numberOf(item.reference, reference)]] as const;
      const { outside, verdict } = compareRows([row(...values)], tolerance);
      assert.equal(outside, item.close ? 0 : 1);
      assert.equal(verdict === "differs", !item.close);
    });
  }

  it("treats integers as float32", () => {
    assert.deepEqual(defaultTolerance("float32", "int64"), { rtol: 1.3e-6, atol: 1e-5 });
    assert.deepEqual(defaultTolerance("float64", "bool"), { rtol: 1.3e-6, atol: 1e-5 });
  });
});

describe("difference and isOutside", () => {
  it("fail NaN unless both are and it is asked for", () => {
    assert.ok(Number.isNaN(difference(NaN, NaN, false)));
    assert.equal(difference(NaN, NaN, true), 0);
    assert.ok(Number.isNaN(difference(NaN, 1, true)));
    assert.ok(isOutside(NaN, Infinity));
  });

  it("take equal infinities as equal and opposite ones as far apart", () => {
    assert.equal(difference(Infinity, Infinity, false), 0);
    assert.equal(difference(Infinity, -Infinity, false), Infinity);
    assert.ok(isOutside(Infinity, 1e300));
  });

  it("take −0 as 0", () => {
    assert.equal(Math.abs(difference(-0, 0, false)), 0);
    assert.equal(compareRows([row([-0], [0])], strict).verdict, "equal");
  });

  it("allow the boundary itself and nothing beyond, relative to the reference", () => {
    const tolerance = { rtol: 0.5, atol: 1, equalNan: false };
    assert.equal(allowedDifference(tolerance, -4, 0), 3);
    assert.equal(allowedDifference(tolerance, -4, 7), 7);
    assert.equal(allowedDifference(tolerance, Infinity, 0), 1);
    assert.equal(isOutside(3, 3), false);
    assert.equal(isOutside(-3, 3), false);
    assert.equal(isOutside(3 + 2 ** -50, 3), true);
  });
});

describe("a comparer", () => {
  it("counts exactly, and measures over all elements", () => {
    const rows = [row([1, 2, 3], [1, 2.5, 3]), row([4, 5, 10], [4, 5, 8], { step: 1 })];
    assert.deepEqual(compareRows(rows, { rtol: 0, atol: 0.5, equalNan: false }), {
      verdict: "differs",
      maxAbs: 2,
      maxRel: 0.25,
      deltaRange: [-0.5, 2],
      outside: 1,
      total: 6,
      withinNoiseOnly: 0,
      unjudged: 0,
      byStep: 0,
      first: { layer: 0, direction: "forward", step: 1, batch: 0, unit: 2 },
    });
  });

  it("names the first place in dependency order, whichever row comes first, not the largest", () => {
    const lane = { layer: 1, direction: "reverse" } as const;
    const place = { lane, step: 9, batch: 2, rank: 0 };
    const rows = [row([100], [0], { rank: 1 }), row([0, 1, 1], [0, 0, 0], place)];
    for (const given of [rows, [...rows].reverse()]) {
      const { first } = compareRows(given, strict);
      assert.deepEqual(first, { ...lane, step: 9, batch: 2, unit: 1 });
    }
  });

  it("calls what is inside rounding, and equal only what is the same", () => {
    const loose = { rtol: 0, atol: 1, equalNan: false };
    assert.equal(compareRows([row([1], [1.5])], loose).verdict, "rounding");
    const same = compareRows([row([1, 2], [1, 2])], loose);
    assert.deepEqual([same.verdict, same.first, same.maxAbs, same.maxRel], ["equal", null, 0, 0]);
  });

  it("lets measured noise pass, and counts what passes by it alone", () => {
    const rows = [row([1, 1.25, 3], [1, 1, 1], { noise: 0.5 })];
    const found = compareRows(rows, strict);
    assert.deepEqual([found.outside, found.withinNoiseOnly, found.first?.unit], [1, 1, 2]);
    const rest = compareRows([row([1.25], [1], { noise: 0.5 })], strict);
    assert.deepEqual([rest.verdict, rest.withinNoiseOnly], ["rounding", 1]);
  });

  it("has NaN for the largest difference once a NaN failed, and not when NaN are equal", () => {
    const failing = compareRows([row([1, NaN, 9], [2, 1, 1])], strict);
    assert.ok(Number.isNaN(failing.maxAbs) && Number.isNaN(failing.maxRel));
    assert.deepEqual([failing.outside, failing.verdict], [3, "differs"]);
    const equal = compareRows([row([NaN], [NaN])], { ...strict, equalNan: true });
    assert.deepEqual([equal.verdict, equal.maxAbs], ["equal", 0]);
  });

  it("has no bound for a relative difference from 0", () => {
    assert.equal(compareRows([row([1e-9], [0])], strict).maxRel, Infinity);
  });

  it("reads both arrays at their own offsets", () => {
    const ours = Float32Array.of(9, 9, 1, 2);
    const reference = Float64Array.of(9, 1, 2, 9);
    const offsets = { ours, oursOffset: 2, reference, referenceOffset: 1, units: 2 };
    assert.equal(compareRows([row([], [], offsets)], strict).verdict, "equal");
  });

  it("is the same for parts that are joined afterwards", () => {
    const rows = [
      row([1, 2, NaN], [1, 2.5, 3]),
      row([4, 5], [4, 9], { step: 1, rank: 1, noise: 4 }),
      row([4, 5], [3, 5], { step: 2, rank: 2 }),
    ];
    const [first, ...rest] = rows.map((each) => compareRows([each], strict));
    assert.ok(first !== undefined);
    assert.deepEqual(joinComparisons([first, ...rest]), compareRows(rows, strict));
    assert.equal(joinComparisons(rest).first?.step, 2);
    assert.equal(joinComparisons([]).verdict, "equal");
  });

  it("is equal when there is nothing to compare", () => {
    assert.deepEqual(compareRows([], strict).total, 0);
    assert.equal(compareRows([], strict).verdict, "equal");
  });
});
