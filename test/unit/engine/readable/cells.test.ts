/** One step of each cell with one unit, against its equations written out with the same numbers. */
import assert from "node:assert/strict";
import {
  createCell,
  widenWeights,
  type CellState,
  type StepRecord,
} from "../../../../src/engine/readable/cells";
import type { Precision } from "../../../../src/engine/base/engine";
import { roundingOf, roundToFloat16 } from "../../../../src/engine/base/rounding";
import type { LayerWeights } from "../../../../src/model/bind";
import { pytorchVariant, type CellKind, type CellVariant } from "../../../../src/model/config";

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** One input, one unit. Blocks in PyTorch's order; peephole i, f, o. */
interface Unit {
  readonly cell: CellKind;
  readonly weightIh: readonly number[];
  readonly weightHh: readonly number[];
  readonly biasIh?: readonly number[];
  readonly biasHh?: readonly number[];
  readonly peephole?: readonly number[];
  readonly variant?: Partial<CellVariant>;
  readonly precision?: Precision;
}

/** A step from h and c at x. */
function step(
  unit: Unit,
  { x, h, c = 0 }: { x: number; h: number; c?: number },
): { h: number; c: number; record: StepRecord } {
  const array = (values: readonly number[] | undefined): Float64Array | null =>
    values === undefined ? null : Float64Array.from(values);
  const weights: LayerWeights = {
    inputSize: 1,
    hiddenSize: 1,
    stateSize: 1,
    weightHr: null,
    weightIh: Float64Array.from(unit.weightIh),
    weightHh: Float64Array.from(unit.weightHh),
    biasIh: array(unit.biasIh),
    biasHh: array(unit.biasHh),
    peephole: array(unit.peephole),
  };
  const variant = { ...pytorchVariant, ...unit.variant };
  const config = { cell: unit.cell, nonlinearity: "tanh", variant } as const;
  const cell = createCell(config, widenWeights(weights), roundingOf(unit.precision ?? "f64"));
  const state = (hidden: number, memory: number): CellState => ({
    h: Float64Array.of(hidden),
    c: unit.cell === "LSTM" ? Float64Array.of(memory) : null,
  });
  const next = state(NaN, NaN);
  cell.step(Float64Array.of(x), state(h, c), next);
  return { h: next.h[0] ?? NaN, c: next.c?.[0] ?? NaN, record: cell.record };
}

function assertClose(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 1e-15, `${found}, not ${expected}`);
}

const lstm = {
  cell: "LSTM",
  weightIh: [0.5, -0.25, 1.5, 0.75],
  weightHh: [0.3, 0.6, -0.9, 1.2],
  biasIh: [0.1, 0.2, 0.3, 0.4],
  biasHh: [-0.4, 0.3, -0.2, 0.1],
} as const satisfies Unit;

const gru = {
  cell: "GRU",
  weightIh: [0.5, -0.25, 1.5],
  weightHh: [0.3, 0.6, -0.9],
  biasIh: [0.1, 0.2, 0.3],
  biasHh: [-0.4, 0.3, -0.2],
} as const satisfies Unit;

/** Sum of block k at x and h. */
const sum = (unit: typeof lstm | typeof gru, k: number, x: number, h: number): number =>
  (unit.weightIh[k] ?? 0) * x +
  (unit.biasIh[k] ?? 0) +
  (unit.weightHh[k] ?? 0) * h +
  (unit.biasHh[k] ?? 0);

const at = { x: 0.8, h: -0.5, c: 0.7 };

