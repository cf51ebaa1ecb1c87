/** Windows of gates: the values of the inspector over time, with what a reference has of them. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { createRecomputer } from "../../../../src/engine/recompute";
import type { WindowRequest } from "../../../../src/protocol/run/windowMessages";
import { executeRun, type RunResult } from "../../../../src/run/execute";
import type { StateReference } from "../../../../src/run/inputs";
import { gatesOf, GateWindows } from "../../../../src/session/views/gates";
import { randomInputs } from "../../diagnosis/cases";

const [T, B, H] = [6, 2, 4];
const inputs = randomInputs({
  config: { cell: "LSTM", inputSize: 3, hiddenSize: H, numLayers: 2, bidirectional: true },
  ...{ seqLength: T, batchSize: B },
});
const forget = { layer: 1, direction: "reverse", quantity: "f" } as const;

function gateAt(run: RunResult, step: number, batch: number): number[] {
  const place = { ...forget, step, batch };
  const gates = createRecomputer(run.forwardInput, run.trace).step(place)?.record.gates ?? [];
  return [...gates.slice(H, 2 * H)].map(Math.fround);
}

const request: WindowRequest = {
  lane: "layer1.reverse.f",
  stateName: "h",
  side: "ours",
  batch: 1,
  stepStart: 1,
  stepEnd: 5,
  unitStart: 0,
  unitEnd: H,
  maxColumns: 99,
  maxRows: 99,
};

function windows(run: RunResult): GateWindows {
  return new GateWindows(run, createRecomputer(run.forwardInput, run.trace));
}

describe("windows of gates", () => {
  const run = executeRun({ ...inputs }, { control: noControl });

  it("have the gate of each step and unit, of one row of the batch", () => {
    const { rows, columns, values, computed } = windows(run).read(forget, request);
    assert.deepEqual([rows, columns, computed], [H, 4, undefined]);
    for (let column = 0; column < columns; column++) {
      const own = Array.from({ length: H }, (_, unit) => values[unit * columns + column]);
      assert.deepEqual(own, gateAt(run, 1 + column, 1));
    }
  });

  it("tell how far from one half the gate is, whatever part of it is asked for", () => {
    const own = windows(run);
    const { span = 0 } = own.read(forget, request);
    const all = Array.from({ length: T }, (_, step) => gateAt(run, step, 1)).flat();
    assert.ok(Math.abs(span - Math.max(...all.map((value) => Math.abs(value - 0.5)))) < 1e-6);
    assert.equal(own.read(forget, { ...request, stepEnd: 2 }).span, span);
    assert.equal(own.read(forget, { ...request, side: "delta" }).span, undefined);
  });

  it("have nothing in the padding", () => {
    const packed = executeRun({ ...inputs, lengths: [6, 3] }, { control: noControl });
    const { valid } = windows(packed).read(forget, { ...request, unitEnd: 1 });
    assert.deepEqual([...valid], [1, 1, 0, 0]);
  });

  it("compare with the gates that a reference has", () => {
    const values = new Float64Array(T * B * H);
    for (let step = 0; step < T; step++) {
      for (let batch = 0; batch < B; batch++) {
        values.set(gateAt(run, step, batch), (step * B + batch) * H);
      }
    }
    const wrong = (2 * B + 1) * H + 3;
    values[wrong] = (values[wrong] ?? 0) + 0.5;
    const shape = [T, B, H];
    const state: StateReference = {
      ...forget,
      ...{ values, dtype: "float64", found: shape, expected: shape },
    };
    const compared = executeRun({ ...inputs, states: [state] }, { control: noControl });
    const data = windows(compared).read(forget, { ...request, side: "delta" });
    assert.deepEqual(
      [...data.outside.keys()].filter((cell) => data.outside[cell] === 1),
      [13],
    );
    assert.ok(Math.abs((data.values[13] ?? 0) + 0.5) < 1e-6);
    const each = gatesOf(compared, forget)?.each ?? [];
    assert.deepEqual(
      each.map(({ letter, reference, outside }) => [letter, reference, outside]),
      [
        ["i", "none", 0],
        ["f", "full", 1],
        ["g", "none", 0],
        ["o", "none", 0],
      ],
    );
  });

  it("say how many steps were computed where all of them take too long", () => {
    const large = randomInputs({
      config: { cell: "GRU", inputSize: 600, hiddenSize: 600, numLayers: 1, bidirectional: false },
      ...{ seqLength: 80, batchSize: 1 },
    });
    const slow = executeRun(large, { control: noControl });
    const whole = { ...request, lane: "layer0.forward.z", batch: 0, stepStart: 0 } as const;
    const reset = { layer: 0, direction: "forward", quantity: "z" } as const;
    const data = windows(slow).read(reset, { ...whole, stepEnd: 80 });
    const steps = gatesOf(slow, reset)?.atOnce ?? 0;
    assert.deepEqual(data.computed, { steps, of: 80 });
    assert.equal(data.columns, data.computed.steps);
    const all = windows(slow).read(reset, { ...whole, stepEnd: 10 });
    assert.equal(all.computed, undefined);
  });

  it("are not offered by an RNN", () => {
    const plain = randomInputs({
      config: { cell: "RNN", inputSize: 3, hiddenSize: H, numLayers: 1, bidirectional: false },
      ...{ seqLength: T, batchSize: B },
    });
    const rnn = executeRun(plain, { control: noControl });
    assert.equal(gatesOf(rnn, { layer: 0, direction: "forward" }), undefined);
  });
});
