/**
 * The fast path: spans of steps through kernels in WASM with SIMD (kernel/).
 *
 * The numbers equal those of the readable path up to rounding: sums are computed in float32 (float64 for float64).
 */
import { isPytorchVariant, stateSize } from "../../model/config";
import type { ForwardEngine, Network } from "../base/engine";
import { fastestBinary, instantiate, type KernelBinary } from "./binary";
import { packedBytes, PackedLayers } from "./layers";
import { addressableBytes, KernelMemory } from "./memory";
import { bytesOfRow, rowsOfPiece } from "./pieces";
import { SpanRunner } from "./runner";
import { SpanMemory } from "./spans";
import { WasmTeam } from "./team";
import type { KernelThreads } from "./threads";
import { WholeRunner } from "./whole";

export interface WasmOptions {
  /** Which binary; the fastest one when not given. */
  readonly binary?: KernelBinary | null;
  /** Threads to share the work with; none when not given. */
  readonly threads?: KernelThreads | null;
}

/** Weights beyond this leave too little of 4 GiB for the spans. */
const maxWeightBytes = 3.5 * 2 ** 30;

/** A slot that is too small is replaced by one twice as large and not freed: up to three times the memory. */
const placesOfSpan = 3;

/** Rows of x that are multiplied at a time: enough to reuse a tile of weights from the first-level cache … */
const projectedRows = 128;

/** … unless that takes longer than this many multiplications, about 20 ms. */
const projectedMultiplications = 4e8;

/** About 20 ms where the weights come from memory for one row, and where a few rows share them. */
const multiplicationsPerRun = (batchSize: number): number => 1.5e8 * Math.min(3, batchSize);

/** Steps whose x is multiplied at once. */
function stepsPerSpan({ weights, batchSize }: Network): number {
  const widest = Math.max(...weights.flat().map(({ weightIh }) => weightIh.length));
  const rows = Math.min(projectedRows, projectedMultiplications / widest);
  return Math.max(1, Math.floor(rows / batchSize));
}

/**
 * An engine for a network that the kernels compute; null for the others: other precisions than float32 and float64,
 * cells that differ from PyTorch's, weights or steps that do not fit, and JavaScript engines without WASM SIMD.
 */
export function createWasmEngine(
  network: Network,
  options: WasmOptions = {},
): ForwardEngine | null {
  const bytesPerValue = valueBytes(network);
  if (bytesPerValue === null) return null;
  const weightBytes = packedBytes(network.weights, bytesPerValue);
  const binary = options.binary === undefined ? fastestBinary() : options.binary;
  if (binary === null || weightBytes > maxWeightBytes) return null;
  const threads = options.threads?.count ?? 1;
  const spanBytes = threads * placesOfSpan * bytesAtOnce(network, bytesPerValue);
  if (weightBytes + spanBytes > addressableBytes) return null;
  const shared = threads > 1;
  const memory = allocateMemory(weightBytes, bytesPerValue, shared);
  return memory === null
    ? null
    : engineOver(memory, network, binary, shared ? (options.threads ?? null) : null);
}

/** Bytes of one piece of a span. */
function bytesAtOnce(network: Network, bytesPerValue: 4 | 8): number {
  const rows = rowsOfPiece(network, bytesPerValue);
  return stepsPerSpan(network) * rows * bytesOfRow(network.config, bytesPerValue);
}

/** Bytes of the values that the kernels compute a network in; null for a network that they do not compute. */
function valueBytes({ config, weights, precision }: Network): 4 | 8 | null {
  if (!isPytorchVariant(config)) return null;
  if (precision === "f64") return 8;
  if (precision !== "f32") return null;
  const isFloat32 = weights
    .flat()
    .every(({ weightIh, weightHh }) =>
      [weightIh, weightHh].every((w) => w instanceof Float32Array),
    );
  return isFloat32 ? 4 : null;
}

/** null when the system does not provide that much. */
function allocateMemory(
  weightBytes: number,
  bytesPerValue: 4 | 8,
  shared: boolean,
): KernelMemory | null {
  try {
    return new KernelMemory(weightBytes, bytesPerValue, shared);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function engineOver(
  memory: KernelMemory,
  network: Network,
  binary: KernelBinary,
  threads: KernelThreads | null,
): ForwardEngine {
  const { config, batchSize } = network;
  const module = binary.module(threads !== null);
  const { bytesPerValue } = memory;
  const kernel = instantiate(module, memory.memory, bytesPerValue, () => threads?.checkThreads());
  const target = { module, memory: memory.memory, bytesPerValue, kernel };
  const team = threads && new WasmTeam(threads, target, network);
  const limits = {
    stepsPerSpan: stepsPerSpan(network),
    multiplicationsPerRun: multiplicationsPerRun(batchSize),
  };
  const lengths = writeLengths(memory, network.lengths);
  const layers = new PackedLayers(memory, kernel, network);
  const spans = new SpanMemory(memory, kernel, {
    batchSize,
    rowsAtOnce: rowsOfPiece(network, bytesPerValue),
    hiddenSize: config.hiddenSize,
    stateSize: stateSize(config),
    lengths,
    stepsPerSpan: limits.stepsPerSpan,
  });
  const whole = new WholeRunner({
    network,
    memory,
    kernel,
    layers,
    lengths,
    stepsPerSpan: limits.stepsPerSpan,
    maxMultiplications: Math.min(limits.multiplicationsPerRun, threads?.limits.atOnce ?? Infinity),
  });
  const runner = new SpanRunner({ network, layers, spans, kernel, team, ...limits });
  return {
    path: binary.path,
    threads: threads?.count ?? 1,
    spansAtOnce: team?.spansAtOnce ?? 1,
    ...limits,
    run: (each, pause) => {
      runner.run(each, pause);
    },
    runShort: (run) => whole.run(run),
    dispose: () => {
      team?.dispose();
    },
  };
}

/** Address of the lengths, 0 without. */
function writeLengths(memory: KernelMemory, lengths: readonly number[] | null): number {
  if (lengths === null) return 0;
  const address = memory.reserve(4 * lengths.length);
  memory.words.set(lengths, address / 4);
  return address;
}
