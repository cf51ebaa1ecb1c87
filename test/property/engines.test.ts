/** What holds for every engine and every cell: mirrored, cut, batched and padded sequences give the same states. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ForwardInput, StateArray } from "../../src/engine/base/engine";
import { forward } from "../../src/engine/forward";
import type { ForwardTrace, StateName } from "../../src/engine/base/trace";
import type { NetworkWeights, WeightArray } from "../../src/model/bind";
import { numDirections, type RecurrentConfig } from "../../src/model/config";
import { zerosLike } from "../../src/tensor/tensor";
import { engineFor, engines, type EngineUnderTest } from "../unit/support/engines";
import { rnnConfig } from "../unit/support/goldens";
import { largestDistance, pickRows, randomRun, statesOf } from "../unit/support/runs";
import { float32Run, scaled } from "../unit/support/wasmRuns";

/** Sizes of 1, and sizes around the four and two numbers of a vector, come up often. */
const size = fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9), fc.integer({ min: 1, max: 20 }));

/** Modules that every engine computes. */
const configs: fc.Arbitrary<RecurrentConfig> = fc
  .record({
    cell: fc.constantFrom("RNN" as const, "LSTM" as const, "GRU" as const),
    inputSize: size,
    hiddenSize: size,
    numLayers: fc.integer({ min: 1, max: 3 }),
    bidirectional: fc.boolean(),
    bias: fc.boolean(),
    nonlinearity: fc.constantFrom("tanh" as const, "relu" as const),
    projected: fc.boolean(),
  })
  .map(({ projected, ...options }) =>
    rnnConfig({
      ...options,
      projSize: projected && options.cell === "LSTM" ? Math.ceil(options.hiddenSize / 2) : 0,
    }),
  );

/** Runs in both precisions; lengths for each batch row where `padded`, else none. */
function runs(padded: boolean): fc.Arbitrary<ForwardInput> {
  return fc
    .record({
      config: configs,
      seed: fc.integer(),
      seqLength: fc.integer({ min: 1, max: 9 }),
      givenH0: fc.boolean(),
      single: fc.boolean(),
      rows: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    })
    .map(({ rows, single, ...given }) => {
      const lengths = padded ? rows.map((row) => 1 + (row % given.seqLength)) : null;
      // Weights of −1…1 make large networks chaotic.
      const run = scaled(randomRun({ ...given, batchSize: rows.length, lengths }), 0.3);
      return single ? float32Run(run) : run;
    });
}

/** Every state of a run, and its final states. */
interface Found {
  readonly states: Readonly<Record<StateName, StateArray[][]>>;
  readonly hn: StateArray;
  readonly cn: StateArray | null;
}

function runThrough(engine: EngineUnderTest, run: ForwardInput): Found {
  const trace: ForwardTrace = forward(run, { createEngine: engineFor(engine) });
  const c = trace.cn === null ? [] : statesOf(run, trace, "c");
  return { states: { h: statesOf(run, trace), c }, hn: trace.hn, cn: trace.cn };
}

function present(states: readonly (StateArray | null)[]): StateArray[] {
  return states.flatMap((state) => (state === null ? [] : [state]));
}

/** Lanes of h and c, each (T, B, size). */
function lanesOf({ states }: Found): StateArray[] {
  return [...states.h, ...states.c].flat();
}

function countTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function slotsOf({ config }: ForwardInput): number {
  return config.numLayers * numDirections(config);
}

function assertSame(found: readonly StateArray[], expected: readonly StateArray[]): void {
  assert.deepEqual(found, expected);
}

