/** What the benchmark measures of Unroll; bundled and minified, as it is shipped. */
import { joinDirections } from "../src/analysis/lanes";
import { ValueChecks } from "../src/statistics/valueChecks";
import { StatisticsPasses, type MeasuredValues } from "../src/statistics/passes";
import { createStatisticsKernel } from "../src/statistics/kernelWasm";
import { chooseEngine } from "../src/engine/choose";
import type { ForwardEngine, ForwardInput } from "../src/engine/base/engine";
import { forward } from "../src/engine/forward";
import type { KernelThreads } from "../src/engine/wasm/threads";
import { openArchive } from "../src/formats/open";
import { bindWeights } from "../src/model/bind";
import { pytorchVariant, type RecurrentConfig } from "../src/model/config";
import { directionsOf } from "../src/model/directions";
import { findModules } from "../src/model/find/find";
import { FileSource } from "../src/node/fileSource";
import { createKernelThreads } from "../src/node/kernelThreads";
import { PERCENTILES } from "../src/tensor/slice";
import type { Tensor } from "../src/tensor/tensor";

export { timeDiagnosis } from "./diagnosis";
export { timeEmbedded } from "./embedded";

/** A case of the benchmark, as every engine is asked to prepare it. */
interface Manifest {
  readonly cell: "RNN" | "GRU" | "LSTM";
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bidirectional: boolean;
  readonly seqLength: number;
  readonly batchSize: number;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Float32 values of a case: weights by name, and the input (T, B, I). */
interface Values {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly input: Float32Array;
}

interface PrepareOptions {
  /** False for a GRU whose reset gate scales h before the product, as TensorFlow.js has it. */
  readonly resetAfter?: boolean;
  readonly precision?: "f32" | "f64";
}

interface Prepared {
  /** One forward that keeps all states; gives the output, (T, B, D·H). */
  readonly run: () => Float32Array | Float64Array;
  readonly release: () => void;
  /** Which path computes it. */
  readonly detail: string;
}

/** Threads that engines share; null for the caller's alone. `script` is src/node/kernelThread.ts bundled. */
export function makeThreads(count: number, script: string): KernelThreads | null {
  return count > 1 ? createKernelThreads({ count, script }) : null;
}

/** Packs the weights once; every call of `run` is one forward. */
export function prepare(
  manifest: Manifest,
  values: Values,
  threads: KernelThreads | null,
  options: PrepareOptions = {},
): Prepared {
  const run = forwardInput(manifest, values, options);
  const engine = chooseEngine(run, { threads });
  const { path, threads: taken, multiplicationsPerRun, spansAtOnce, stepsPerSpan } = engine;
  const shared: ForwardEngine = {
    path,
    threads: taken,
    multiplicationsPerRun,
    spansAtOnce,
    stepsPerSpan,
    run: (spans, pause) => {
      engine.run(spans, pause);
    },
    runShort: (short) => engine.runShort?.(short) ?? null,
    // It is kept for the next forward.
    dispose: () => undefined,
  };
  return {
    run: () => outputOf(run, shared),
    release: () => {
      engine.dispose();
    },
    detail: taken > 1 ? `${path}, ${taken} threads` : path,
  };
}

/** Milliseconds of making an engine, packing all weights and running one step, each of some times. */
export function packingTimes(manifest: Manifest, values: Values, times: number): number[] {
  const input = values.input.subarray(0, manifest.batchSize * manifest.inputSize);
  const run = forwardInput({ ...manifest, seqLength: 1 }, { ...values, input }, {});
  return Array.from({ length: times }, () => {
    const start = performance.now();
    const engine = chooseEngine(run);
    outputOf(run, engine);
    return performance.now() - start;
  });
}

/** Opens an archive that holds one module, and runs it on an input (T, 1, I) of that archive. */
export async function firstStates(path: string): Promise<Float32Array | Float64Array> {
  const source = await FileSource.open(path);
  const archive = await openArchive(source);
  const [module] = findModules(archive.entries);
  const entry = archive.entries.find(({ name }) => name === "input");
  if (module === undefined || entry === undefined) throw new Error("no module or no input");
  const tensors = new Map<string, Tensor>();
  for (const [name, each] of module.entries) tensors.set(name, await archive.read(each));
  const input = (await archive.read(entry)).data;
  await source.close();
  const { config } = module;
  const seqLength = input.length / config.inputSize;
  const run = inputOf(config, tensors, input, { seqLength, batchSize: 1 });
  return outputOf(run, chooseEngine(run));
}

/** Opens an archive, counts its entries and closes it. */
export async function openOnce(path: string): Promise<number> {
  const source = await FileSource.open(path);
  try {
    return (await openArchive(source)).entries.length;
  } finally {
    await source.close();
  }
}

interface PreparedStatistics {
  readonly moments: () => void;
  readonly all: () => MeasuredValues;
}

/** Statistics of values in memory: the first pass alone, and both. */
export function prepareStatistics(values: Float32Array): PreparedStatistics {
  const measured = (): StatisticsPasses => {
    const passes = new StatisticsPasses(
      createStatisticsKernel(),
      new ValueChecks(1, values.length),
    );
    passes.measure(values, 0);
    return passes;
  };
  return {
    moments: () => {
      measured();
    },
    all: () => {
      const passes = measured();
      passes.plan(PERCENTILES);
      passes.bin(values);
      return passes.result(PERCENTILES).values;
    },
  };
}

function outputOf(run: ForwardInput, engine: ForwardEngine): Float32Array | Float64Array {
  const trace = forward(run, { createEngine: () => engine });
  const layer = run.config.numLayers - 1;
  const directions = directionsOf(run.config).map((_, directionIndex) =>
    trace.read("h", { layer, directionIndex }, 0, run.seqLength),
  );
  return joinDirections(directions, trace.stateSize);
}

function forwardInput(
  manifest: Manifest,
  { weights, input }: Values,
  { resetAfter = true, precision = "f32" }: PrepareOptions,
): ForwardInput {
  const { cell, inputSize, hiddenSize, numLayers, bidirectional } = manifest;
  const config: RecurrentConfig = {
    cell,
    isCellClass: false,
    inputSize,
    hiddenSize,
    numLayers,
    bidirectional,
    bias: true,
    projSize: 0,
    batchFirst: false,
    nonlinearity: "tanh",
    variant: { ...pytorchVariant, resetAfter },
  };
  const tensors = new Map(
    manifest.parameters.map(({ name, shape }): [string, Tensor] => [
      name,
      { dtype: "float32", shape, data: weights.get(name) ?? new Float32Array() },
    ]),
  );
  return { ...inputOf(config, tensors, input, manifest), precision };
}

function inputOf(
  config: RecurrentConfig,
  tensors: ReadonlyMap<string, Tensor>,
  input: Tensor["data"],
  { seqLength, batchSize }: { seqLength: number; batchSize: number },
): ForwardInput {
  const weights = bindWeights(config, tensors);
  const given = { h0: null, c0: null, lengths: null, precision: "f32" } as const;
  return { config, weights, input, seqLength, batchSize, ...given };
}
