/** What the panel is told of a unit: whether the reference's step follows from its own state, and what is saturated. */
import assert from "node:assert/strict";
import { laneOf } from "../../../../../src/analysis/lanes";
import { noControl } from "../../../../../src/core/control";
import { createRecomputer } from "../../../../../src/engine/recompute";
import { NotFoundError } from "../../../../../src/core/errors";
import { numDirections, stateSize, type RecurrentConfig } from "../../../../../src/model/config";
import type { UnitExplanation, UnitRequest } from "../../../../../src/protocol/run/unitMessages";
import { executeRun, type RunResult } from "../../../../../src/run/execute";
import { explainPlace } from "../../../../../src/session/views/unit/explanation";
import type { Tensor } from "../../../../../src/tensor/tensor";
import { rnnConfig } from "../../../support/goldens";
import { present } from "../../../support/places";
import { filled, numbersFrom, randomParameters } from "../../../support/runs";

const T = 5;
const I = 2;

function tensor(shape: number[], data: Float64Array): Tensor {
  return { dtype: "float64", shape, data };
}

interface Wanted {
  readonly config: RecurrentConfig;
  /** Factor of every weight. */
  readonly scale?: number;
  readonly lengths?: readonly number[];
}

/** A run of one sequence whose reference is wrong at t = 2 and computes every later step from its own states rightly. */
function wrongTurn({ config, scale = 1, lengths }: Wanted): RunResult {
  const next = numbersFrom(17);
  const parameters = new Map(
    [...randomParameters(config, next)].map(([name, value]) => [
      name,
      { ...value, data: value.data.map((weight) => weight * scale) },
    ]),
  );
  const values = filled(T * I, next);
  const run = (steps: number, from: number, h0: Float64Array | null): RunResult =>
    executeRun(
      {
        config,
        parameters,
        lengths: steps === T ? (lengths ?? null) : null,
        input: tensor([steps, 1, I], values.slice(from * I)),
        h0: h0 === null ? null : tensor([config.numLayers, 1, h0.length], h0),
        c0: null,
        precision: "f64",
        tolerance: {},
        reference: { output: null, hn: null, cn: null },
      },
      { control: noControl },
    );
  const size = stateSize(config);
  const width = size * numDirections(config);
  const lane = { layer: config.numLayers - 1, directionIndex: 0 };
  const output = Float64Array.from(run(T, 0, null).trace.read("h", lane, 0, T));
  output[2 * size] = (output[2 * size] ?? 0) + 0.25;
  if (config.numLayers === 1 && config.cell !== "LSTM") {
    const rest = run(T - 3, 3, output.slice(2 * size, 3 * size)).trace.read("h", lane, 0, T - 3);
    output.set(rest, 3 * size);
  }
  return executeRun(
    {
      config,
      parameters,
      lengths: lengths ?? null,
      input: tensor([T, 1, I], values),
      h0: null,
      c0: null,
      precision: "f64",
      tolerance: {},
      reference: {
        output: width === size ? tensor([T, 1, size], output) : null,
        hn: null,
        cn: null,
      },
    },
    { control: noControl },
  );
}

function explain(run: RunResult, changes: Partial<UnitRequest>): UnitExplanation {
  const { config } = run.forwardInput;
  const request: UnitRequest = {
    layer: config.numLayers - 1,
    direction: "forward",
    step: 2,
    batch: 0,
    unit: 0,
    stateName: "h",
    ...changes,
  };
  const lane = run.lanes.find(({ id }) => id === `layer${request.layer}.${request.direction}`);
  const shown = present(laneOf(present(lane), request.stateName));
  return explainPlace(run, createRecomputer(run.forwardInput, run.trace), shown, request);
}