/** Within a few roundings: engines that take several rows at once may sum in another order than with one. */
function assertNear(found: readonly StateArray[], expected: readonly StateArray[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((values, index) => {
    const other = expected[index] ?? new Float64Array();
    const scale = Math.max(1, largestDistance(other, zerosLike(other, other.length)));
    const allowed = scale * (values instanceof Float32Array ? 1e-5 : 1e-13);
    assert.ok(largestDistance(values, other) <= allowed);
  });
}

for (const engine of engines) {
  describe(`any network through the ${engine.name} engine`, function () {
    this.slow(60_000);

    it("treats every batch row on its own", () => {
      fc.assert(
        fc.property(runs(true), fc.nat(), (run, choice) => {
          const { batchSize, seqLength, lengths } = run;
          const keep = [choice % batchSize];
          const slots = slotsOf(run);
          const ofState = (state: StateArray | null): StateArray | null =>
            state === null ? null : pickRows(state, [slots, batchSize], keep);
          const alone = runThrough(engine, {
            ...run,
            batchSize: 1,
            lengths: keep.map((row) => lengths?.[row] ?? seqLength),
            input: pickRows(run.input, [seqLength, batchSize], keep),
            h0: ofState(run.h0),
            c0: ofState(run.c0),
          });
          const together = runThrough(engine, run);
          const expected = lanesOf(together).map((lane) =>
            pickRows(lane, [seqLength, batchSize], keep),
          );
          const assertRows = engine.name === "readable" ? assertSame : assertNear;
          assertRows(lanesOf(alone), expected);
          const ends = [ofState(together.hn), ofState(together.cn)];
          assertRows(present([alone.hn, alone.cn]), present(ends));
        }),
      );
    });

    it("goes on from h_n and c_n as if the sequence had not been cut", () => {
      fc.assert(
        fc.property(runs(false), fc.nat(), (given, choice) => {
          const run = another(given, { bidirectional: false });
          const { seqLength } = run;
          const cut = choice % seqLength;
          const steps = (from: number, to: number): StateArray =>
            pickRows(run.input, [1, seqLength], countTo(seqLength).slice(from, to));
          const first = runThrough(engine, { ...run, seqLength: cut, input: steps(0, cut) });
          const second = runThrough(engine, {
            ...run,
            seqLength: seqLength - cut,
            input: steps(cut, seqLength),
            h0: first.hn,
            c0: first.cn,
          });
          const whole = runThrough(engine, run);
          const parts = lanesOf(first).map((lane, index) => {
            const rest = lanesOf(second)[index] ?? lane;
            const joined = zerosLike(lane, lane.length + rest.length);
            joined.set(lane);
            joined.set(rest, lane.length);
            return joined;
          });
          assertSame(parts, lanesOf(whole));
          assert.deepEqual([second.hn, second.cn], [whole.hn, whole.cn]);
        }),
      );
    });

    it("gives the states mirrored when the input is flipped and the directions exchange roles", () => {
      fc.assert(
        fc.property(runs(false), (given) => {
          // One layer only: those above read both of its directions side by side, in their order.
          const run = another(given, { bidirectional: true, numLayers: 1 });
          const { seqLength } = run;
          const flip = (values: StateArray): StateArray =>
            pickRows(values, [1, seqLength], countTo(seqLength).reverse());
          const swap = (state: StateArray | null): StateArray | null =>
            state === null ? null : pickRows(state, [1, 2], [1, 0]);
          const mirrored = runThrough(engine, {
            ...run,
            input: flip(run.input),
            h0: swap(run.h0),
            c0: swap(run.c0),
            weights: run.weights.map((directions) => [...directions].reverse()),
          });
          const straight = runThrough(engine, run);
          for (const stateName of ["h", "c"] as const) {
            const [ahead, back] = straight.states[stateName][0] ?? [];
            const found = mirrored.states[stateName][0]?.map(flip);
            assert.deepEqual(found, back === undefined ? undefined : [back, ahead]);
          }
          assert.deepEqual([mirrored.hn, mirrored.cn], [swap(straight.hn), swap(straight.cn)]);
        }),
      );
    });

    it("runs a reverse direction as a forward one over the flipped sequence", () => {
      fc.assert(
        fc.property(runs(false), (given) => {
          const both = another(given, { bidirectional: true, numLayers: 1 });
          const { seqLength } = both;
          const flip = (values: StateArray): StateArray =>
            pickRows(values, [1, seqLength], countTo(seqLength).reverse());
          const ofReverse = (state: StateArray | null): StateArray | null =>
            state === null ? null : pickRows(state, [1, 2], [1]);
          const forwards = runThrough(engine, {
            ...both,
            config: { ...both.config, bidirectional: false },
            input: flip(both.input),
            h0: ofReverse(both.h0),
            c0: ofReverse(both.c0),
            weights: both.weights.map(([, reverse]) => (reverse === undefined ? [] : [reverse])),
          });
          const found = runThrough(engine, both);
          assert.deepEqual(found.states.h[0]?.[1], flip(forwards.states.h[0]?.[0] ?? found.hn));
          assert.deepEqual(ofReverse(found.hn), forwards.hn);
          assert.deepEqual(ofReverse(found.cn), forwards.cn);
        }),
      );
    });

    it("never reads the padding", () => {
      fc.assert(
        fc.property(runs(true), fc.constantFrom(NaN, Infinity, -Infinity, 1e30), (run, padding) => {
          const { seqLength, batchSize, config, lengths } = run;
          const input = run.input.slice();
          for (let row = 0; row < seqLength * batchSize; row++) {
            const [step, batch] = [Math.floor(row / batchSize), row % batchSize];
            if (step < (lengths?.[batch] ?? seqLength)) continue;
            input.fill(padding, row * config.inputSize, (row + 1) * config.inputSize);
          }
          const padded = runThrough(engine, { ...run, input });
          const found = runThrough(engine, run);
          assertSame(lanesOf(padded), lanesOf(found));
          assert.deepEqual([padded.hn, padded.cn], [found.hn, found.cn]);
          for (const lane of lanesOf(padded)) {
            const size = lane.length / (seqLength * batchSize);
            for (let index = 0; index < lane.length; index++) {
              const row = Math.floor(index / size);
              const valid = Math.floor(row / batchSize) < (lengths?.[row % batchSize] ?? seqLength);
              if (!valid) assert.equal(lane[index], 0);
            }
          }
        }),
      );
    });

    it("keeps NaN and infinities within their batch row, and NaN from its step on", () => {
      fc.assert(
        fc.property(
          runs(false),
          fc.nat(),
          fc.constantFrom(NaN, Infinity, -Infinity),
          (given, choice, special) => {
            const run = another(given, { bidirectional: false });
            const { seqLength, batchSize, config } = run;
            const place = choice % run.input.length;
            const row = Math.floor(place / config.inputSize);
            const [step, batch] = [Math.floor(row / batchSize), row % batchSize];
            const input = run.input.slice();
            input[place] = special;
            const found = lanesOf(runThrough(engine, { ...run, input }));
            const clean = lanesOf(runThrough(engine, run));
            const others = countTo(batchSize).filter((other) => other !== batch);
            const sizes = [seqLength, batchSize] as const;
            found.forEach((lane, index) => {
              const expected = clean[index] ?? lane;
              assert.deepEqual(pickRows(lane, sizes, others), pickRows(expected, sizes, others));
              const before = (step * lane.length) / seqLength;
              assert.deepEqual(lane.subarray(0, before), expected.subarray(0, before));
              if (!Number.isNaN(special)) return;
              const own = pickRows(lane, sizes, [batch]);
              assert.ok(own.subarray((step * own.length) / seqLength).every(Number.isNaN));
            });
          },
        ),
      );
    });

    it("with weights of zero is what the equations leave: 0, half of c, half of h", () => {
      fc.assert(
        fc.property(runs(false), (given) => {
          const changes = { projSize: 0, numLayers: 1, bidirectional: false };
          const start = another({ ...given, precision: "f64" }, changes);
          const { config } = start;
          const run = { ...start, weights: zeroed(start.weights) };
          const { states } = runThrough(engine, run);
          const size = run.batchSize * config.hiddenSize;
          for (let step = 0; step < run.seqLength; step++) {
            for (let unit = 0; unit < size; unit++) {
              const h = states.h[0]?.[0]?.[step * size + unit] ?? NaN;
              const half = 0.5 ** (step + 1);
              const c = (run.c0?.[unit] ?? NaN) * half;
              const expected = {
                RNN: 0,
                LSTM: 0.5 * Math.tanh(c),
                GRU: (run.h0?.[unit] ?? NaN) * half,
              };
              const distance = Math.abs(h - expected[config.cell]);
              assert.ok(distance <= 2e-16, `${config.cell} ${h}, not ${expected[config.cell]}`);
            }
          }
        }),
      );
    });
  });
}

/** A run of another network over the same input, with weights and initial states of its own. */
function another(run: ForwardInput, changes: Partial<RecurrentConfig>): ForwardInput {
  const { seqLength, batchSize, precision, input } = run;
  const config = { ...run.config, ...changes };
  const made = scaled(randomRun({ config, seed: 11, seqLength, batchSize, givenH0: true }), 0.3);
  return { ...(precision === "f32" ? float32Run(made) : made), input };
}

function zeroed(weights: NetworkWeights): NetworkWeights {
  const clear = <Values extends WeightArray | null>(values: Values): Values =>
    (values === null ? null : zerosLike(values, values.length)) as Values;
  return weights.map((directions) =>
    directions.map((lane) => ({
      ...lane,
      weightIh: clear(lane.weightIh),
      weightHh: clear(lane.weightHh),
      biasIh: clear(lane.biasIh),
      biasHh: clear(lane.biasHh),
    })),
  );
}
