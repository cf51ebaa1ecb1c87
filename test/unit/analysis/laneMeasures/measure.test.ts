/** The numbers of lanes, in one walk along time together with their comparison. */
import assert from "node:assert/strict";
import type { Lane, LaneContext, LanePart } from "../../../../src/analysis/lanes";
import { LaneMeters, type LaneNumbers } from "../../../../src/analysis/laneMeasures/measure";
import { outsidePart, PartComparer } from "../../../../src/analysis/rows";
import { walk } from "../../../../src/analysis/walk";
import { text } from "../../../../src/core/text";
import { noControl } from "../../../../src/core/control";
import { CancelledError } from "../../../../src/core/errors";
import { inBlocks } from "../../support/steps";

const context: LaneContext = {
  seqLength: 3,
  batchSize: 2,
  lengths: null,
  tolerance: { rtol: 0, atol: 0, equalNan: false },
  precision: "f32",
};

function part(ours: readonly number[], reference: readonly number[] | null, units = 1): LanePart {
  const rowSize = context.batchSize * units;
  const steps = (values: readonly number[]): LanePart["ours"] =>
    inBlocks(Float64Array.from(values), rowSize, 2);
  const other = reference === null ? null : steps(reference);
  return { units, ours: steps(ours), reference: other, noise: null };
}

function laneOf(...parts: LanePart[]): Lane {
  const units = parts.reduce((sum, each) => sum + each.units, 0);
  return { id: "output", layer: null, direction: null, units, parts, cell: null };
}

/** The numbers of a lane, its parts beside their references. */
function measure(lane: Lane, changes: Partial<LaneContext> = {}, control = noControl): LaneNumbers {
  const changed = { ...context, ...changes };
  const { seqLength, batchSize, tolerance } = changed;
  const measured = new LaneMeters([{ lane, seqLength, batchSize }], changed);
  const comparers = lane.parts.flatMap(({ units, ours, reference, noise }) => {
    if (reference === null) return [];
    const values = { units, ours, reference };
    return [new PartComparer(outsidePart({ batchSize }, seqLength, values, noise), tolerance)];
  });
  walk([...measured.meters, ...comparers], control, text("Comparing"));
  const [numbers] = measured.finish(() => ({
    parts: comparers.map((comparer) => comparer.result()),
    cell: [],
  }));
  assert.ok(numbers !== undefined);
  return numbers;
}

const zeros = [0, 0, 0, 0, 0, 0];

describe("the numbers of a lane", () => {
  it("are the range of what is finite, and [0, 0] when nothing is", () => {
    const { range, deltaRange, outside, total } = measure(
      laneOf(part([NaN, -2, Infinity, 5, 1, 1], null)),
    );
    assert.deepEqual([range, deltaRange, outside, total], [[-2, 5], [0, 0], 0, 6]);
    const nothing = part([NaN, Infinity, NaN, NaN, NaN, NaN], null);
    assert.deepEqual(measure(laneOf(nothing)).range, [0, 0]);
    assert.deepEqual(measure(laneOf(nothing, part([3, 4, 3, 4, 3, 4], null))).range, [3, 4]);
  });

  it("count what is outside over all parts, NaN among it", () => {
    const ours = [1, 2, NaN, 4, 5, 6];
    const lane = laneOf(part(ours, [1, 0, 3, 4, 5, 9]), part(ours, ours));
    const { outside, total, deltaRange } = measure(lane);
    assert.deepEqual([outside, total, deltaRange], [4, 12, [-3, 2]]);
    const tolerance = { ...context.tolerance, equalNan: true };
    assert.equal(measure(lane, { tolerance }).outside, 3);
  });

  it("count what is outside of each row of the batch, where there are several but not thousands", () => {
    const ours = [1, 2, 3, 4, 5, 6];
    const both = laneOf(part(ours, [0, 2, 0, 4, 5, 0]), part(ours, [0, 2, 3, 4, 5, 6]));
    assert.deepEqual(measure(both).outsideOfRow, [3, 1]);
    assert.equal(measure(laneOf(part(ours, null))).outsideOfRow, undefined);
    const single = inBlocks(Float64Array.from([1, 2, 3]), 1, 2);
    const lane = laneOf({ units: 1, ours: single, reference: single, noise: null });
    assert.equal(measure(lane, { batchSize: 1 }).outsideOfRow, undefined);
  });

  it("allow each row its own noise", () => {
    const noise = Float64Array.of(1, 0.5, 1, 1, 1, 1);
    const ones = new Array<number>(12).fill(1);
    const lane = laneOf({ ...part(ones, new Array<number>(12).fill(0), 2), noise });
    assert.equal(measure(lane).outside, 2);
  });

  it("have a range for c beside that of h", () => {
    const lane = { ...laneOf(part(zeros, null)), cell: part([1, 2, 3, 4, 5, -6], null) };
    assert.deepEqual(
      [measure(lane).range, measure(lane).cell?.range],
      [
        [0, 0],
        [-6, 5],
      ],
    );
    assert.equal(measure(laneOf(part(zeros, null))).cell, null);
  });

  it("tell how large the values of each state are, and of several parts the larger", () => {
    const lane = {
      ...laneOf(part([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], null), part([0.5, 0, 0, -0.5, 0, 0], null)),
      cell: part([1, 2, 3, 4, 5, -6], null),
    };
    const { magnitude, cell } = measure(lane);
    assert.ok(magnitude !== undefined && cell !== null);
    assert.ok(magnitude.percentile >= 0.5 && magnitude.percentile < 0.51);
    assert.ok(cell.magnitude.percentile >= 6 && cell.magnitude.percentile < 6.1);
    assert.equal(magnitude.isSampled, false);
  });

  it("are told of, and stop when asked", () => {
    const told: number[] = [];
    const control = { report: (fraction: number) => void told.push(fraction), check: () => void 0 };
    measure(laneOf(part(zeros, null)), {}, control);
    assert.deepEqual(told, [2 / 3, 1]);
    const stop = (): never => {
      throw new CancelledError();
    };
    const stopping = { ...noControl, check: stop };
    assert.throws(() => measure(laneOf(part(zeros, null)), {}, stopping), CancelledError);
  });
});
