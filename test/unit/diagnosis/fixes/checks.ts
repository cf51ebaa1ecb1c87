/** What the functions of a fix in TypeScript have to give, by their names. */
import assert from "node:assert/strict";
import { fixedAlternatives } from "../../../../src/diagnosis/alternatives/registry";
import type { Case } from "../../../../src/diagnosis/base/model";
import type { FixFrame } from "../../../../src/diagnosis/fixes/fix";
import { sortedRows } from "../../../../src/diagnosis/fixes/lengths";
import { join, afterStep } from "../../../../src/diagnosis/forward/forward";
import { roundToTf32 } from "../../../../src/diagnosis/alternatives/layouts";
import { numDirections, stateSize } from "../../../../src/model/config";
import { swapLeadingAxes } from "../../../../src/tensor/tensor";
import { caseOf, parameterOf } from "./frames";
import { modelOf, returnedOf, runOf, stateOf } from "./network";
import { present } from "../../support/present";

/** What the lines of a fix define. */
export type Lines = Readonly<Record<string, (...args: never[]) => unknown>>;
type Rows = number[][];

/** A fix under test: the lines, the id they mend, and the frame they are written for. */
export interface Tried {
  readonly id: string;
  readonly frame: FixFrame;
  readonly call: (...args: unknown[]) => unknown;
  readonly lines: Lines;
}

const alternativeOf = (id: string) => fixedAlternatives.find((each) => each.id === id);

function near(ours: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(ours.length, expected.length, what);
  for (let k = 0; k < expected.length; k++) {
    assert.ok(
      Math.abs(present(ours[k]) - present(expected[k])) <= 1e-12,
      `${what}, at ${k}: ${ours[k]} ${expected[k]}`,
    );
  }
}

/** Steps of a row out of (T, B, size). */
function rowOf(values: Float64Array, row: number, { seqLength, batchSize }: FixFrame): Rows {
  const size = values.length / (seqLength * batchSize);
  return Array.from({ length: seqLength }, (_, t) => {
    const at = (t * batchSize + row) * size;
    return [...values.subarray(at, at + size)];
  });
}

const lengthOf = ({ lengths, seqLength }: FixFrame, row: number): number =>
  lengths?.[row] ?? seqLength;

/** A recurrence that tells every step, and its states: h, and a count. */
function toyStep(x: readonly number[], h: readonly number[], count: readonly number[]): Rows {
  return [h.map((value, k) => 0.5 * value + present(x[k % x.length])), [present(count[0]) + 1]];
}

/** Outputs of each layer, (T, B, D·R). */
function layerOutputs(frame: FixFrame): Float64Array[] {
  const run = runOf(modelOf(frame));
  return run.lanes.map((lanes) => join(run.model, run.switches, lanes, afterStep));
}

