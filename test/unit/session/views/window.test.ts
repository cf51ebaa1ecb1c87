/** Windows of a lane: exact cells, aggregation that keeps the worst, clamping, curves and final states. */
import assert from "node:assert/strict";
import type { Lane, LaneContext } from "../../../../src/analysis/lanes";
import { arraySteps } from "../../../../src/analysis/steps";
import type { WindowRequest } from "../../../../src/protocol/run/windowMessages";
import { readFinalStates, type FinalStatesRun } from "../../../../src/session/views/finals";
import { readTimeline } from "../../../../src/session/views/timeline";
import { readWindow } from "../../../../src/session/views/window";
import { rnnConfig } from "../../support/goldens";
import { wholeOf } from "../../support/steps";

/** A lane of one part whose value at (t, b, u) is 100·t + 10·b + u. */
function numbered(seqLength: number, batchSize: number, units: number): [Lane, LaneContext] {
  const ours = Float64Array.from({ length: seqLength * batchSize * units }, (_, index) => {
    const row = Math.floor(index / units);
    return 100 * Math.floor(row / batchSize) + 10 * (row % batchSize) + (index % units);
  });
  const lane: Lane = {
    id: "layer0.forward",
    layer: 0,
    direction: "forward",
    units,
    parts: [{ units, ours: arraySteps(ours, batchSize * units), reference: null, noise: null }],
    cell: null,
  };
  const tolerance = { rtol: 0, atol: 0, equalNan: false };
  return [lane, { seqLength, batchSize, lengths: null, tolerance, precision: "f32" }];
}

function request(changes: Partial<WindowRequest>): WindowRequest {
  return {
    lane: "layer0.forward",
    stateName: "h",
    side: "ours",
    batch: 0,
    stepStart: 0,
    stepEnd: 1e9,
    unitStart: 0,
    unitEnd: 1e9,
    maxColumns: 1e9,
    maxRows: 1e9,
    ...changes,
  };
}

/** The same lane beside a reference of its values plus `delta`. */
function compared([lane, context]: [Lane, LaneContext], delta: number): [Lane, LaneContext] {
  const { seqLength, batchSize } = context;
  const parts = lane.parts.map((part) => {
    const moved = wholeOf(part.ours, seqLength).map((value) => value + delta);
    const reference = arraySteps(Float64Array.from(moved), batchSize * part.units);
    return { ...part, reference };
  });
  return [{ ...lane, parts }, context];
}

/** Overwrites the first values of one side of a lane's first part. */
function overwrite(lane: Lane, side: "ours" | "reference", values: readonly number[]): void {
  lane.parts[0]?.[side]?.read(0, 1e9).set(values);
}

