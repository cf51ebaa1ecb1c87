/** What a reference with states inside the layers tells: where its error is made, and of single units. */
import assert from "node:assert/strict";
import { laneOf } from "../../../../src/analysis/lanes";
import { noControl } from "../../../../src/core/control";
import { createRecomputer } from "../../../../src/engine/recompute";
import type { Direction } from "../../../../src/model/config";
import type { ResidualCurve } from "../../../../src/protocol/run/curveMessages";
import type { UnitExplanation, UnitRequest } from "../../../../src/protocol/run/unitMessages";
import { executeRun, type RunResult } from "../../../../src/run/execute";
import type { RunInputs, StateReference } from "../../../../src/run/inputs";
import { explainPlace } from "../../../../src/session/views/unit/explanation";
import { readResiduals } from "../../../../src/session/views/residuals";
import { present } from "../../support/present";
import { randomInputs } from "../../diagnosis/cases";

const [T, B, H] = [6, 2, 4];
const inputs = randomInputs({
  config: { cell: "LSTM", inputSize: 3, hiddenSize: H, numLayers: 2, bidirectional: true },
  ...{ seqLength: T, batchSize: B },
});

/** The states of the run itself; h of layer 0, forward, is off at t = 2 in row 1, and is carried on right from there. */
function statesOf(run: RunResult, error: number): StateReference[] {
  return [0, 1].flatMap((layer) =>
    (["forward", "reverse"] as const).flatMap((direction, directionIndex) =>
      (["h", "c"] as const).map((quantity): StateReference => {
        const values = Float64Array.from(run.trace.read(quantity, { layer, directionIndex }, 0, T));
        const isWrong = layer === 0 && direction === "forward" && quantity === "h";
        if (isWrong) values[(2 * B + 1) * H] = (values[(2 * B + 1) * H] ?? 0) + error;
        const shape = [T, B, H];
        return {
          layer,
          direction,
          quantity,
          values,
          dtype: "float64",
          found: shape,
          expected: shape,
        };
      }),
    ),
  );
}

function runWith(more: Partial<RunInputs>): RunResult {
  return executeRun({ ...inputs, ...more }, { control: noControl });
}

const states = statesOf(runWith({}), 0.25);
const run = runWith({ states });

function curve(
  layer: number,
  direction: Direction,
  result = run,
  steps = { from: 0, to: T },
): ResidualCurve | null {
  const request = { layer, direction, batch: 1, ...steps, maxColumns: T };
  return readResiduals(result, request, noControl);
}

function madeAt({ made, floor }: ResidualCurve): number[] {
  return [...made.keys()].filter((step) => (made[step] ?? 0) > (floor[step] ?? 0));
}

function explain(changes: Partial<UnitRequest>, result = run): UnitExplanation {
  const place = { layer: 0, direction: "forward", step: 2, batch: 1, unit: 0 } as const;
  const request: UnitRequest = { ...place, stateName: "h", ...changes };
  const lane = result.lanes.find(({ id }) => id === `layer${request.layer}.${request.direction}`);
  const shown = present(laneOf(present(lane), request.stateName));
  return explainPlace(result, createRecomputer(result.forwardInput, result.trace), shown, request);
}

