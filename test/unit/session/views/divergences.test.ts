/** The walk through the steps that differ. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import type { DivergenceRequest } from "../../../../src/protocol/run/windowMessages";
import { executeRun, type RunResult } from "../../../../src/run/execute";
import { Divergences } from "../../../../src/session/views/divergences";
import { resultTensors } from "../../../../src/session/results";
import type { Tensor } from "../../../../src/tensor/tensor";
import { present } from "../../support/present";
import { randomInputs } from "../../diagnosis/cases";

const [T, B, H] = [6, 2, 4];
const inputs = randomInputs({
  config: { cell: "LSTM", inputSize: 3, hiddenSize: H, numLayers: 1, bidirectional: true },
  ...{ seqLength: T, batchSize: B },
});
/** Step, row of the batch, column of the output, and how much is added to it; forward units come first. */
type Spoilt = readonly [step: number, batch: number, column: number, by: number];

function runWith(...spoilt: readonly Spoilt[]): RunResult {
  return withFinals([], ...spoilt);
}

/** `finals`: row of h_n, which is slot · B + batch, unit, and how much is added to it. */
function withFinals(
  finals: readonly (readonly [row: number, unit: number, by: number])[],
  ...spoilt: readonly Spoilt[]
): RunResult {
  const plain = executeRun({ ...inputs }, { control: noControl });
  const own = present(resultTensors(plain, { states: false }).get("output"));
  const data = Float64Array.from(own.data as Float32Array);
  for (const [step, batch, column, by] of spoilt) {
    const at = (step * B + batch) * 2 * H + column;
    data[at] = (data[at] ?? 0) + by;
  }
  const output: Tensor = { dtype: "float64", shape: own.shape, data };
  const hn = present(resultTensors(plain, { states: false }).get("h_n"));
  const last = Float64Array.from(hn.data as Float32Array);
  for (const [row, unit, by] of finals) last[row * H + unit] = (last[row * H + unit] ?? 0) + by;
  const reference = {
    ...inputs.reference,
    output,
    hn: finals.length === 0 ? null : ({ dtype: "float64", shape: hn.shape, data: last } as const),
  };
  return executeRun({ ...inputs, reference }, { control: noControl });
}

const run = runWith([4, 0, 1, 0.1], [1, 0, 2, 0.1], [1, 0, 3, 0.2], [2, 0, H, 0.1], [5, 1, 0, 0.9]);
const walk = new Divergences(run);

function find(
  want: DivergenceRequest["want"],
  from: Partial<DivergenceRequest["from"]> = {},
  on = walk,
): unknown {
  const start = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 0 } as const;
  const { place } = on.find({ want, from: { ...start, ...from }, stateName: "h" });
  return place === null ? null : [place.direction, place.step, place.batch, place.unit];
}

describe("the walk through the differences", () => {
  it("begins with the first in the order of processing, at the value that is off most", () => {
    assert.deepEqual(find("first", { step: 5 }), ["forward", 1, 0, 3]);
  });

  it("goes on along the lane, to the lane above, to the next row of the batch, and round", () => {
    assert.deepEqual(find("next"), ["forward", 1, 0, 3]);
    assert.deepEqual(find("next", { step: 1 }), ["forward", 4, 0, 1]);
    assert.deepEqual(find("next", { step: 4 }), ["reverse", 2, 0, 0]);
    assert.deepEqual(find("next", { direction: "reverse", step: 2 }), ["forward", 5, 1, 0]);
    assert.deepEqual(find("next", { step: 5, batch: 1 }), ["forward", 1, 0, 3]);
  });

  it("goes the same way back", () => {
    assert.deepEqual(find("previous", { step: 4 }), ["forward", 1, 0, 3]);
    assert.deepEqual(find("previous", { step: 1 }), ["forward", 5, 1, 0]);
  });

  it("finds the largest of all rows of the batch", () => {
    assert.deepEqual(find("worst"), ["forward", 5, 1, 0]);
  });

  it("reaches values of h_n at the steps that end in them, though these agree", () => {
    const finals = withFinals([
      [0, 2, 0.3],
      [2, 1, 0.1],
      [2, 3, -0.2],
      [3, 0, 0.4],
    ]);
    const on = new Divergences(finals);
    assert.deepEqual(find("first", {}, on), ["forward", T - 1, 0, 2]);
    assert.deepEqual(find("next", { step: T - 1 }, on), ["reverse", 0, 0, 3]);
    assert.deepEqual(find("next", { direction: "reverse" }, on), ["reverse", 0, 1, 0]);
    assert.deepEqual(find("worst", {}, on), ["reverse", 0, 1, 0]);
  });

  it("stands at the last step with what is off most there, the step's own value or that of h_n", () => {
    const more = new Divergences(withFinals([[0, 2, 0.3]], [T - 1, 0, 1, 0.1]));
    assert.deepEqual(find("first", {}, more), ["forward", T - 1, 0, 2]);
    assert.equal(find("next", { step: T - 1 }, more)?.toString(), `forward,${T - 1},0,2`);
    const less = new Divergences(withFinals([[0, 2, 0.1]], [T - 1, 0, 1, 0.3]));
    assert.deepEqual(find("first", {}, less), ["forward", T - 1, 0, 1]);
  });

  it("leads nowhere where nothing differs", () => {
    const from = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 0 } as const;
    const { place } = new Divergences(runWith()).find({ want: "next", from, stateName: "h" });
    assert.equal(place, null);
  });
});