describe("readWindow", () => {
  it("gives units as rows and steps as columns", () => {
    const [lane, context] = numbered(3, 2, 2);
    const window = readWindow(lane, request({ batch: 1 }), context);
    assert.deepEqual([window.rows, window.columns], [2, 3]);
    assert.deepEqual([...window.values], [10, 110, 210, 11, 111, 211]);
    assert.deepEqual([...window.valid], [1, 1, 1, 1, 1, 1]);
    assert.deepEqual([...window.outside], [0, 0, 0, 0, 0, 0]);
  });

  it("gives the part asked for, half open", () => {
    const [lane, context] = numbered(5, 1, 4);
    const part = { stepStart: 1, stepEnd: 3, unitStart: 2, unitEnd: 4 };
    assert.deepEqual([...readWindow(lane, request(part), context).values], [102, 202, 103, 203]);
  });

  it("clamps what lies beyond the lane, and is empty where nothing is", () => {
    const [lane, context] = numbered(2, 2, 1);
    const values = (changes: Partial<WindowRequest>): number[] => [
      ...readWindow(lane, request(changes), context).values,
    ];
    assert.deepEqual(values({ stepStart: -5, batch: 9 }), [10, 110]);
    assert.deepEqual(values({ batch: -1 }), [0, 100]);
    for (const empty of [
      { stepStart: 2 },
      { stepStart: 1, stepEnd: 1 },
      { stepStart: 1, stepEnd: 0 },
      { unitStart: 1 },
      { unitEnd: 0 },
    ]) {
      assert.deepEqual(values(empty), [], JSON.stringify(empty));
    }
  });

  it("keeps the value of largest magnitude of each block, with its sign", () => {
    const [lane, context] = numbered(4, 1, 1);
    overwrite(lane, "ours", [1, -3, 2, -2]);
    const { values, columns } = readWindow(lane, request({ maxColumns: 2 }), context);
    assert.deepEqual([columns, ...values], [2, -3, 2]);
  });

  it("shares out steps that do not divide, each in exactly one block", () => {
    const [lane, context] = numbered(7, 1, 5);
    const window = readWindow(lane, request({ maxColumns: 3, maxRows: 2 }), context);
    // Blocks of steps 0–1, 2–3, 4–6 and of units 0–1, 2–4.
    assert.deepEqual([...window.values], [101, 301, 601, 104, 304, 604]);
  });

  it("never asks for less than a row and a column, nor for parts of one", () => {
    const [lane, context] = numbered(4, 1, 3);
    const narrow = readWindow(lane, request({ maxColumns: 0, maxRows: -3 }), context);
    assert.deepEqual([narrow.rows, narrow.columns, ...narrow.values], [1, 1, 302]);
    const odd = readWindow(lane, request({ maxColumns: 2.7, maxRows: 1.5 }), context);
    assert.deepEqual([odd.rows, odd.columns, ...odd.values], [1, 2, 102, 302]);
  });

  it("has of two values as large the positive one, whichever comes first", () => {
    for (const values of [
      [1, -1],
      [-1, 1],
    ]) {
      const [lane, context] = numbered(2, 1, 1);
      overwrite(lane, "ours", values);
      assert.deepEqual([...readWindow(lane, request({ maxColumns: 1 }), context).values], [1]);
    }
  });

  it("shows one NaN, one infinity and one value outside among a million", () => {
    const side = 1000;
    const length = side * side;
    const bad = 777_777;
    const at = { row: bad % side, column: Math.floor(bad / side) };
    const lane = (value: number): Lane => {
      const ours = new Float32Array(length).fill(0.25);
      const reference = ours.slice();
      ours[bad] = value;
      const part = {
        units: side,
        ours: arraySteps(ours, side),
        reference: arraySteps(reference, side),
        noise: null,
      };
      const lane = { id: "output", layer: null, direction: null, units: side };
      return { ...lane, parts: [part], cell: null };
    };
    const context = numbered(side, 1, 1)[1];
    for (const [maxColumns, maxRows] of [
      [1, 1],
      [10, 7],
      [333, 333],
      [side, side],
    ] as const) {
      for (const value of [NaN, -Infinity, 0.2500001]) {
        const wanted = request({ maxColumns, maxRows });
        const { values, outside, rows, columns } = readWindow(lane(value), wanted, context);
        const marked = [...outside.keys()].filter((cell) => outside[cell] === 1);
        const row = Math.ceil(((at.row + 1) * rows) / side) - 1;
        const column = Math.ceil(((at.column + 1) * columns) / side) - 1;
        assert.deepEqual(marked, [row * columns + column]);
        assert.ok(Object.is(values[marked[0] ?? -1], Math.fround(value)), `${value} in ${rows}`);
      }
    }
  });

  it("shows the reference and the difference, NaN where there is no reference", () => {
    const [lane, context] = compared(numbered(2, 1, 1), 0.5);
    const side = (of: WindowRequest["side"]): number[] => [
      ...readWindow(lane, request({ side: of }), context).values,
    ];
    assert.deepEqual(side("reference"), [0.5, 100.5]);
    assert.deepEqual(side("delta"), [-0.5, -0.5]);
    const [bare] = numbered(2, 1, 1);
    for (const of of ["reference", "delta"] as const) {
      assert.deepEqual([...readWindow(bare, request({ side: of }), context).values], [NaN, NaN]);
    }
  });

  it("marks blocks with something outside, and allows each place its noise", () => {
    const [lane, context] = compared(numbered(4, 1, 1), 1);
    const noise = Float64Array.of(1, 1, 0.5, 1);
    const noisy = { ...lane, parts: lane.parts.map((part) => ({ ...part, noise })) };
    assert.deepEqual([...readWindow(noisy, request({}), context).outside], [0, 0, 1, 0]);
    const halves = readWindow(noisy, request({ maxColumns: 2 }), context);
    assert.deepEqual([...halves.outside], [0, 1]);
  });

  it("marks the padding, and a block as valid that has one valid step", () => {
    const [lane, context] = numbered(6, 2, 1);
    const padded = { ...context, lengths: [6, 3] };
    assert.deepEqual(
      [...readWindow(lane, request({ batch: 1 }), padded).valid],
      [...[1, 1, 1, 0, 0, 0]],
    );
    const blocks = readWindow(lane, request({ batch: 1, maxColumns: 3 }), padded);
    assert.deepEqual([...blocks.valid], [1, 1, 0]);
  });

  it("reads the directions of the output one above the other", () => {
    const [{ parts }, context] = numbered(2, 1, 2);
    const other = {
      units: 2,
      reference: null,
      noise: null,
      ours: arraySteps(Float64Array.of(-1, -2, -3, -4), 2),
    };
    const lane: Lane = { ...numbered(2, 1, 2)[0], units: 4, parts: [...parts, other] };
    const { values } = readWindow(lane, request({ unitStart: 1 }), context);
    assert.deepEqual([...values], [1, 101, -1, -3, -2, -4]);
  });

  it("gives arrays of their own", () => {
    const [lane, context] = numbered(3, 1, 3);
    const { values, outside, valid } = readWindow(lane, request({ stepEnd: 2 }), context);
    assert.equal(values.buffer.byteLength, 24);
    assert.equal(outside.buffer.byteLength, 6);
    assert.equal(valid.buffer.byteLength, 6);
  });
});

