/** What holds for the forward of every recurrent network. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinDirections } from "../../src/analysis/lanes";
import { columnSteps } from "../../src/analysis/steps";
import type { ForwardInput, StateArray } from "../../src/engine/base/engine";
import { numDirections, type RecurrentConfig } from "../../src/model/config";
import { rnnConfig } from "../unit/support/goldens";
import { largestDistance, randomRun, rowOf, runStates } from "../unit/support/runs";

interface Sizes {
  readonly config: RecurrentConfig;
  readonly seed: number;
  readonly seqLength: number;
  readonly batchSize: number;
  readonly givenH0: boolean;
}

/** Networks of any options; sizes of 1 come up often. */
const runs = fc
  .record({
    seed: fc.integer(),
    seqLength: fc.integer({ min: 1, max: 6 }),
    batchSize: fc.integer({ min: 1, max: 4 }),
    givenH0: fc.boolean(),
    inputSize: fc.integer({ min: 1, max: 5 }),
    hiddenSize: fc.integer({ min: 1, max: 6 }),
    numLayers: fc.integer({ min: 1, max: 3 }),
    bidirectional: fc.boolean(),
    bias: fc.boolean(),
    nonlinearity: fc.constantFrom("tanh" as const, "relu" as const),
  })
  .map(({ seed, seqLength, batchSize, givenH0, ...options }): Sizes => ({
    seed,
    seqLength,
    batchSize,
    givenH0,
    config: rnnConfig(options),
  }));

/** As `runs`, with a length for each batch row or none. */
const paddedRuns = runs.chain((run) =>
  fc
    .option(
      fc.array(fc.integer({ min: 1, max: run.seqLength }), {
        minLength: run.batchSize,
        maxLength: run.batchSize,
      }),
    )
    .map((lengths) => randomRun({ ...run, lengths })),
);

/** One unit after another, straight from h_t = φ(W_ih·x_t + b_ih + W_hh·h_(t−1) + b_hh). */
function naiveStates(run: ForwardInput, batch: number): number[][][] {
  const { config, lengths, seqLength, batchSize, h0 } = run;
  const length = lengths?.[batch] ?? seqLength;
  const phi = (value: number): number =>
    config.nonlinearity === "relu" ? Math.max(value, 0) : Math.tanh(value);
  const steps = [...new Array<number>(length).keys()];
  let below = steps.map((t) =>
    rowOf(run.input as Float64Array, { step: t, batch, batchSize, units: config.inputSize }),
  );
  const lanes: number[][][] = [];
  run.weights.forEach((directions, layer) => {
    const outputs = directions.map((weights, direction) => {
      const slot = layer * directions.length + direction;
      const { hiddenSize, weightIh, weightHh, biasIh, biasHh } = weights;
      let state = [...new Array<number>(hiddenSize).keys()].map(
        (unit) => h0?.[(slot * batchSize + batch) * hiddenSize + unit] ?? 0,
      );
      const order = direction === 0 ? below : [...below].reverse();
      const states = order.map((x) => {
        state = state.map((_, unit) => {
          let sum = (biasIh?.[unit] ?? 0) + (biasHh?.[unit] ?? 0);
          x.forEach((value, k) => (sum += value * (weightIh[unit * x.length + k] ?? NaN)));
          state.forEach((value, k) => (sum += value * (weightHh[unit * hiddenSize + k] ?? NaN)));
          return phi(sum);
        });
        return state;
      });
      return direction === 0 ? states : states.reverse();
    });
    lanes.push(...outputs);
    below = steps.map((t) => outputs.flatMap((states) => states[t] ?? []));
  });
  return lanes;
}

/** |distance| that summing in another order may cause; relu networks grow. */
function bound(states: readonly (readonly StateArray[])[]): number {
  const largest = states.flat(1).reduce((all, lane) => Math.max(all, ...lane.map(Math.abs)), 1);
  return 1e-11 * largest;
}

describe("the forward of any network", () => {
  it("equals the formula, evaluated naively", () => {
    fc.assert(
      fc.property(paddedRuns, (run) => {
        const { trace, states: all } = runStates(run);
        const units = trace.stateSize;
        for (let batch = 0; batch < run.batchSize; batch++) {
          const lanes = naiveStates(run, batch);
          all.flat(1).forEach((states, lane) => {
            for (let step = 0; step < run.seqLength; step++) {
              const row = rowOf(states, { step, batch, batchSize: run.batchSize, units });
              const expected = lanes[lane]?.[step] ?? new Array<number>(units).fill(0);
              assert.ok(largestDistance(row, expected) <= bound(all));
            }
          });
        }
      }),
    );
  });

  it("puts the states of both directions side by side", () => {
    fc.assert(
      fc.property(runs, (sizes) => {
        const { trace, states } = runStates(randomRun(sizes));
        const directions = states.at(-1) ?? [];
        const units = trace.stateSize;
        const joined = joinDirections(directions, units);
        const count = numDirections(sizes.config);
        const batchSize = sizes.batchSize;
        const all = { values: joined, batchSize, width: count * units, units };
        const split = directions.map((_, direction) =>
          columnSteps({ ...all, first: direction * units }).read(0, sizes.seqLength),
        );
        assert.deepEqual(split, directions);
        directions.forEach((lane, direction) => {
          lane.forEach((value, index) => {
            const row = Math.floor(index / units);
            assert.equal(joined[(row * count + direction) * units + (index % units)], value);
          });
        });
      }),
    );
  });

  it("rounds to float32 what float64 computes, within a few roundings of a contracting network", () => {
    fc.assert(
      fc.property(runs, (sizes) => {
        const config = { ...sizes.config, nonlinearity: "tanh" as const };
        const run = randomRun({ ...sizes, config });
        const exact = runStates(run);
        const single = runStates({ ...run, precision: "f32" });
        single.states.flat(1).forEach((states, lane) => {
          assert.ok(largestDistance(states, exact.states.flat(1)[lane] ?? []) < 1e-3);
          assert.ok(states.every((value) => Math.fround(value) === value));
        });
      }),
    );
  });
});
