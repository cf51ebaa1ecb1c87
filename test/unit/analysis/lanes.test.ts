/** Lanes: which there are, how directions are split and joined, in which order they are compared. */
import assert from "node:assert/strict";
import {
  buildLanes,
  finalStateRows,
  joinDirections,
  lastStep,
  measureLane,
  outputRows,
  splitDirections,
  type Lane,
  type LaneContext,
  type LanePart,
} from "../../../src/analysis/lanes";
import { forward } from "../../../src/engine/forward";
import { rnnConfig } from "../support/goldens";
import { randomRun } from "../support/runs";

const config = rnnConfig({ numLayers: 2, bidirectional: true });
const context: LaneContext = {
  seqLength: 3,
  batchSize: 2,
  lengths: null,
  tolerance: { rtol: 0, atol: 0, equalNan: false },
};

function part(ours: readonly number[], reference: readonly number[] | null, units = 1): LanePart {
  return {
    units,
    ours: Float64Array.from(ours),
    reference: reference === null ? null : Float64Array.from(reference),
    noise: null,
  };
}

function laneOf(...parts: LanePart[]): Lane {
  const units = parts.reduce((sum, each) => sum + each.units, 0);
  return { id: "output", layer: null, direction: null, units, parts };
}

describe("buildLanes", () => {
  const run = randomRun({ config, seed: 4, seqLength: 3, batchSize: 2 });
  const trace = forward(run);
  const reference = [new Float64Array(18), new Float64Array(18)];
  const lanes = buildLanes(run, trace, reference, null);

  it("stacks input, each direction of each layer, output", () => {
    assert.deepEqual(
      lanes.map(({ id, units }) => `${id} ${units}`),
      [
        "input 2",
        "layer0.forward 3",
        "layer0.reverse 3",
        "layer1.forward 3",
        "layer1.reverse 3",
        "output 6",
      ],
    );
  });

  it("gives the reference to the last layer and the output only", () => {
    assert.deepEqual(
      lanes.map(({ parts }) => parts.map((each) => reference.indexOf(each.reference as never))),
      [[-1], [-1], [-1], [0], [1], [0, 1]],
    );
  });

  it("shows the states of the trace, not copies", () => {
    assert.equal(lanes[4]?.parts[0]?.ours, trace.states[1]?.[1]);
    assert.equal(lanes[0]?.parts[0]?.ours, run.input);
  });
});

describe("splitDirections and joinDirections", () => {
  it("put forward before reverse in every row", () => {
    const joined = Float32Array.of(1, 2, -1, -2, 3, 4, -3, -4);
    const [ahead, back] = splitDirections(joined, 2, 2);
    assert.deepEqual([...(ahead ?? [])], [1, 2, 3, 4]);
    assert.deepEqual([...(back ?? [])], [-1, -2, -3, -4]);
    assert.deepEqual(joinDirections(splitDirections(joined, 2, 2), 2), joined);
  });

  it("leave one direction as it is and keep the element type", () => {
    const values = new Float64Array(4);
    assert.equal(splitDirections(values, 1, 2)[0], values);
    assert.equal(joinDirections([values], 2), values);
    assert.ok(joinDirections([values, values], 2) instanceof Float64Array);
    assert.ok(splitDirections(new Float32Array(4), 2, 1)[1] instanceof Float32Array);
  });
});

describe("the order of comparison", () => {
  it("of the output: by direction, each in its order of processing, batch by batch", () => {
    const lane = part([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]);
    const rows = [...outputRows(1, [lane, lane], { ...context, lengths: [3, 2] })];
    assert.deepEqual(
      rows.map(({ layer, direction, step, batch }) => `${layer} ${direction} ${step} ${batch}`),
      [
        ...["1 forward 0 0", "1 forward 0 1", "1 forward 1 0", "1 forward 1 1"],
        ...["1 forward 2 0", "1 forward 2 1"],
        ...["1 reverse 2 0", "1 reverse 1 1", "1 reverse 1 0", "1 reverse 0 1"],
        ...["1 reverse 0 0", "1 reverse 2 1"],
      ],
    );
    assert.deepEqual(rows.map(({ oursOffset }) => oursOffset).slice(6), [4, 3, 2, 1, 0, 5]);
  });

  it("of h_n: layer by layer, forward before reverse, at the step that was processed last", () => {
    const run = randomRun({ config, seed: 5, seqLength: 3, batchSize: 2, lengths: [3, 2] });
    const rows = [...finalStateRows(run, forward(run), new Float64Array(24), null)];
    assert.deepEqual(
      rows.map(({ layer, direction, step, batch }) => `${layer} ${direction} ${step} ${batch}`),
      [
        ...["0 forward 2 0", "0 forward 1 1", "0 reverse 0 0", "0 reverse 0 1"],
        ...["1 forward 2 0", "1 forward 1 1", "1 reverse 0 0", "1 reverse 0 1"],
      ],
    );
    assert.deepEqual(
      rows.map(({ oursOffset }) => oursOffset),
      [0, 3, 6, 9, 12, 15, 18, 21],
    );
  });

  it("takes the allowance of the place", () => {
    const noise = Float64Array.of(1, 2, 3, 4, 5, 6);
    const lane = { ...part([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]), noise };
    assert.deepEqual(
      [...outputRows(0, [lane], context)].map((row) => row.noise),
      [...noise],
    );
    const run = randomRun({ config: rnnConfig(), seed: 6, seqLength: 3, batchSize: 2 });
    const measured = { floor: 0, allowance: [[noise]] };
    const rows = [...finalStateRows(run, forward(run), new Float64Array(6), measured)];
    assert.deepEqual(
      rows.map((row) => row.noise),
      [5, 6],
    );
  });

  it("ends at a sequence's length, and at step 0 in reverse", () => {
    const run = { lengths: [3, 2], seqLength: 4 };
    assert.equal(lastStep(run, "forward", 1), 1);
    assert.equal(lastStep({ ...run, lengths: null }, "forward", 1), 3);
    assert.equal(lastStep(run, "reverse", 1), 0);
  });
});

describe("measureLane", () => {
  it("has the range of what is finite, and [0, 0] when nothing is", () => {
    const lane = laneOf(part([NaN, -2, Infinity, 5, 0, 1], null));
    const { range, deltaRange, outside, total } = measureLane(lane, context);
    assert.deepEqual([range, deltaRange, outside, total], [[-2, 5], [0, 0], 0, 6]);
    assert.deepEqual(measureLane(laneOf(part([NaN, Infinity], null)), context).range, [0, 0]);
  });

  it("counts what is outside over all parts, NaN among it", () => {
    const ours = [1, 2, NaN, 4, 5, 6];
    const lane = laneOf(part(ours, [1, 0, 3, 4, 5, 9]), part(ours, ours));
    const { outside, total, deltaRange } = measureLane(lane, context);
    assert.deepEqual([outside, total, deltaRange], [4, 12, [-3, 2]]);
    const equalNan = { ...context, tolerance: { ...context.tolerance, equalNan: true } };
    assert.equal(measureLane(lane, equalNan).outside, 3);
  });

  it("allows each row its own noise", () => {
    const lane = laneOf({
      ...part([1, 1, 1, 1], [0, 0, 0, 0], 2),
      noise: Float64Array.of(1, 0.5),
    });
    assert.equal(measureLane(lane, context).outside, 2);
  });
});
