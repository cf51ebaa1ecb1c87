/**
 * How the states of a run are kept within its memory limit, and the error when they cannot be.
 */
import type { Bound } from "../../core/bounds";
import { LimitError, UnsupportedError } from "../../core/errors";
import type { RecurrentConfig } from "../../model/config";
import { text } from "../../core/text";
import { traceBytes } from "./trace";

/** The default of the setting `unroll.trace.memory`. */
export const defaultTraceBytes = 512 * 2 ** 20;

/** The memory that every run may take: the smallest value of the setting. */
const leastTraceBytes = 16 * 2 ** 20;

/** Share of the memory for one block; the blocks next to the one that is read are kept as well. */
const blockShare = 1 / 8;

/** The smallest number of kept blocks: each direction of a layer reads one. */
const leastBlocks = 2;

/** How the states of a run are kept. */
export interface TracePlan {
  /** Steps of a block between two checkpoints; null where all states are kept. */
  readonly blockSteps: number | null;
  /** The number of recomputed blocks that are kept. */
  readonly keptBlocks: number;
}

/** The sizes of the states of a run, and their limit. */
export interface TraceSizes {
  readonly config: RecurrentConfig;
  readonly seqLength: number;
  readonly batchSize: number;
  readonly bytesPerValue: number;
  /** Limit of the states, in bytes. */
  readonly maxTraceBytes: number;
  /** `maxTraceBytes` as a part of the setting, for the error message. */
  readonly share: number;
}

/**
 * Keeps all states if they fit, otherwise checkpoints.
 * @throws LimitError when neither fits; its sentence says what setting would be enough.
 */
export function planTrace(sizes: TraceSizes): TracePlan {
  const { config, seqLength, batchSize, bytesPerValue, maxTraceBytes } = sizes;
  // The states of all layers at one step have the size of h_n and c_n, and of a checkpoint.
  const stepBytes = traceBytes(config, 1, batchSize, bytesPerValue);
  const most = Math.max(maxTraceBytes, leastTraceBytes);
  const whole = (seqLength + 1) * stepBytes;
  if (seqLength * stepBytes <= maxTraceBytes && whole <= most) {
    return { blockSteps: null, keptBlocks: 0 };
  }
  const bytesOf = (steps: number): number => stepBytes * stepsKept(seqLength, steps);
  const mostSteps = Math.max(1, Math.floor((maxTraceBytes * blockShare) / stepBytes));
  const usual = Math.min(mostSteps, Math.ceil(Math.sqrt(seqLength)));
  const blockSteps = bytesOf(usual) <= most ? usual : thriftiest(seqLength);
  if (bytesOf(blockSteps) > most) {
    throw tooLarge(sizes, Math.min(whole, bytesOf(blockSteps)));
  }
  const beside = stepBytes * (1 + Math.ceil(seqLength / blockSteps));
  const forBlocks = Math.min(maxTraceBytes / 2, most - beside);
  const keptBlocks = Math.max(leastBlocks, Math.floor(forBlocks / (stepBytes * blockSteps)));
  return { blockSteps, keptBlocks };
}

/** The steps whose states are kept with this block length: h_n and c_n, checkpoints, and the fewest blocks. */
function stepsKept(seqLength: number, blockSteps: number): number {
  const blocks = Math.ceil(seqLength / blockSteps);
  return 1 + blocks + Math.min(blocks, leastBlocks) * blockSteps;
}

/** The block length for which the fewest steps are kept. */
function thriftiest(seqLength: number): number {
  return Math.max(1, Math.round(Math.sqrt(seqLength / leastBlocks)));
}

function tooLarge(sizes: TraceSizes, bytes: number): LimitError {
  const { config, seqLength, batchSize, maxTraceBytes, share } = sizes;
  return memoryLimit(
    config,
    { of: "states-megabytes", seqLength, batchSize },
    { bytes: bytes / share, limit: maxTraceBytes / share },
  );
}

/** The error about states that exceed the setting, both in bytes. `bound` is in megabytes. */
function memoryLimit(
  { cell }: RecurrentConfig,
  bound: Bound,
  { bytes, limit }: { readonly bytes: number; readonly limit: number },
): LimitError {
  return new LimitError({ cell }, bound, megabytes(limit), megabytes(bytes), [
    { do: "raise", option: "trace.memory" },
    { do: "fewer-batch-rows" },
  ]);
}

/** @throws LimitError when `bytes` pass what a run may take. */
export function assertMemory(
  config: RecurrentConfig,
  bound: Bound,
  { bytes, limit }: { readonly bytes: number; readonly limit: number },
): void {
  if (bytes > Math.max(limit, leastTraceBytes)) throw memoryLimit(config, bound, { bytes, limit });
}

/** The error about memory that the machine does not have. */
export function outOfMemory(bytes: number, cause: unknown): UnsupportedError {
  const found = megabytes(bytes);
  return new UnsupportedError(
    {},
    text("{0} MB of memory are not to be had on this machine", found),
    {
      cause,
      data: { bound: { of: "machine-megabytes" }, found },
      remedies: [{ do: "fewer-batch-rows" }, { do: "lower", option: "trace.memory" }],
    },
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