describe("an LSTM step", () => {
  const [i, f, g, o] = [0, 1, 2, 3].map((k) => sum(lstm, k, at.x, at.h)) as [
    number,
    number,
    number,
    number,
  ];

  it("applies the forget, input and output gates", () => {
    const c = sigmoid(f) * at.c + sigmoid(i) * Math.tanh(g);
    const found = step(lstm, at);
    assertClose(found.c, c);
    assertClose(found.h, sigmoid(o) * Math.tanh(c));
    [sigmoid(i), sigmoid(f), Math.tanh(g), sigmoid(o)].forEach((gate, k) => {
      assertClose(found.record.gates[k] ?? NaN, gate);
    });
    [i, f, g, o].forEach((value, k) => {
      assertClose(found.record.preActivations[k] ?? NaN, value);
    });
  });

  it("with peepholes uses the previous c for i and f, and the new c for o", () => {
    const [pi, pf, po] = [0.9, -1.1, 0.7];
    const variant = { peephole: true };
    const c = sigmoid(f + pf * at.c) * at.c + sigmoid(i + pi * at.c) * Math.tanh(g);
    const found = step({ ...lstm, peephole: [pi, pf, po], variant }, at);
    assertClose(found.c, c);
    assertClose(found.h, sigmoid(o + po * c) * Math.tanh(c));
  });

  it("with coupled gates has f = 1 − i", () => {
    const c = (1 - sigmoid(i)) * at.c + sigmoid(i) * Math.tanh(g);
    const found = step({ ...lstm, variant: { coupledInputForget: true } }, at);
    assertClose(found.c, c);
    assertClose(found.record.gates[1] ?? NaN, 1 - sigmoid(i));
  });

  it("with clip limits the arguments of its gates, peepholes included, and neither c nor tanh(c)", () => {
    const clip = 0.2;
    const limit = (value: number): number => Math.max(-clip, Math.min(clip, value));
    const unit = { ...lstm, peephole: [3, 3, -3], variant: { clip, peephole: true } };
    const before = 5;
    const c =
      sigmoid(limit(f + 3 * before)) * before +
      sigmoid(limit(i + 3 * before)) * Math.tanh(limit(g));
    const found = step(unit, { ...at, c: before });
    assertClose(found.c, c);
    assert.ok(c > clip);
    assertClose(found.h, sigmoid(limit(o - 3 * c)) * Math.tanh(c));
  });

  it("with clip keeps NaN and stops infinities", () => {
    const unit = { ...lstm, variant: { clip: 3 } };
    assert.ok(Number.isNaN(step(unit, { ...at, x: NaN }).h));
    assert.ok(Number.isFinite(step(unit, { ...at, x: Infinity }).h));
    assert.equal(step(unit, { ...at, x: Infinity }).record.preActivations[0], 3);
    assert.equal(step(unit, { ...at, x: Infinity }).record.preActivations[1], -3);
  });

  it("with hard sigmoids limits a linear function to 0 and 1", () => {
    const gateActivation = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;
    const unit = { ...lstm, variant: { gateActivation } };
    const hard = (value: number): number => Math.max(0, Math.min(1, 0.2 * value + 0.5));
    const c = hard(f) * at.c + hard(i) * Math.tanh(g);
    assertClose(step(unit, at).h, hard(o) * Math.tanh(c));
    const { gates } = step(unit, { ...at, x: 10 }).record;
    // i is 0.2·4.55 + 0.5 and more than 1, f is 0.2·(−2.3) + 0.5.
    assert.equal(gates[0], 1);
    assertClose(gates[1] ?? NaN, hard(sum(lstm, 1, 10, at.h)));
    assert.equal(step(unit, { ...at, x: -20 }).record.gates[0], 0);
  });
});

describe("a GRU step", () => {
  const [r, z] = [sigmoid(sum(gru, 0, at.x, at.h)), sigmoid(sum(gru, 1, at.x, at.h))];
  const given = gru.weightIh[2] * at.x + gru.biasIh[2];

  it("scales the product and its bias by the reset gate", () => {
    const n = Math.tanh(given + r * (gru.weightHh[2] * at.h + gru.biasHh[2]));
    const found = step(gru, at);
    assertClose(found.h, (1 - z) * n + z * at.h);
    assertClose(found.record.recurrent[2] ?? NaN, gru.weightHh[2] * at.h + gru.biasHh[2]);
  });

  it("with the reset before the product scales h, and not the bias", () => {
    const n = Math.tanh(given + gru.weightHh[2] * (r * at.h) + gru.biasHh[2]);
    const found = step({ ...gru, variant: { resetAfter: false } }, at);
    assertClose(found.h, (1 - z) * n + z * at.h);
    assert.notEqual(found.h, step(gru, at).h);
  });

  it("with clip limits the sums of r, z and n", () => {
    const clip = 0.1;
    const limit = (value: number): number => Math.max(-clip, Math.min(clip, value));
    const reset = sigmoid(limit(sum(gru, 0, at.x, at.h)));
    const update = sigmoid(limit(sum(gru, 1, at.x, at.h)));
    const n = Math.tanh(limit(given + reset * (gru.weightHh[2] * at.h + gru.biasHh[2])));
    assertClose(step({ ...gru, variant: { clip } }, at).h, (1 - update) * n + update * at.h);
  });
});

describe("an RNN step", () => {
  const rnn = {
    cell: "RNN",
    weightIh: [1.5],
    weightHh: [0.5],
    biasIh: [0.25],
    biasHh: [-1],
  } as const;

  it("applies tanh to the sum of both products and both biases", () => {
    const total = 1.5 * 0.8 + 0.25 + 0.5 * -0.5 - 1;
    assertClose(step(rnn, at).h, Math.tanh(total));
    assertClose(step({ ...rnn, variant: { clip: 0.125 } }, at).h, Math.tanh(0.125));
  });

  it("in float16 rounds each product, the sum and the result", () => {
    const x = roundToFloat16(0.8);
    const ofInput = roundToFloat16(1.5 * x + 0.25);
    const ofState = roundToFloat16(0.5 * -0.5 - 1);
    const expected = roundToFloat16(Math.tanh(roundToFloat16(ofInput + ofState)));
    assert.equal(step({ ...rnn, precision: "f16" }, { x, h: -0.5 }).h, expected);
    assert.notEqual(expected, Math.tanh(1.5 * x + 0.25 - 0.25 - 1));
  });
});