/** By the function that a fix defines: what it has to give. */
export const checks: Readonly<Record<string, (tried: Tried) => void>> = {
  convert({ id, frame, call }) {
    const model = modelOf(frame);
    const the: Case = { ...caseOf(frame), model };
    const singles = (state: Record<string, Float64Array>): Record<string, Float64Array> =>
      Object.fromEntries(Object.entries(state).map(([name, w]) => [name, w.map(Math.fround)]));
    const given = { ...singles(stateOf(frame, model)), "fc.weight": Float64Array.of(1 / 3) };
    const single = { ...model, layers: singleLayers(model) };
    const expected = stateOf(frame, present(present(alternativeOf(id)).edit)(single, the));
    const converted = call(given) as Record<string, Float64Array>;
    assert.deepEqual(Object.keys(converted).sort(), [...Object.keys(expected), "fc.weight"].sort());
    for (const [name, values] of Object.entries(expected))
      near(present(converted[name]), values, name);
    assert.deepEqual(converted["fc.weight"], Float64Array.of(1 / 3));
  },
  rnnStep: checkStep,
  lstmStep: checkStep,
  gruStep: checkStep,
  layerWeights({ frame, call }) {
    const model = modelOf(frame);
    const state = stateOf(frame, model);
    model.layers.forEach((directions, layer) => {
      directions.forEach((weights, direction) => {
        const found = call(state, layer, direction) as Float64Array[];
        const { weightIh, weightHh, biasIh, biasHh, weightHr, peephole } = weights;
        const own = [weightIh, weightHh, biasIh, biasHh, weightHr, peephole];
        assert.deepEqual(
          found,
          own.filter((each) => each !== null),
        );
      });
    });
  },
  start({ frame, call }) {
    const { h0, c0, config, batchSize } = modelOf(frame);
    const D = numDirections(config);
    for (let slot = 0; slot < config.numLayers * D; slot++) {
      for (let row = 0; row < batchSize; row++) {
        const part = (values: Float64Array, size: number): Float64Array =>
          values.slice((slot * batchSize + row) * size, (slot * batchSize + row + 1) * size);
        const h = part(h0, stateSize(config));
        const place = [Math.floor(slot / D), slot % D, row];
        if (c0 === null) assert.deepEqual(call(h0, ...place), h);
        else assert.deepEqual(call(h0, c0, ...place), { h, c: part(c0, config.hiddenSize) });
      }
    }
  },
  zeroStates({ frame, call }) {
    const { h0, c0 } = modelOf(frame);
    const sizes = (call() as Float32Array[]).map(
      (each) => (assert.ok(each.every((v) => v === 0)), each.length),
    );
    assert.deepEqual(sizes, c0 === null ? [h0.length] : [h0.length, c0.length]);
  },
  convertStates({ id, frame, call }) {
    const model = modelOf(frame);
    const { edit } = present(alternativeOf(id));
    if (edit !== undefined) {
      const the: Case = { ...caseOf(frame), model };
      near(call(model.h0) as Float64Array, edit(model, the).h0, "h0");
      return;
    }
    const run = runOf(model);
    const [right, wrong] = [returnedOf(frame, run), returnedOf(frame, run, alternativeOf(id))];
    near(call(wrong.hn) as Float64Array, right.hn, "h_n");
    if (right.cn !== null) near(call(wrong.cn) as Float64Array, right.cn, "c_n");
  },
  convertOutput({ id, frame, call }) {
    const run = runOf(modelOf(frame));
    const wrong = returnedOf(frame, run, alternativeOf(id)).output;
    near(call(wrong) as Float64Array, returnedOf(frame, run).output, "output");
  },
  run({ frame, call }) {
    const { input } = modelOf(frame);
    for (let row = 0; row < frame.batchSize; row++) {
      const xs = rowOf(input, row, frame);
      const length = lengthOf(frame, row);
      let states: Rows = [[0.5, -0.25], [0]];
      const expected = xs.map((x, t) => {
        if (t >= length) return [0, 0];
        states = toyStep(x, present(states[0]), present(states[1]));
        return states[0];
      });
      const found = call(toyStep, xs, [[0.5, -0.25], [0]], length);
      assert.deepEqual(found, { outputs: expected, state: states });
    }
  },
  runReverse({ frame, call }) {
    const { input } = modelOf(frame);
    const run = (xs: Rows): Rows => {
      let states: Rows = [[0.5, -0.25], [0]];
      return xs.map((x) =>
        present((states = toyStep(x, present(states[0]), present(states[1])))[0]),
      );
    };
    for (let row = 0; row < frame.batchSize; row++) {
      const xs = rowOf(input, row, frame);
      const length = lengthOf(frame, row);
      const order = [...xs.keys()].filter((t) => t < length).sort((a, b) => b - a);
      const outputs = run(order.map((t) => present(xs[t])));
      const expected = xs.map((_, t) => (t < length ? outputs[order.indexOf(t)] : [0, 0]));
      assert.deepEqual(call(run, xs, length), expected);
    }
  },
  join({ frame, call }) {
    const R = stateSize(frame.config);
    const output = rowOf(present(layerOutputs(frame).at(-1)), 1, frame);
    const halves = [output.map((h) => h.slice(0, R)), output.map((h) => h.slice(R))];
    assert.deepEqual(call(...halves), output);
  },
  stack({ call }) {
    const layers = [
      (x: Rows) => x.map(([v]) => [present(v) + 1, 2]),
      (x: Rows) => x.map(([v, w]) => [present(v) * present(w)]),
    ];
    assert.deepEqual(call(layers, [[1], [2]]), [[4], [6]]);
  },
  finalStates({ frame, call }) {
    const outputs = layerOutputs(frame);
    const { lanes } = runOf(modelOf(frame));
    const R = stateSize(frame.config);
    for (let row = 0; row < frame.batchSize; row++) {
      const expected = lanes.flat().map(({ hn }) => [...hn.subarray(row * R, (row + 1) * R)]);
      const given = outputs.map((values) => rowOf(values, row, frame));
      assert.deepEqual(call(given, lengthOf(frame, row)), expected);
    }
  },
  restore({ id, frame, call }) {
    const run = runOf(modelOf(frame));
    const own = parameterOf(id, frame);
    const rows = own?.kind === "rows" ? own.rows : sortedRows(present(frame.lengths));
    const { hn } = returnedOf(frame, run);
    const size = stateSize(frame.config);
    near(call(takenRows(hn, rows, size), size) as Float64Array, hn, "h_n");
  },
  sortStates({ frame, call }) {
    const { h0, config } = modelOf(frame);
    const size = stateSize(config);
    near(
      call(h0, size) as Float64Array,
      takenRows(h0, sortedRows(present(frame.lengths)), size),
      "h0",
    );
  },
  restoreUnits({ id, frame, call }) {
    const own = parameterOf(id, frame);
    assert.ok(own?.kind === "units");
    const h = Float64Array.from({ length: 3 * stateSize(frame.config) }, (_, k) => k);
    own.units.forEach((units, slot) => {
      const R = units.length;
      const wrong = h.map((_, k) => present(h[k - (k % R) + present(units[k % R])]));
      near(call(wrong, slot) as Float64Array, h, `slot ${slot}`);
    });
  },
  steps({ frame, call }) {
    const { input, seqLength: T, batchSize: B, config } = modelOf(frame);
    const given = config.batchFirst ? swapLeadingAxes(input, [T, B, config.inputSize]) : input;
    for (let row = 0; row < B; row++) {
      const found = call(given, row) as Float64Array[];
      assert.deepEqual(
        found.map((x) => [...x]),
        rowOf(input, row, frame),
      );
    }
  },
  tf32({ call }) {
    for (const v of [0, 1, -1.3, 1 + 2 ** -11, 3e-5, -700.123])
      assert.equal(call(v), roundToTf32(v));
  },
  widened({ call }) {
    assert.deepEqual(call({ w: [0.5, 0.1] }), { w: Float32Array.of(0.5, 0.1) });
  },
  differing({ call }) {
    const found = call([1, 2, NaN, 4], [1, 2.5, 3, 4]);
    assert.deepEqual(found, [
      { place: 1, ours: 2, reference: 2.5 },
      { place: 2, ours: NaN, reference: 3 },
    ]);
  },
  compare({ call }) {
    const found = call({ a: [1], b: [1, 2], only: [3] }, { a: [1.5], b: [1, 4] });
    assert.deepEqual(found, [
      ["b", 2],
      ["a", 0.5],
    ]);
  },
};