describe("the reference's own step", () => {
  for (const cell of ["RNN", "GRU"] as const) {
    const run = wrongTurn({ config: rnnConfig({ cell }) });

    it(`does not give the value that is wrong: ${cell}`, () => {
      const { reference, referenceStep } = explain(run, { step: 2 });
      const { numbers, ours } = present(referenceStep);
      const [value = NaN, expected = NaN, delta = NaN, allowed = NaN] = numbers;
      assert.deepEqual(ours, []);
      assert.equal(expected, reference[0]);
      assert.equal(delta, value - expected);
      assert.ok(Math.abs(delta + 0.25) < 1e-12);
      const [, apart = NaN, , relative, ulps = NaN] = reference;
      assert.equal(relative, apart / Math.abs(expected));
      assert.ok(ulps !== 0 && Math.sign(ulps) === Math.sign(apart));
      assert.ok(allowed < 1e-5);
    });

    it(`gives the values behind it, which are other than ours: ${cell}`, () => {
      for (const step of [3, 4]) {
        const { reference, referenceStep } = explain(run, { step });
        assert.ok(Math.abs(reference[1] ?? 0) > 1e-3);
        const { numbers, gates } = present(referenceStep);
        assert.ok(Math.abs(numbers[2] ?? NaN) < 1e-12);
        assert.equal(gates.length, cell === "RNN" ? 1 : 3);
      }
    });

    it(`is ours where the reference agrees: ${cell}`, () => {
      const { value, referenceStep } = explain(run, { step: 1 });
      assert.ok(Math.abs((referenceStep?.numbers[0] ?? NaN) - (value[0] ?? NaN)) < 1e-12);
    });
  }

  it("says what it has to take from our run", () => {
    const config = rnnConfig({ cell: "LSTM", numLayers: 2 });
    assert.deepEqual(explain(wrongTurn({ config }), {}).referenceStep?.ours, ["x", "c"]);
    const single = rnnConfig({ cell: "LSTM" });
    assert.deepEqual(explain(wrongTurn({ config: single }), {}).referenceStep?.ours, ["c"]);
    const stacked = rnnConfig({ cell: "GRU", numLayers: 2 });
    assert.deepEqual(explain(wrongTurn({ config: stacked }), {}).referenceStep?.ours, ["x"]);
  });

  it("is not known at the first step, in the padding, below the last layer and for c", () => {
    const config = rnnConfig({ cell: "LSTM", numLayers: 2 });
    const run = wrongTurn({ config, lengths: [4] });
    for (const changes of [
      { step: 0 },
      { step: 4 },
      { layer: 0 },
      { stateName: "c" },
    ] satisfies Partial<UnitRequest>[]) {
      assert.equal(explain(run, changes).referenceStep, null, JSON.stringify(changes));
    }
    assert.deepEqual([...explain(run, { stateName: "c" }).reference], []);
    assert.equal(explain(run, { step: 0 }).reference.length, 5);
    assert.equal(explain(run, { step: 4 }).valid, false);
  });

  it("of a projected unit has a value and no gates", () => {
    const run = wrongTurn({ config: rnnConfig({ cell: "LSTM", projSize: 2 }) });
    const { numbers, gates } = present(explain(run, {}).referenceStep);
    assert.equal(gates.length, 0);
    assert.ok(Math.abs((numbers[2] ?? NaN) + 0.25) < 1e-12);
  });
});

describe("the reference of a unit", () => {
  it("is that of h_n and c_n at the last step of a lane that the output does not have", () => {
    const config = rnnConfig({ cell: "LSTM", numLayers: 2 });
    const run = wrongTurn({ config, lengths: [4] });
    const [hn, cn] = [9, 7].map((start) => Float64Array.from({ length: 6 }, (_, k) => start + k));
    const ended = { ...run, reference: { ...run.reference, hn: hn ?? null, cn: cn ?? null } };
    const lower = { layer: 0, step: 3, unit: 2 } as const;
    const { value, reference } = explain(ended, lower);
    assert.equal(reference[0], 11);
    assert.equal(reference[1], (value[1] ?? NaN) - 11);
    assert.equal(explain(ended, { ...lower, layer: 1, stateName: "c" }).reference[0], 12);
    assert.equal(explain(ended, { ...lower, step: 2 }).reference.length, 0);
    assert.equal(explain(run, lower).reference.length, 0);
  });

  it("of a reverse lane is that of t = 0", () => {
    const config = rnnConfig({ cell: "GRU", numLayers: 2, bidirectional: true });
    const run = wrongTurn({ config });
    const hn = Float64Array.from({ length: 12 }, (_, k) => k);
    const ended = { ...run, reference: { ...run.reference, hn } };
    const reverse = { layer: 0, direction: "reverse", unit: 1 } as const;
    assert.equal(explain(ended, { ...reverse, step: 0 }).reference[0], 4);
    assert.equal(explain(ended, { ...reverse, step: T - 1 }).reference.length, 0);
  });
});

describe("what is known of the layers below", () => {
  const config = rnnConfig({ numLayers: 3 });
  const units = 3;
  /** h_n as the run gives it, but for one value of a layer. */
  const withWrong = (layer: number): RunResult => {
    const run = wrongTurn({ config });
    const hn = Float64Array.from(run.trace.hn);
    hn[layer * units + 1] = 2;
    return { ...run, reference: { ...run.reference, hn } };
  };

  it("is the nearest lower layer whose h_n is outside tolerance, and where", () => {
    const place = { layer: 0, direction: "forward", step: T - 1, batch: 0, unit: 1 } as const;
    assert.deepEqual(explain(withWrong(0), { step: 0 }).below, { name: "h_n", place });
    const nearer = { ...place, layer: 1 };
    assert.deepEqual(explain(withWrong(1), { step: 0 }).below, { name: "h_n", place: nearer });
  });

  it("is not the layer itself, nor one above", () => {
    assert.equal(explain(withWrong(2), { step: 0 }).below, null);
    assert.equal(explain(withWrong(1), { layer: 1, step: 0 }).below, null);
  });

  it("is nothing without a reference of h_n", () => {
    assert.equal(explain(wrongTurn({ config }), { step: 0 }).below, null);
  });
});

