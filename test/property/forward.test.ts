/** What holds for the forward of every recurrent network. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinDirections } from "../../src/analysis/lanes";
import { columnSteps } from "../../src/analysis/steps";
import type { ForwardInput, StateArray } from "../../src/engine/engine";
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
    ...{ seed, seqLength, batchSize, givenH0 },
    config: rnnConfig(options),
  }));

/** As `runs`, with a length for each batch row or none. */
const paddedRuns = runs.chain((run) =>
  fc
    .option(
      fc.array(fc.integer({ min: 1, max: run.seqLength }), {
        ...{ minLength: run.batchSize, maxLength: run.batchSize },
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

  it("treats every batch row on its own", () => {
    fc.assert(
      fc.property(paddedRuns, fc.nat(), (run, choice) => {
        const batch = choice % run.batchSize;
        const row = (values: ForwardInput["input"], units: number): Float64Array =>
          Float64Array.from(
            [...new Array<number>(values.length / units / run.batchSize).keys()].flatMap((step) =>
              rowOf(values, { step, batch, batchSize: run.batchSize, units }),
            ),
          );
        const alone = runStates({
          ...run,
          batchSize: 1,
          input: row(run.input, run.config.inputSize),
          h0: run.h0 === null ? null : row(run.h0, run.config.hiddenSize),
          lengths: run.lengths === null ? null : [run.lengths[batch] ?? 0],
        });
        const together = runStates(run);
        const units = together.trace.stateSize;
        assert.deepEqual(alone.hn, row(together.hn, units));
        assert.deepEqual(
          alone.states.flat(1),
          together.states.flat(1).map((states) => row(states, units)),
        );
      }),
    );
  });

  it("goes on from h_n as if the sequence had not been cut", () => {
    fc.assert(
      fc.property(
        runs,
        fc.nat(),
        fc.constantFrom("f32" as const, "f64" as const),
        (sizes, choice, precision) => {
          const config = { ...sizes.config, bidirectional: false };
          const run = randomRun({ ...sizes, config, precision });
          const cut = choice % (run.seqLength + 1);
          const at = cut * run.batchSize * config.inputSize;
          const first = runStates({ ...run, seqLength: cut, input: run.input.slice(0, at) });
          const h0 = cut === 0 ? run.h0 : first.hn;
          const rest = { seqLength: run.seqLength - cut, input: run.input.slice(at), h0 };
          const second = runStates({ ...run, ...rest });
          const whole = runStates(run);
          whole.states.forEach(([states], layer) => {
            const parts = [first, second].flatMap((part) => [...(part.states[layer]?.[0] ?? [])]);
            assert.deepEqual([...(states ?? [])], parts);
          });
          if (cut < run.seqLength) assert.deepEqual(second.hn, whole.hn);
        },
      ),
    );
  });

  it("gives the same states mirrored when input and directions are exchanged", () => {
    fc.assert(
      fc.property(runs, (sizes) => {
        const config = { ...sizes.config, bidirectional: true, numLayers: 1 };
        const run = randomRun({ ...sizes, config });
        const { seqLength, batchSize } = run;
        const flip = (values: ForwardInput["input"]): Float64Array => {
          const size = values.length / seqLength;
          const steps = [...new Array<number>(seqLength).keys()].reverse();
          return Float64Array.from(
            steps.flatMap((t) => [...values.slice(t * size, (t + 1) * size)]),
          );
        };
        const half = batchSize * config.hiddenSize;
        const swap = (states: ForwardInput["input"]): Float64Array =>
          Float64Array.of(...states.slice(half), ...states.slice(0, half));
        const mirrored = runStates({
          ...run,
          weights: run.weights.map((directions) => [...directions].reverse()),
          input: flip(run.input),
          h0: run.h0 === null ? null : swap(run.h0),
        });
        const straight = runStates(run);
        const [ahead, back] = straight.states[0] ?? [];
        assert.deepEqual(mirrored.states[0]?.map(flip), [back, ahead]);
        assert.deepEqual(mirrored.hn, swap(straight.hn));
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
