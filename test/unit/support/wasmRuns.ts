/** Networks for the fast path: run by it and by the readable one, and such whose numbers are known exactly. */
import assert from "node:assert/strict";
import type {
  ForwardEngine,
  ForwardInput,
  Network,
  Precision,
  StateArray,
} from "../../../src/engine/base/engine";
import { forward } from "../../../src/engine/forward";
import { createReadableEngine } from "../../../src/engine/readable/readable";
import { createWasmEngine } from "../../../src/engine/wasm/wasm";
import type { KernelBinary } from "../../../src/engine/wasm/binary";
import type { WeightArray } from "../../../src/model/bind";
import type { RecurrentConfig } from "../../../src/model/config";
import { rnnConfig } from "./goldens";
import { largestDistance, randomRun, statesOf } from "./runs";

/** A run in float32 whose weights and input are float32 themselves. */
export function float32Run(run: ForwardInput): ForwardInput {
  const round = <Values extends WeightArray | null>(values: Values): Values =>
    (values === null ? null : Float32Array.from(values)) as Values;
  return {
    ...run,
    precision: "f32",
    weights: run.weights.map((directions) =>
      directions.map((weights) => ({
        ...weights,
        weightIh: round(weights.weightIh),
        weightHh: round(weights.weightHh),
        biasIh: round(weights.biasIh),
        biasHh: round(weights.biasHh),
        weightHr: round(weights.weightHr),
      })),
    ),
    input: Float32Array.from(run.input),
    h0: run.h0 && Float32Array.from(run.h0),
    c0: run.c0 && Float32Array.from(run.c0),
  };
}

export function runOf(
  options: Partial<RecurrentConfig>,
  sizes: { seqLength: number; batchSize: number; lengths?: readonly number[] | null },
  precision: Precision = "f32",
): ForwardInput {
  const run = randomRun({ config: rnnConfig(options), seed: 7, givenH0: true, ...sizes });
  return precision === "f32" ? float32Run(run) : run;
}

/** The run with its weights made smaller. */
export function scaled(run: ForwardInput, factor: number): ForwardInput {
  const scale = <Values extends WeightArray | null>(values: Values): Values =>
    (values?.map((value) => value * factor) ?? null) as Values;
  return {
    ...run,
    weights: run.weights.map((directions) =>
      directions.map((weights) => ({
        ...weights,
        weightIh: scale(weights.weightIh),
        weightHh: scale(weights.weightHh),
        weightHr: scale(weights.weightHr),
      })),
    ),
  };
}

/** An engine of the fast path for a network that it computes. */
export function wasmEngine(network: Network, binary?: KernelBinary): ForwardEngine {
  const engine = createWasmEngine(network, binary && { binary });
  assert.ok(engine !== null);
  return engine;
}

/** The same, which runs short sequences by spans too. */
export function spanEngine(network: Network, binary?: KernelBinary): ForwardEngine {
  return { ...wasmEngine(network, binary), runShort: () => null };
}

/** Everything that a forward gives, by the fastest binary unless told otherwise, null for the readable path: h of each lane, c of each lane, h_n, c_n. */
export function everything(run: ForwardInput, binary?: KernelBinary | null): StateArray[] {
  return everythingBy(run, (network) =>
    binary === null ? createReadableEngine(network) : wasmEngine(network, binary),
  );
}

/** Everything that a forward gives through an engine. */
export function everythingBy(
  run: ForwardInput,
  createEngine: (network: Network) => ForwardEngine,
): StateArray[] {
  const trace = forward(run, { createEngine });
  const c = run.config.cell === "LSTM" ? statesOf(run, trace, "c").flat() : [];
  return [...statesOf(run, trace).flat(), ...c, trace.hn, ...(trace.cn === null ? [] : [trace.cn])];
}

/** By the readable path and by the kernels, in one go and by spans. */
export function assertClose(run: ForwardInput, binary: KernelBinary, tolerance: number): void {
  const [expected, actual] = [everything(run, null), everything(run, binary)];
  assert.deepEqual(
    everythingBy(run, (network) => spanEngine(network, binary)),
    actual,
  );
  assert.equal(actual.length, expected.length);
  actual.forEach((values, index) => {
    const distance = largestDistance(values, expected[index] ?? []);
    assert.ok(distance <= tolerance, `${distance} in ${index} of ${actual.length}`);
  });
}

/** A network that computes φ of each input: H units that look at nothing else. */
export function pointwise(
  cell: RecurrentConfig["cell"],
  input: StateArray,
  parts: { weightIh: number[]; biasIh: number[]; c0?: number; nonlinearity?: "tanh" | "relu" },
): ForwardInput {
  const gates = parts.weightIh.length;
  const isWide = input instanceof Float64Array;
  const make = (values: number[]): WeightArray =>
    isWide ? Float64Array.from(values) : Float32Array.from(values);
  return {
    config: rnnConfig({
      cell,
      inputSize: 1,
      hiddenSize: 1,
      nonlinearity: parts.nonlinearity ?? "tanh",
    }),
    weights: [
      [
        {
          inputSize: 1,
          hiddenSize: 1,
          stateSize: 1,
          weightHr: null,
          peephole: null,
          weightIh: make(parts.weightIh),
          weightHh: make(new Array<number>(gates).fill(0)),
          biasIh: make(parts.biasIh),
          biasHh: null,
        },
      ],
    ],
    input,
    seqLength: 1,
    batchSize: input.length,
    h0: null,
    lengths: null,
    c0: parts.c0 === undefined ? null : make(new Array<number>(input.length).fill(parts.c0)),
    precision: isWide ? "f64" : "f32",
  };
}

/** An RNN with relu whose input is 1 in one column after the other, and whose recurrent weights are 0. */
export function oneHotRun(weightIh: Float32Array, units: number, columns: number): ForwardInput {
  const input = new Float32Array(columns * columns);
  for (let column = 0; column < columns; column++) input[column * columns + column] = 1;
  return {
    config: rnnConfig({
      inputSize: columns,
      hiddenSize: units,
      bias: false,
      nonlinearity: "relu",
    }),
    weights: [
      [
        {
          inputSize: columns,
          hiddenSize: units,
          stateSize: units,
          weightIh,
          weightHh: new Float32Array(units * units),
          biasIh: null,
          biasHh: null,
          weightHr: null,
          peephole: null,
        },
      ],
    ],
    input,
    seqLength: columns,
    batchSize: 1,
    h0: null,
    c0: null,
    lengths: null,
    precision: "f32",
  };
}
