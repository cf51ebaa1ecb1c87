/** Batches of so many rows that one step of them does not fit where a step usually does. */
import assert from "node:assert/strict";
import type {
  ForwardEngine,
  ForwardInput,
  Network,
  StateArray,
} from "../../../../src/engine/base/engine";
import { forward } from "../../../../src/engine/forward";
import { backward } from "../../../../src/engine/gradient/gradient";
import { planTrace } from "../../../../src/engine/base/traceMemory";
import { createWasmEngine } from "../../../../src/engine/wasm/wasm";
import { bytesOfRow, piecesOf, rowsOfPiece } from "../../../../src/engine/wasm/pieces";
import type { KernelThreads } from "../../../../src/engine/wasm/threads";
import { LimitError } from "../../../../src/core/errors";
import type { RecurrentConfig } from "../../../../src/model/config";
import { createKernelThreads } from "../../../../src/node/kernelThreads";
import { statesOf } from "../../support/runs";
import { runOf } from "../../support/wasmRuns";

/** Rows that are run in one go; some times as many are not. */
const few = 4000;
const steps = 3;

function engineOn(threads: KernelThreads | null): (network: Network) => ForwardEngine {
  return (network) => {
    const engine = createWasmEngine(network, { threads });
    assert.ok(engine !== null);
    return engine;
  };
}

/** Input and lengths of rows that repeat those of a small batch so many times. */
function repeated(run: ForwardInput, times: number): ForwardInput {
  const { config, seqLength, input, lengths } = run;
  const size = few * config.inputSize;
  const batchSize = times * few;
  const all = new Float32Array(times * input.length);
  for (let step = 0; step < seqLength; step++) {
    const rows = input.subarray(step * size, (step + 1) * size);
    for (let k = 0; k < times; k++) all.set(rows, (times * step + k) * size);
  }
  const allLengths =
    lengths && Array.from({ length: batchSize }, (_, row) => lengths[row % few] ?? 0);
  return { ...run, batchSize, input: all, lengths: allLengths };
}

