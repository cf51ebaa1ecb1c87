/** Lanes: which there are, how directions are joined, where sequences end. */
import assert from "node:assert/strict";
import { buildLanes, joinDirections, laneOf, lastStep } from "../../../src/analysis/lanes";
import { forward } from "../../../src/engine/forward";
import { rnnConfig } from "../support/goldens";
import { randomRun, statesOf } from "../support/runs";
import { wholeOf } from "../support/steps";

const config = rnnConfig({ numLayers: 2, bidirectional: true });

describe("buildLanes", () => {
  const run = randomRun({ config, seed: 4, seqLength: 3, batchSize: 2 });
  const trace = forward(run);
  const reference = Float64Array.from({ length: 36 }, (_, index) => index);
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

  it("gives the directions of the reference to the last layer, and both to the output", () => {
    const first = lanes.map(({ parts }) =>
      parts.map((part) => wholeOf(part.reference, 3).slice(0, 6).join(" ")),
    );
    const [ahead, back] = ["0 1 2 6 7 8", "3 4 5 9 10 11"];
    assert.deepEqual(first, [[""], [""], [""], [ahead], [back], [ahead, back]]);
  });

  it("reads the states of the trace, and the input", () => {
    const states = [
      [...run.input],
      ...statesOf(run, trace)
        .flat()
        .map((lane) => [...lane]),
    ];
    assert.deepEqual(
      lanes.slice(0, -1).map(({ parts }) => wholeOf(parts[0]?.ours, 3)),
      states,
    );
  });

  it("has the parts of the last layer for the output, not others", () => {
    assert.deepEqual(
      lanes[5]?.parts.map((part) => lanes.findIndex(({ parts }) => parts[0] === part)),
      [3, 4],
    );
  });

  it("has c for the layers of an LSTM, and nothing where there is none", () => {
    const lstm = rnnConfig({ cell: "LSTM", projSize: 2 });
    const other = randomRun({ config: lstm, seed: 5, seqLength: 3, batchSize: 1 });
    const [input, layer, output] = buildLanes(other, forward(other), null, null);
    assert.ok(input !== undefined && layer !== undefined && output !== undefined);
    const c = laneOf(layer, "c");
    assert.deepEqual([layer.units, c?.units, output.units], [2, 3, 2]);
    assert.deepEqual(wholeOf(c?.parts[0]?.ours, 3), [
      ...(statesOf(other, forward(other), "c")[0]?.[0] ?? []),
    ]);
    assert.deepEqual([laneOf(input, "c"), laneOf(output, "c")], [null, null]);
    assert.equal(laneOf(layer, "h"), layer);
  });
});

describe("joinDirections", () => {
  it("puts forward before reverse in every row", () => {
    const [ahead, back] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(-1, -2, -3, -4)];
    const joined = joinDirections([ahead, back], 2);
    assert.deepEqual(joined, Float32Array.of(1, 2, -1, -2, 3, 4, -3, -4));
  });

  it("leaves one direction as it is and keeps the element type", () => {
    const values = new Float64Array(4);
    assert.equal(joinDirections([values], 2), values);
    assert.ok(joinDirections([values, values], 2) instanceof Float64Array);
  });
});

describe("the last step", () => {
  it("ends at a sequence's length, and at step 0 in reverse", () => {
    const run = { lengths: [3, 2], seqLength: 4 };
    assert.equal(lastStep(run, "forward", 1), 1);
    assert.equal(lastStep({ ...run, lengths: null }, "forward", 1), 3);
    assert.equal(lastStep(run, "reverse", 1), 0);
    assert.equal(lastStep({ ...run, lengths: [0] }, "forward", 0), 0);
  });
});
