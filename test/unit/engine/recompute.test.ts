/** Steps recomputed from a run's own trace give the states that the run has, for every cell and variant. */
import assert from "node:assert/strict";
import type { ForwardInput } from "../../../src/engine/base/engine";
import { forward } from "../../../src/engine/forward";
import {
  createRecomputer,
  isComputed,
  lanePlaceOf,
  stepBefore,
  type StepPlace,
} from "../../../src/engine/recompute";
import type { ForwardTrace, StateName } from "../../../src/engine/base/trace";
import { rnnConfig } from "../support/goldens";
import { randomRun, rowOf, statesOf } from "../support/runs";
import { present, stepsOf } from "../support/places";
import { cellVariants } from "../support/variants";

const lengths = [5, 2, 4];
const sizes = { seqLength: 5, batchSize: 3, lengths };

function stored(
  run: ForwardInput,
  trace: ForwardTrace,
  stateName: StateName,
  place: StepPlace,
): number[] {
  const { step, batch } = place;
  const units = stateName === "h" ? trace.stateSize : trace.cellSize;
  const states = trace.read(stateName, lanePlaceOf(run.config, place), step, step + 1);
  return [...states.subarray(batch * units, (batch + 1) * units)];
}

function rounded(values: Float64Array, { precision }: ForwardInput): number[] {
  return [...values].map((value) => (precision === "f64" ? value : Math.fround(value)));
}

describe("a recomputed step", () => {
  for (const { name, config, precision } of cellVariants()) {
    for (const [kept, maxTraceBytes] of [
      ["whole trace", Infinity],
      ["checkpoints", 0],
    ] as const) {
      it(`is the step of the run: ${name}, ${kept}`, () => {
        const run = randomRun({ config, seed: 3, givenH0: true, precision, ...sizes });
        const trace = forward(run, { maxTraceBytes });
        assert.equal(trace.path.checkpoints, maxTraceBytes === 0);
        const recomputer = createRecomputer(run, trace);
        for (const place of stepsOf(run)) {
          const result = recomputer.step(place);
          assert.equal(result === null, place.step >= (lengths[place.batch] ?? 0));
          if (result === null) continue;
          assert.deepEqual(rounded(result.state.h, run), stored(run, trace, "h", place));
          const { c } = result.state;
          assert.equal(c === null, config.cell !== "LSTM");
          if (c !== null) assert.deepEqual(rounded(c, run), stored(run, trace, "c", place));
        }
      });
    }
  }

  const config = rnnConfig({ cell: "LSTM", numLayers: 2, bidirectional: true });
  const run = randomRun({ config, seed: 4, givenH0: true, ...sizes });
  const trace = forward(run);
  const recomputer = createRecomputer(run, trace);
  const first = { layer: 1, direction: "reverse", step: 1, batch: 1 } as const;

  it("starts from h0 and c0 of its own slot and batch row at the first processed step", () => {
    // Slot 3 = layer 1, reverse; batch 1 ends after two steps.
    const { previous, previousStep } = present(recomputer.step(first));
    assert.equal(previousStep, null);
    assert.deepEqual([...previous.h], [...(run.h0?.slice(10 * 3, 11 * 3) ?? [])]);
    assert.deepEqual([...present(previous.c)], [...(run.c0?.slice(10 * 3, 11 * 3) ?? [])]);
  });

  it("starts from zeros where no initial state is given", () => {
    const bare = { ...run, h0: null, c0: null };
    const { previous } = present(createRecomputer(bare, forward(bare)).step(first));
    assert.deepEqual([...previous.h, ...present(previous.c)], [0, 0, 0, 0, 0, 0]);
  });

  it("reads both directions of the layer below, forward first", () => {
    const { x } = present(recomputer.step({ ...first, batch: 0 }));
    const row = { step: 1, batch: 0, batchSize: 3, units: 3 };
    const below = statesOf(run, trace)[0] ?? [];
    assert.deepEqual(
      [...x],
      below.flatMap((lane) => rowOf(lane, row)),
    );
  });

  it("can start from another previous state", () => {
    const own = present(recomputer.step(first));
    const h = own.previous.h.map((value) => value + 1);
    const other = present(recomputer.stepFrom(first, { h, c: own.previous.c }));
    assert.notDeepEqual(other.state.h, own.state.h);
    assert.deepEqual(recomputer.stepFrom(first, own.previous), own);
    assert.equal(recomputer.stepFrom({ ...first, step: 2 }, own.previous), null);
  });

  it("belongs to the caller: the next one does not change it", () => {
    const one = present(recomputer.step(first));
    const gates = [...one.record.gates];
    recomputer.step({ ...first, step: 0 });
    assert.deepEqual([...one.record.gates], gates);
  });
});

describe("the order of steps", () => {
  it("ends at a sequence's own length", () => {
    const run = { lengths, seqLength: 5 };
    assert.deepEqual(
      [0, 1, 2].map((step) => isComputed(run, { step, batch: 1 })),
      [true, true, false],
    );
    const place = { layer: 0, direction: "reverse", step: 1, batch: 1 } as const;
    assert.equal(stepBefore(run, place), null);
    assert.equal(stepBefore(run, { ...place, step: 0 }), 1);
    assert.equal(stepBefore({ ...run, lengths: null }, place), 2);
    assert.equal(stepBefore(run, { ...place, direction: "forward" }), 0);
    assert.equal(stepBefore(run, { ...place, direction: "forward", step: 0 }), null);
  });
});