function singleLayers({
  layers,
}: ReturnType<typeof modelOf>): ReturnType<typeof modelOf>["layers"] {
  const single = (values: Float64Array | null): Float64Array | null =>
    values?.map(Math.fround) ?? null;
  return layers.map((directions) =>
    directions.map(({ inputSize, weightIh, weightHh, ...rest }) => ({
      inputSize,
      weightIh: weightIh.map(Math.fround),
      weightHh: weightHh.map(Math.fround),
      biasIh: single(rest.biasIh),
      biasHh: single(rest.biasHh),
      weightHr: single(rest.weightHr),
      peephole: single(rest.peephole),
    })),
  );
}

/** Row j is row `rows[j]` of (count, B, size). */
function takenRows(values: Float64Array, rows: readonly number[], size: number): Float64Array {
  const B = rows.length;
  const from = (at: number): number => at - (at % B) + present(rows[at % B]);
  return values.map((_, k) => present(values[from(Math.floor(k / size)) * size + (k % size)]));
}

/** One step of the first lane, against the readable forward with the switches of the module. */
function checkStep({ frame, call, lines }: Tried): void {
  const model = modelOf(frame);
  const { config } = model;
  const lane = present(present(runOf(model).lanes[0])[0]);
  const state = stateOf(frame, model);
  const weights = (lines["weights"] as unknown as string[]).map((name) => state[name]);
  const part = (values: Float64Array, step: number, size: number): Float64Array =>
    values.subarray(step * size, (step + 1) * size);
  const xs = rowOf(model.input, 0, frame);
  const [R, H] = [stateSize(config), config.hiddenSize];
  const h = part(lane.h, 0, R);
  if (config.cell === "LSTM") {
    const found = call(xs[1], h, part(lane.c, 0, H), ...weights) as { h: number[]; c: number[] };
    near(found.h, part(lane.h, 1, R), "h");
    near(found.c, part(lane.c, 1, H), "c");
  } else {
    near(call(xs[1], h, ...weights) as number[], part(lane.h, 1, R), "h");
  }
}
