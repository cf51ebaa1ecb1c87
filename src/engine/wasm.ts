/**
 * The fast path: spans of steps through kernels in WASM with SIMD (kernel/).
 *
 * Same numbers as the readable path, to rounding: sums are taken in float32 (float64 for float64 networks).
 */
import { isPytorchVariant } from "../model/config";
import type { ForwardEngine, Network, Span } from "./engine";
import { fastestBinary, instantiate, type KernelBinary } from "./wasmBinary";
import { packedBytes, PackedLayers } from "./wasmLayers";
import { KernelMemory } from "./wasmMemory";
import { SpanMemory } from "./wasmSpans";

export interface WasmOptions {
  /** Which binary; the fastest one when not given. */
  readonly binary?: KernelBinary | null;
}

/** Weights beyond this leave too little of 4 GiB for the spans. */
const maxWeightBytes = 3.5 * 2 ** 30;

/** About 20 ms where the weights come from memory, less where they come from a cache. */
const multiplicationsPerRun = 1.5e8;

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
  const memory = allocateMemory(weightBytes, bytesPerValue);
  return memory === null ? null : engineOver(memory, network, binary);
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
function allocateMemory(weightBytes: number, bytesPerValue: 4 | 8): KernelMemory | null {
  try {
    return new KernelMemory(weightBytes, bytesPerValue);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function engineOver(memory: KernelMemory, network: Network, binary: KernelBinary): ForwardEngine {
  const { config, batchSize } = network;
  const kernel = instantiate(binary.module, memory.memory);
  const layers = new PackedLayers(memory, kernel, network);
  const { hiddenSize } = config;
  const spanMemory = new SpanMemory(memory, kernel, {
    batchSize,
    hiddenSize,
    stateSize: config.projSize > 0 ? config.projSize : hiddenSize,
    lengths: writeLengths(memory, network.lengths),
  });
  const runTask = memory.bytesPerValue === 4 ? kernel.run32 : kernel.run64;

  const runPiece = (span: Span): void => {
    const layer = layers.addressOf(span.layer, span.directionIndex);
    for (const task of spanMemory.enter(span, span.directionIndex, layer, 1)) runTask(task);
    spanMemory.leave(span);
  };
  return {
    path: binary.path,
    threads: 1,
    multiplicationsPerRun,
    run: (spans) => {
      for (const span of spans) {
        const steps = spanMemory.stepsOfPiece(span);
        if (steps === span.to - span.from) runPiece(span);
        else for (const piece of piecesOf(span, steps)) runPiece(piece);
      }
    },
    dispose: () => undefined,
  };
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
