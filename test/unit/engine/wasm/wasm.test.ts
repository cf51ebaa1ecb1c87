/** The fast path against the readable one, and where its numbers are known exactly. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunControl } from "../../../../src/core/control";
import type {
  ForwardEngine,
  ForwardInput,
  Precision,
  StateArray,
} from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import { createWasmEngine } from "../../../../src/engine/wasm/wasm";
import { kernelBinary, type KernelBinary } from "../../../../src/engine/wasm/binary";
import { CancelledError } from "../../../../src/core/errors";
import { pytorchVariant, type RecurrentConfig } from "../../../../src/model/config";
import { rnnConfig } from "../../support/goldens";
import { filled, numbersFrom, randomRun, statesOf } from "../../support/runs";
import {
  assertClose,
  everything,
  everythingBy,
  float32Run,
  oneHotRun,
  runOf,
  scaled,
  spanEngine,
  wasmEngine,
} from "../../support/wasmRuns";

const paths = ["simd", "relaxed-simd"] as const;

for (const path of paths) {
  describe(`fast path, ${path}`, function () {
    this.slow(60_000);
    let binary: KernelBinary;

    before(function () {
      const found = kernelBinary(path);
      if (found === null) {
        console.log(`    this Node has no ${path}: not tested`);
        this.skip();
      }
      binary = found;
    });

    const cells: Partial<RecurrentConfig>[] = [
      { cell: "RNN" },
      { cell: "RNN", nonlinearity: "relu" },
      { cell: "LSTM" },
      { cell: "LSTM", projSize: 3 },
      { cell: "GRU" },
    ];
    for (const cell of cells) {
      const name = [cell.cell, cell.nonlinearity, cell.projSize && `P${cell.projSize}`]
        .filter(Boolean)
        .join(" ");
      for (const hiddenSize of [4, 5, 16, 31]) {
        for (const [inputSize, batchSize] of [
          [1, 1],
          [3, 2],
          [8, 5],
        ] as const) {
          const sizes = `I${inputSize} H${hiddenSize} B${batchSize}`;
          it(`computes ${name} ${sizes} as the readable path does`, () => {
            const bias = hiddenSize !== 5;
            const options = { ...cell, inputSize, hiddenSize, numLayers: 2, bidirectional: true };
            const lengths = batchSize === 5 ? [3, 1, 6, 6, 2] : null;
            const run = (precision: Precision): ForwardInput =>
              scaled(
                runOf({ ...options, bias }, { seqLength: 6, batchSize, lengths }, precision),
                0.3,
              );
            assertClose(run("f32"), binary, 4e-6);
            assertClose(run("f64"), binary, 1e-14);
          });
        }
      }
    }

    it("computes any network of PyTorch's as the readable path does", () => {
      fc.assert(
        fc.property(
          fc.record({
            cell: fc.constantFrom("RNN" as const, "LSTM" as const, "GRU" as const),
            inputSize: fc.integer({ min: 1, max: 40 }),
            hiddenSize: fc.integer({ min: 1, max: 40 }),
            numLayers: fc.integer({ min: 1, max: 3 }),
            bidirectional: fc.boolean(),
            bias: fc.boolean(),
            projected: fc.boolean(),
          }),
          fc.integer({ min: 1, max: 40 }),
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 }),
          fc.boolean(),
          fc.integer(),
          ({ projected, ...options }, seqLength, lengths, padded, seed) => {
            const projSize =
              projected && options.cell === "LSTM" ? Math.floor(options.hiddenSize / 2) : 0;
            const run = randomRun({
              config: rnnConfig({ ...options, projSize }),
              seed,
              seqLength,
              givenH0: true,
              batchSize: lengths.length,
              lengths: padded ? lengths.map((length) => Math.min(length, seqLength)) : null,
            });
            // Weights of −1…1 make a network of 40 units chaotic; a hundredth of them does not.
            assertClose(scaled(float32Run(run), 0.1), binary, 1e-5);
            assertClose(scaled(run, 0.1), binary, 1e-13);
          },
        ),
        { numRuns: 60 },
      );
    });

    it("sums over K in more than one block", () => {
      const options = { cell: "LSTM" as const, inputSize: 600, hiddenSize: 300 };
      assertClose(scaled(runOf(options, { seqLength: 3, batchSize: 3 }), 0.05), binary, 2e-6);
    });

    it("gives the same bits whatever the spans and whatever the other rows of the batch are", () => {
      const sizes = { seqLength: 300, batchSize: 3, lengths: [300, 17, 150] };
      const run = runOf({ cell: "GRU", inputSize: 5, hiddenSize: 7, bidirectional: true }, sizes);
      const whole = everything(run, binary);
      const cut = everythingBy(run, (network) => ({
        ...spanEngine(network, binary),
        multiplicationsPerRun: 20_000,
      }));
      assert.deepEqual(cut, whole);
      // A batch of one has sums of its own: two rows are left.
      const left = everything(withoutFirstRow(run), binary);
      const size = 7;
      const rowsOfWhole = whole[1]?.filter((_, i) => Math.floor(i / size) % 3 > 0);
      assert.deepEqual(left[1], rowsOfWhole);
    });

    it("pauses while it runs, and goes on after a pause or begins anew after it was stopped", () => {
      const options = { cell: "GRU" as const, inputSize: 8, hiddenSize: 1024 };
      const run = scaled(runOf(options, { seqLength: 120, batchSize: 1 }), 0.03);
      const engine = wasmEngine(run, binary);
      const createEngine = (): ForwardEngine => ({
        ...engine,
        runShort: () => null,
        dispose: () => undefined,
      });
      const fractions: number[] = [];
      const control: RunControl = {
        report: (fraction) => {
          fractions.push(fraction);
        },
        check: () => {
          if (fractions.length === 2) throw new CancelledError();
        },
      };
      const whole = forward(run, { createEngine });
      assert.throws(() => forward(run, { createEngine, control }), CancelledError);
      const again = forward(run, { createEngine, control: { ...control, check: () => undefined } });
      assert.deepEqual(statesOf(run, again), statesOf(run, whole));
      assert.deepEqual([...again.hn], [...whole.hn]);
      // A span of all steps, 47 of which are 150 million multiplications with h.
      assert.equal(again.path.engine, engine.path);
      assert.deepEqual(fractions.slice(2), [47 / 120, 94 / 120, 1]);
    });

    it("runs sequences of any length one after another, each from its own state", () => {
      const config = { cell: "LSTM" as const, inputSize: 3, hiddenSize: 6, bidirectional: true };
      const one = runOf(config, { seqLength: 1, batchSize: 2 });
      const engine = wasmEngine(one, binary);
      const createEngine = (): ForwardEngine => ({ ...engine, dispose: () => undefined });
      for (const [index, seqLength] of [7, 300, 7, 40_000, 12].entries()) {
        const run = runOf(config, { seqLength, batchSize: 2 });
        const same = { ...run, weights: one.weights, h0: index === 2 ? null : run.h0 };
        assert.deepEqual(
          everythingBy(same, createEngine),
          everythingBy(same, (network) => spanEngine(network, binary)),
        );
      }
    });

    it("keeps weights as they are while packing them", () => {
      for (const [units, columns] of [
        [1, 1],
        [7, 5],
        [64, 9],
        [130, 1030],
      ] as const) {
        const next = numbersFrom(units);
        const weights = Float32Array.from(filled(units * columns, () => Math.abs(next())));
        const run = oneHotRun(weights, units, columns);
        const columnsOfWeights = Float32Array.from(
          { length: units * columns },
          (_, i) => weights[(i % units) * columns + Math.floor(i / units)] ?? NaN,
        );
        assert.deepEqual(everything(run, binary)[0], columnsOfWeights);
      }
    });

    it("passes NaN and Infinity on to the same places as the readable path", () => {
      for (const cell of ["RNN", "LSTM", "GRU"] as const) {
        const options = { cell, inputSize: 3, hiddenSize: 6, numLayers: 2, bidirectional: true };
        const run = runOf(options, { seqLength: 5, batchSize: 4 });
        run.input[2 * 12 + 1] = NaN;
        run.input[1 * 12 + 4] = Infinity;
        run.input[3 * 12 + 8] = -Infinity;
        const [expected, actual] = [everything(run, null), everything(run, binary)];
        const places = (all: StateArray[]): string[] =>
          all.map((values) => Array.from(values, (x) => (Number.isNaN(x) ? "N" : "·")).join(""));
        assert.deepEqual(places(actual), places(expected));
        assert.ok(places(actual).join("").includes("N"));
      }
    });
  });
}

describe("createWasmEngine", () => {
  it("takes no network that it cannot compute", () => {
    const run = runOf({ cell: "GRU", inputSize: 2, hiddenSize: 2 }, { seqLength: 1, batchSize: 1 });
    const variant = { ...pytorchVariant, resetAfter: false };
    assert.equal(createWasmEngine({ ...run, precision: "f16" }), null);
    assert.equal(createWasmEngine({ ...run, config: { ...run.config, variant } }), null);
    assert.equal(createWasmEngine(run, { binary: null }), null);
    const wide = runOf(run.config, { seqLength: 1, batchSize: 1 }, "f64");
    assert.equal(createWasmEngine({ ...wide, precision: "f32" }), null);
    assert.notEqual(createWasmEngine(run), null);
  });
});

/** A run of one layer without the first row of its batch. */
function withoutFirstRow(run: ForwardInput): ForwardInput {
  const pick = (values: StateArray, size: number): StateArray =>
    values.filter((_, i) => Math.floor(i / size) % run.batchSize > 0);
  const { inputSize, hiddenSize } = run.config;
  return {
    ...run,
    batchSize: run.batchSize - 1,
    lengths: run.lengths?.slice(1) ?? null,
    input: pick(run.input, inputSize),
    h0: run.h0 && pick(run.h0, hiddenSize),
  };
}