/** Whether rows first … first + few of every step of states (T, B, size) have the bits of those of a small batch. */
function hasRows(states: StateArray, small: StateArray, first: number): boolean {
  const count = small.length / steps;
  const size = count / few;
  const batchSize = states.length / steps / size;
  return Array.from({ length: steps }, (_, step) => step).every((step) => {
    const from = (step * batchSize + first) * size;
    const found = states.subarray(from, from + count);
    return bytesOf(found).equals(bytesOf(small.subarray(step * count, (step + 1) * count)));
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: StateArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

describe("large batches", function () {
  this.slow(60_000);

  // Last: how many times as many rows make three pieces, which do not begin where the repetitions do.
  const networks: [string, Partial<RecurrentConfig>, boolean, number][] = [
    ["LSTM", { cell: "LSTM", hiddenSize: 64 }, false, 8],
    ["two directions with lengths", { cell: "GRU", hiddenSize: 64, bidirectional: true }, true, 10],
    ["two layers", { cell: "RNN", hiddenSize: 250, numLayers: 2 }, true, 4],
  ];
  for (const [name, options, hasLengths, times] of networks) {
    for (const count of [1, 2]) {
      it(`gives each row the same bits as in a small batch: ${name}, ${count} threads`, () => {
        const lengths = hasLengths
          ? Array.from({ length: few }, (_, row) => 1 + (row % steps))
          : null;
        const sizes = { seqLength: steps, batchSize: few, lengths };
        const run = { ...runOf({ inputSize: 2, ...options }, sizes), h0: null, c0: null };
        const many = repeated(run, times);
        assert.equal(Math.ceil(many.batchSize / rowsOfPiece(many, 4)), 3, "is cut");
        assert.equal(rowsOfPiece(run, 4), few, "is not cut");
        const limits = { atOnce: 0, before: 0, ofStep: 0 };
        const threads = count === 1 ? null : createKernelThreads({ count, limits });
        try {
          const small = forward(run, { createEngine: engineOn(null) });
          const large = forward(many, { createEngine: engineOn(threads) });
          const expected = statesOf(run, small).flat();
          statesOf(many, large)
            .flat()
            .forEach((lane, index) => {
              const small = expected[index];
              assert.ok(small);
              for (const first of [0, few, (times - 1) * few]) {
                assert.ok(hasRows(lane, small, first), `lane ${index}, rows from ${first}`);
              }
            });
        } finally {
          threads?.dispose();
        }
      });
    }
  }

  it("takes steps of any batch in pieces whose sizes are known", () => {
    const { config } = runOf(
      { cell: "LSTM", hiddenSize: 64, inputSize: 1 },
      { seqLength: 1, batchSize: 1 },
    );
    for (const rows of [900_000, 4_194_304, 2 ** 31 + 1]) {
      const atOnce = rowsOfPiece({ config, batchSize: rows } as Network, 4);
      assert.ok(atOnce % 2 === 0 && atOnce * bytesOfRow(config, 4) < 2 ** 26 + 2 ** 16);
    }
  });

  it("cuts a span by steps, and a step by rows, which follow each other in all arrays", () => {
    const x = Float32Array.from({ length: 2 * 5 * 3 }, (_, k) => k);
    const state = { h: new Float32Array(5), c: null };
    const span = {
      ...({ layer: 0, directionIndex: 0, direction: "reverse", from: 4, to: 6 } as const),
      x: [x],
      state,
      h: new Float32Array(10),
      c: null,
    };
    const pieces = piecesOf(span, { steps: 1, rows: 2, batchSize: 5 });
    assert.deepEqual(
      pieces.map((piece) => [piece.from, piece.firstRow, piece.x[0]?.[0], piece.x[0]?.length]),
      [
        ...[
          [5, 0, 15, 6],
          [5, 2, 21, 6],
          [5, 4, 27, 3],
        ],
        ...[
          [4, 0, 0, 6],
          [4, 2, 6, 6],
          [4, 4, 12, 3],
        ],
      ],
    );
    assert.equal(pieces[1]?.state.h.byteOffset, 8);
  });

  it("keeps states within the limit, or says which limit would be enough", () => {
    const { config } = runOf({ cell: "LSTM", hiddenSize: 64 }, { seqLength: 1, batchSize: 1 });
    const frame = { config, bytesPerValue: 4, share: 1, maxTraceBytes: 2 ** 29 };
    const stepBytes = 1000 * 128 * 4;
    for (const seqLength of [1, 2, 1000, 1048, 20_000, 100_000]) {
      const { blockSteps, keptBlocks } = planTrace({ ...frame, seqLength, batchSize: 1000 });
      const kept =
        blockSteps === null
          ? 1 + seqLength
          : 1 + Math.ceil(seqLength / blockSteps) + keptBlocks * blockSteps;
      assert.ok(kept * stepBytes <= 2 ** 29, `${seqLength} steps`);
      assert.equal(blockSteps === null, seqLength <= 1000);
    }
    assert.throws(
      () => planTrace({ ...frame, seqLength: 1, batchSize: 900_000, share: 1 / 2 }),
      (error) =>
        error instanceof LimitError &&
        error.message ===
          "LSTM: the memory for the states of T = 1, B = 900000, in MB is 1758, the limit is 1024; " +
            "raise unroll.trace.memory, or run fewer batch rows",
    );
  });

  it("refuses gradients that do not fit", () => {
    const run = runOf({ cell: "LSTM", hiddenSize: 64 }, { seqLength: 1, batchSize: few });
    const trace = forward({ ...run, precision: "f64" });
    const huge = { ...run, batchSize: 2 ** 20 };
    assert.throws(
      () => backward(huge, trace, { output: null, hn: null, cn: null }),
      /the memory for the gradients of B = 1048576, in MB is 1032, the limit is 512/,
    );
  });

  it("lets a run be stopped between two rows on the readable path", () => {
    const run = runOf({ cell: "LSTM", hiddenSize: 64 }, { seqLength: 1, batchSize: 5000 });
    let checks = 0;
    forward(run, { control: { report: () => undefined, check: () => (checks += 1) } });
    assert.ok(checks > 10);
  });
});