describe("residuals of a reference with states", () => {
  it("are of the layer that is asked for: made where its state is off, and one step on", () => {
    const made = present(curve(0, "forward"));
    assert.deepEqual(madeAt(made), [2, 3]);
    assert.ok(Math.abs((made.made[2] ?? 0) - 0.25) < 1e-6);
    assert.deepEqual(madeAt(present(curve(0, "reverse"))), []);
  });

  it("take what the layer below hands up from the reference, not from our run", () => {
    // Layer 1 of the reference was computed from the right states: from what it says of layer 0 it does not follow.
    assert.deepEqual(madeAt(present(curve(1, "forward"))), [2]);
    assert.deepEqual(madeAt(present(curve(1, "reverse"))), [2]);
    const above = states.filter(({ layer }) => layer === 1);
    assert.deepEqual(madeAt(present(curve(1, "forward", runWith({ states: above })))), []);
  });

  it("is the same over some steps, begun in the reference's own state before them", () => {
    for (const [layer, direction] of [
      [0, "forward"],
      [0, "reverse"],
      [1, "reverse"],
    ] as const) {
      const all = present(curve(layer, direction));
      const some = present(curve(layer, direction, run, { from: 1, to: 4 }));
      assert.deepEqual([...some.made], [...all.made.subarray(1, 4)]);
      assert.deepEqual([...some.carried], [...all.carried.subarray(1, 4)]);
    }
  });

  it("are not there for a layer without states", () => {
    const above = states.filter(({ layer }) => layer === 1);
    assert.equal(curve(0, "forward", runWith({ states: above })), null);
    const cells = states.filter(({ quantity }) => quantity === "c");
    assert.equal(curve(1, "forward", runWith({ states: cells })), null);
  });

  it("take c from the reference where it is given", () => {
    const moved = states.map((state) => {
      const isMoved = state.layer === 0 && state.direction === "forward" && state.quantity === "c";
      const values = state.values?.map((value) => value + 0.5) ?? null;
      return isMoved ? { ...state, values } : state;
    });
    const { made } = present(curve(0, "forward", runWith({ states: moved })));
    // The first step begins in c0; every other one in the moved c.
    assert.ok((made[0] ?? 1) < 1e-6);
    assert.ok(
      [1, 4, 5].every((step) => (made[step] ?? 0) > 1e-3),
      String(made),
    );
  });
});

describe("a unit beside the states of a reference", () => {
  it("has its value of h and of c, in a layer that the output does not have", () => {
    const { reference, value } = explain({});
    assert.ok(Math.abs((reference[1] ?? 0) + 0.25) < 1e-6);
    assert.ok(Math.abs((reference[0] ?? 0) - (value[0] ?? 0) - 0.25) < 1e-6);
    const cell = explain({ stateName: "c" });
    assert.ok(Math.abs(cell.reference[1] ?? 1) < 1e-6);
    assert.equal(cell.reference.length, 5);
  });

  it("has the reference's own step from its own c and x", () => {
    for (const layer of [0, 1]) {
      const { ours } = present(explain({ layer, step: 4 }).referenceStep);
      assert.deepEqual(ours, []);
    }
    const plain = states.filter(({ layer, quantity }) => layer === 1 && quantity === "h");
    const { ours } = present(
      explain({ layer: 1, step: 4 }, runWith({ states: plain })).referenceStep,
    );
    assert.deepEqual(ours, ["x", "c"]);
    // What it reads of layer 0 is off at t = 2: the value that this gives is another one.
    const [value = 0, expected = 0] = present(explain({ layer: 1 }).referenceStep).numbers;
    assert.ok(Math.abs(value - expected) > 1e-4);
  });

  it("has at the first step what its own layer below gives, from the initial state", () => {
    const moved = states.map((state) =>
      state.layer === 0 && state.quantity === "h"
        ? { ...state, values: state.values?.map((value) => value + 0.5) ?? null }
        : state,
    );
    const at = { layer: 1, step: 0 } as const;
    assert.ok(Math.abs(present(explain(at).referenceStep).numbers[2] ?? NaN) < 1e-6);
    const { numbers, ours } = present(explain(at, runWith({ states: moved })).referenceStep);
    assert.deepEqual(ours, []);
    assert.ok(Math.abs(numbers[2] ?? 0) > 1e-3);
    assert.equal(explain({ step: 0 }).referenceStep, null);
    const above = states.filter(({ layer }) => layer === 1);
    assert.equal(explain(at, runWith({ states: above })).referenceStep, null);
  });

  it("has the gates of the reference, NaN for those that it does not give", () => {
    const gate: StateReference = {
      ...{ layer: 0, direction: "forward", quantity: "f", dtype: "float64" },
      ...{ found: [T, B, H], expected: [T, B, H] },
      values: new Float64Array(T * B * H).fill(0.25),
    };
    const { gateReferences, gates } = explain({}, runWith({ states: [...states, gate] }));
    assert.deepEqual(
      gates.map(({ name }) => name),
      ["i", "f", "g", "o"],
    );
    assert.equal(gateReferences.length, 8);
    assert.equal(gateReferences[2], 0.25);
    assert.ok((gateReferences[3] ?? 0) > 0 && (gateReferences[3] ?? 1) < 1e-3);
    assert.ok([0, 4, 6].every((index) => Number.isNaN(gateReferences[index])));
    assert.equal(explain({}).gateReferences.length, 0);
  });
});
