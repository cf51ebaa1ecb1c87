/** The numbers of all lanes and of the output's comparison, in one walk along time. */
import assert from "node:assert/strict";
import type { Lane, LaneContext, LanePart } from "../../../src/analysis/lanes";
import { measureLanes, type LaneNumbers, type Measured } from "../../../src/analysis/measure";
import { noControl } from "../../../src/core/control";
import { CancelledError } from "../../../src/core/errors";
import { inBlocks } from "../support/steps";

const context: LaneContext = {
  seqLength: 3,
  batchSize: 2,
  lengths: null,
  tolerance: { rtol: 0, atol: 0, equalNan: false },
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

function measure(lane: Lane, changes: Partial<LaneContext> = {}): LaneNumbers {
  const [numbers] = measureLanes([lane], { ...context, ...changes }, noControl).lanes;
  assert.ok(numbers !== undefined);
  return numbers;
}

/** Both directions of layer 1 and the output made of them. */
function directions(
  ahead: LanePart,
  back: LanePart,
  lengths: readonly number[] | null = null,
): Measured {
  const lanes: Lane[] = [
    { id: "layer1.forward", layer: 1, direction: "forward", units: 1, parts: [ahead], cell: null },
    { id: "layer1.reverse", layer: 1, direction: "reverse", units: 1, parts: [back], cell: null },
    laneOf(ahead, back),
  ];
  return measureLanes(lanes, { ...context, lengths }, noControl);
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
    assert.equal(measure(laneOf(part(ours, ours), part(ours, null))).outsideOfRow, undefined);
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
    measureLanes([laneOf(part(zeros, null))], context, control);
    assert.deepEqual(told, [2 / 3, 1]);
    const stop = (): never => {
      throw new CancelledError();
    };
    const stopping = { ...noControl, check: stop };
    assert.throws(
      () => measureLanes([laneOf(part(zeros, null))], context, stopping),
      CancelledError,
    );
  });
});

describe("the comparison of the output", () => {
  /** The first place outside when the given elements, t · B + batch, differ by 1. */
  const firstOf = (
    ahead: readonly number[],
    back: readonly number[],
    lengths: readonly number[] | null = null,
  ): string => {
    const moved = (places: readonly number[]): LanePart =>
      part(
        zeros.map((_, index) => (places.includes(index) ? 1 : 0)),
        zeros,
      );
    const first = directions(moved(ahead), moved(back), lengths).output?.first;
    return `${first?.layer} ${first?.direction} ${first?.step} ${first?.batch}`;
  };

  it("finds the first place by direction, in the order of processing, batch by batch", () => {
    assert.equal(firstOf([5, 2, 3], [0]), "1 forward 1 0");
    assert.equal(firstOf([], [0, 2, 3]), "1 reverse 1 0");
    assert.equal(firstOf([], [0, 5, 4]), "1 reverse 2 0");
  });

  it("starts the reverse at each sequence's own end, and has the padding last", () => {
    // Batch row 1 has two steps: it is processed at t = 1 while row 0 is at t = 2.
    assert.equal(firstOf([], [2, 3], [3, 2]), "1 reverse 1 1");
    assert.equal(firstOf([], [5, 0], [3, 2]), "1 reverse 0 0");
  });

  it("is that of both directions together", () => {
    const { output, lanes } = directions(part([1, 0, 0, 0, 0, 0], zeros), part(zeros, zeros));
    assert.deepEqual([output?.verdict, output?.outside, output?.total], ["differs", 1, 12]);
    assert.deepEqual(
      lanes.map(({ outside }) => outside),
      [1, 0, 1],
    );
    assert.equal(directions(part(zeros, zeros), part(zeros, zeros)).output?.verdict, "equal");
  });

  it("is not there unless every direction has a reference", () => {
    assert.equal(directions(part(zeros, zeros), part(zeros, null)).output, null);
  });
});