describe("h_n beside the last step", () => {
  const run = wrongTurn({ config: rnnConfig({}) });
  const hn = Float64Array.from(run.trace.hn);
  hn[1] = 2;
  const spoilt: RunResult = { ...run, reference: { ...run.reference, hn } };

  it("is what the reference says of the same state, judged by itself", () => {
    const { value, final } = explain(spoilt, { step: T - 1, unit: 1 });
    const { slot, reference, judgedAs } = present(final);
    const [expected, delta = 0, allowed = NaN] = reference;
    assert.deepEqual([slot, expected, judgedAs], [0, 2, "difference"]);
    assert.ok(Math.abs(delta - ((value[1] ?? NaN) - 2)) < 1e-12);
    assert.ok(Math.abs(delta) > allowed);
  });

  it("is not there before the last step, nor where the reference has one of the two alone", () => {
    assert.equal(explain(spoilt, { step: T - 2, unit: 1 }).final, null);
    assert.equal(explain(run, { step: T - 1, unit: 1 }).final, null);
    const lanes = spoilt.lanes.map((lane) => ({
      ...lane,
      parts: lane.parts.map((part) => ({ ...part, reference: null })),
    }));
    const { final, reference } = explain({ ...spoilt, lanes }, { step: T - 1, unit: 1 });
    assert.equal(final, null);
    assert.equal(reference[0], 2);
  });
});

describe("an explained place", () => {
  it("counts the units whose gates are saturated", () => {
    const calm = explain(wrongTurn({ config: rnnConfig({ cell: "LSTM" }) }), {});
    assert.deepEqual(calm.saturated, [0, 0, 0, 0]);
    const wild = explain(wrongTurn({ config: rnnConfig({ cell: "LSTM" }), scale: 1e4 }), {});
    assert.deepEqual(wild.saturated, [3, 3, 3, 3]);
    const gru = explain(wrongTurn({ config: rnnConfig({ cell: "GRU" }), scale: 1e4 }), {});
    assert.deepEqual(gru.saturated, [3, 3, 3]);
  });

  it("counts the units of a relu that are zero", () => {
    const run = wrongTurn({ config: rnnConfig({ nonlinearity: "relu" }) });
    const values = run.trace.read("h", { layer: 0, directionIndex: 0 }, 2, 3);
    const zeros = values.filter((value) => value === 0).length;
    assert.deepEqual(explain(run, {}).saturated, [zeros]);
  });

  it("has the stored value, the norm, and the shapes of what takes part", () => {
    const config = rnnConfig({ cell: "LSTM", projSize: 2 });
    const run = wrongTurn({ config });
    const { value, norm, shapes, suffix } = explain(run, { stateName: "c", unit: 2 });
    const states = run.trace.read("c", { layer: 0, directionIndex: 0 }, 2, 3);
    assert.deepEqual([...value], [states[2], states[2]]);
    assert.ok(Math.abs((norm[0] ?? NaN) - Math.hypot(...states)) < 1e-12);
    assert.equal(suffix, "_l0");
    assert.deepEqual(
      shapes.map(({ name, axes }) => `${name} ${axes}`),
      [
        ...["x [B 1, T 5, I 2]", "W_ih [4·H 12, I 2]", "W_hh [4·H 12, P 2]"],
        ...["b_ih [4·H 12]", "b_hh [4·H 12]", "W_hr [P 2, H 3]", "h [B 1, P 2]", "c [B 1, H 3]"],
      ],
    );
  });

  it("names parameters without a suffix for a cell class", () => {
    const config = rnnConfig({ cell: "GRU", isCellClass: true });
    assert.equal(explain(wrongTurn({ config }), {}).suffix, "");
  });

  it("can be posted: arrays are exactly sized, and numbers outside them are finite", () => {
    for (const changes of [{ stateName: "c" }, { stateName: "h" }] as const) {
      const run = wrongTurn({ config: rnnConfig({ cell: "LSTM", projSize: 2 }), scale: 1e200 });
      const explained = explain(run, changes);
      assert.deepEqual(structuredClone(explained), explained);
      JSON.stringify(explained, (_, value: unknown) => {
        if (ArrayBuffer.isView(value)) {
          assert.equal(value.byteLength, value.buffer.byteLength);
          return null;
        }
        if (typeof value === "number") assert.ok(Number.isFinite(value));
        return value;
      });
    }
  });

  it("must be inside the run, by the units of what is asked", () => {
    const run = wrongTurn({ config: rnnConfig({ cell: "LSTM", projSize: 2 }) });
    assert.throws(() => explain(run, { unit: 2 }), NotFoundError);
    assert.doesNotThrow(() => explain(run, { unit: 2, stateName: "c" }));
    assert.throws(() => explain(run, { unit: 3, stateName: "c" }), NotFoundError);
    assert.throws(() => explain(run, { step: T }), NotFoundError);
  });
});