describe("readTimeline", () => {
  const ask = { lane: "layer0.forward", stateName: "h", batch: 0, maxColumns: 1e9 } as const;

  it("has the norm of every step and no differences without a reference", () => {
    const [lane, context] = numbered(2, 1, 2);
    overwrite(lane, "ours", [3, 4, 0, -2]);
    const { norm, maxDelta } = readTimeline(lane, ask, context);
    assert.deepEqual([...norm], [5, 2]);
    assert.equal(maxDelta.length, 0);
  });

  it("has the largest difference of every step, of the batch row asked for", () => {
    const [lane, context] = compared(numbered(2, 2, 2), 0);
    overwrite(lane, "reference", [9, 9, 10, 11, 9, 9, 110.5, 113]);
    const { maxDelta } = readTimeline(lane, { ...ask, batch: 1 }, context);
    assert.deepEqual([...maxDelta], [0, 2]);
    const { outside } = readTimeline(lane, { ...ask, batch: 1 }, context);
    assert.deepEqual([...outside], [0, 1]);
  });

  it("counts no difference in the padding, nor marks it", () => {
    const [lane, context] = compared(numbered(3, 1, 1), 0);
    const padded = { ...context, lengths: [2] };
    overwrite(lane, "ours", [1, 2, 0]);
    overwrite(lane, "reference", [1, 2.5, 99]);
    assert.deepEqual([...readTimeline(lane, ask, padded).maxDelta], [0, 0.5, 0]);
    assert.deepEqual([...readTimeline(lane, ask, context).maxDelta], [0, 0.5, 99]);
    const whole = request({ side: "delta", stepEnd: 3, unitEnd: 1 });
    assert.deepEqual([...readWindow(lane, whole, padded).outside], [0, 1, 0]);
    assert.deepEqual([...readWindow(lane, whole, context).outside], [0, 1, 1]);
  });

  it("has what rounding may make of each difference, of the batch row asked for", () => {
    const [lane, context] = compared(numbered(2, 2, 2), 0);
    const noise = Float64Array.of(1, 0.25, 1, 0.5);
    const noisy = { ...lane, parts: lane.parts.map((part) => ({ ...part, noise })) };
    const { floor } = readTimeline(noisy, { ...ask, batch: 1 }, context);
    assert.deepEqual([...floor], [0.25, 0.5]);
    const one = readTimeline(noisy, { ...ask, batch: 1, maxColumns: 1 }, context);
    assert.deepEqual([...one.floor], [0.5]);
    assert.equal(readTimeline(numbered(2, 1, 2)[0], ask, context).floor.length, 0);
  });

  it("keeps the largest of a block of steps, NaN before all", () => {
    const [lane, context] = compared(numbered(4, 1, 1), 0);
    overwrite(lane, "ours", [5, -7, 1, NaN]);
    overwrite(lane, "reference", [5, -7, 3, 4]);
    const { norm, maxDelta } = readTimeline(lane, { ...ask, maxColumns: 2 }, context);
    assert.deepEqual([...norm], [7, NaN]);
    assert.deepEqual([...maxDelta], [0, NaN]);
  });

  it("has whole columns only", () => {
    const [lane, context] = numbered(5, 1, 1);
    assert.equal(readTimeline(lane, { ...ask, maxColumns: 2.5 }, context).norm.length, 2);
  });
});

describe("readFinalStates", () => {
  it("has every slot of one batch row, and what is outside beyond the slot's noise", () => {
    const context = numbered(1, 2, 1)[1];
    const run: FinalStatesRun = {
      ...{ stateName: "h", name: "h_n", slots: 2, units: 2, context },
      ours: Float64Array.of(0, 1, 10, 11, 20, 21, 30, 31),
      reference: Float64Array.of(0, 1, 10, 12, 20, 21, 30, 33),
      noise: {
        floor: 0,
        allowance: [[Float64Array.of(0, 1), Float64Array.of(0, 0)]],
        cellAllowance: [[Float64Array.of(0, 0), Float64Array.of(0, 2)]],
        judgedTo: Infinity,
      },
      frame: {
        config: rnnConfig({ cell: "LSTM", hiddenSize: 2, bidirectional: true }),
        lengths: null,
        seqLength: 1,
        batchSize: 2,
      },
    };
    const ours = readFinalStates(run, { side: "ours", batch: 1 });
    assert.deepEqual([ours.slots, ours.units, ...ours.values], [2, 2, 10, 11, 30, 31]);
    assert.deepEqual([...ours.outside], [0, 0, 0, 1]);
    const delta = readFinalStates(run, { side: "delta", batch: 1 });
    assert.deepEqual([...delta.values], [0, -1, 0, -2]);
    const none = readFinalStates({ ...run, reference: null }, { side: "delta", batch: 0 });
    assert.deepEqual([...none.values], [NaN, NaN, NaN, NaN]);
    assert.deepEqual([...none.outside], [0, 0, 0, 0]);
    const c = readFinalStates({ ...run, stateName: "c" }, { side: "ours", batch: 1 });
    assert.deepEqual([...c.outside], [0, 1, 0, 0]);
  });
});
