/**
 * The fast path: spans of steps through kernels in WASM with SIMD (kernel/).
 *
 * Same numbers as the readable path, to rounding: sums are taken in float32 (float64 for float64 networks).
 */
import { isPytorchVariant, stateSize } from "../model/config";
import type { ForwardEngine, Network, Span } from "./engine";
import { fastestBinary, instantiate, type KernelBinary } from "./wasmBinary";
import { packedBytes, PackedLayers } from "./wasmLayers";
import { KernelMemory } from "./wasmMemory";
import { SpanMemory } from "./wasmSpans";
import type { KernelThreads, TaskMemory, TaskTeam } from "./wasmThreads";

export interface WasmOptions {
  /** Which binary; the fastest one when not given. */
  readonly binary?: KernelBinary | null;
  /** Threads to share the work with; none when not given. */
  readonly threads?: KernelThreads | null;
}

/** Weights beyond this leave too little of 4 GiB for the spans. */
const maxWeightBytes = 3.5 * 2 ** 30;

/** About 20 ms where the weights come from memory for one row, and where a few rows share them. */
const multiplicationsPerRun = (batchSize: number): number => 1.5e8 * Math.min(3, batchSize);

/**
 * An engine for a network that the kernels compute; null for the others: other precisions than float32 and float64,
 * cells that differ from PyTorch's, weights that do not fit, and JavaScript engines without WASM SIMD.
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
  const shared = (options.threads?.count ?? 1) > 1;
  const memory = allocateMemory(weightBytes, bytesPerValue, shared);
  return memory === null
    ? null
    : engineOver(memory, network, binary, shared ? (options.threads ?? null) : null);
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

/** null when the system does not give that much. */
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
  const { hiddenSize } = config;
  const module = binary.module(threads !== null);
  const kernel = instantiate(module, memory.memory);
  const layers = new PackedLayers(memory, kernel, network);
  const spanMemory = new SpanMemory(memory, kernel, {
    batchSize,
    hiddenSize,
    stateSize: stateSize(config),
    lengths: writeLengths(memory, network.lengths),
  });
  const isWide = memory.bytesPerValue === 8;
  const runTask = isWide ? kernel.run64 : kernel.run32;
  const team = threads && new LazyTeam(threads, { module, memory: memory.memory, isWide, runTask });

  const enter = (span: Span, slot: number, tasks: number): readonly number[] =>
    spanMemory.enter(span, slot, layers.addressOf(span.layer, span.directionIndex), tasks);

  /** Runs spans that fit in their slots. */
  const runWhole = (spans: readonly Span[]): void => {
    const tasksEach = team?.tasksEach(network, spans) ?? 0;
    if (tasksEach > 0) {
      team?.run(spans.flatMap((span, slot) => enter(span, slot, tasksEach)));
      for (const span of spans) spanMemory.leave(span);
      return;
    }
    for (const span of spans) {
      for (const task of enter(span, 0, 1)) runTask(task);
      spanMemory.leave(span);
    }
  };

  return {
    path: binary.path,
    threads: threads?.count ?? 1,
    multiplicationsPerRun: multiplicationsPerRun(batchSize),
    run: (spans) => {
      const isWhole = (span: Span): boolean =>
        spanMemory.stepsOfPiece(span) === span.to - span.from;
      if (spans.every(isWhole)) {
        runWhole(spans);
        return;
      }
      const pieces = spans.map((span) => piecesOf(span, spanMemory.stepsOfPiece(span)));
      const rounds = Math.max(...pieces.map(({ length }) => length));
      for (let round = 0; round < rounds; round++) {
        runWhole(pieces.flatMap((all) => all.slice(round, round + 1)));
      }
    },
    dispose: () => {
      team?.dispose();
    },
  };
}

/** Threads that are asked for help when there is enough to do. */
class LazyTeam {
  readonly #threads: KernelThreads;
  readonly #target: TaskMemory;
  #team: TaskTeam | null = null;
  #multiplications = 0;

  constructor(threads: KernelThreads, target: TaskMemory) {
    this.#threads = threads;
    this.#target = target;
  }

  /** Tasks that each span is dealt out to; 0 when the caller had better do all of it itself. */
  tasksEach({ weights, batchSize }: Network, spans: readonly Span[]): number {
    let multiplications = 0;
    for (const { layer, directionIndex, from, to } of spans) {
      const { weightIh, weightHh } = weights[layer]![directionIndex]!;
      multiplications += (to - from) * batchSize * (weightIh.length + weightHh.length);
    }
    const { count, limits } = this.#threads;
    const tasks = Math.min(Math.ceil(batchSize / 2), Math.floor(count / spans.length));
    if (multiplications < limits.atOnce || (tasks < 2 && spans.length < 2)) return 0;
    this.#multiplications += multiplications;
    return this.#multiplications < limits.before ? 0 : Math.max(1, tasks);
  }

  run(tasks: readonly number[]): void {
    this.#team ??= this.#threads.attach(this.#target);
    this.#team.run(tasks);
  }

  dispose(): void {
    this.#team?.dispose();
  }
}

/** Address of the lengths, 0 without. */
function writeLengths(memory: KernelMemory, lengths: readonly number[] | null): number {
  if (lengths === null) return 0;
  const address = memory.reserve(4 * lengths.length);
  memory.words.set(lengths, address / 4);
  return address;
}

/** A span cut into pieces of at most `steps` steps, in the order in which they are run. */
function piecesOf(span: Span, steps: number): Span[] {
  const total = span.to - span.from;
  const pieces: Span[] = [];
  for (let start = 0; start < total; start += steps) {
    const end = Math.min(total, start + steps);
    const part = <Values extends Float32Array | Float64Array>(values: Values): Values =>
      values.subarray((start * values.length) / total, (end * values.length) / total) as Values;
    pieces.push({
      ...span,
      from: span.from + start,
      to: span.from + end,
      x: span.x.map(part),
      h: part(span.h),
      c: span.c === null ? null : part(span.c),
    });
  }
  return span.direction === "reverse" ? pieces.reverse() : pieces;
}
