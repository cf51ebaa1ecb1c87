/**
 * How the states of a run are kept within its memory limit, and the error when they cannot be.
 */
import { LimitError, UnsupportedError } from "../../core/errors";
import type { RecurrentConfig } from "../../model/config";
import { text } from "../../core/text";
import { traceBytes } from "./trace";

/** The default of the setting `unroll.trace.memory`. */
export const defaultTraceBytes = 512 * 2 ** 20;

/** What a run may take in any case: the least that the setting can be. */
const leastTraceBytes = 16 * 2 ** 20;

/** Share of the memory that one block may take: the blocks around the one looked at are kept as well. */
const blockShare = 1 / 8;

/** Blocks that are kept at the least: both directions of a layer read one each. */
const leastBlocks = 2;

/** How the states of a run are kept. */
export interface TracePlan {
  /** Steps of a block between two checkpoints; null where all states are kept. */
  readonly blockSteps: number | null;
  /** Blocks that are kept once they have been computed again. */
  readonly keptBlocks: number;
}

/** What the states of a run are made of, and what they may take. */
export interface TraceSizes {
  readonly config: RecurrentConfig;
  readonly seqLength: number;
  readonly batchSize: number;
  readonly bytesPerValue: number;
  /** Bytes that they may take. */
  readonly maxTraceBytes: number;
  /** Part of the setting that `maxTraceBytes` is, for what is said of it. */
  readonly share: number;
}

/**
 * All states where they fit, else checkpoints.
 * @throws LimitError when neither fits; its sentence says what would.
 */
export function planTrace(sizes: TraceSizes): TracePlan {
  const { config, seqLength, batchSize, bytesPerValue, maxTraceBytes } = sizes;
  // Of all layers at one step: as large as h_n and c_n, and as a checkpoint.
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

/** Steps whose states are kept with blocks of so many: h_n and c_n, the checkpoints, and the fewest blocks. */
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
    config.cell,
    text("the memory for the states of T = {0}, B = {1}, in MB", seqLength, batchSize),
    { bytes: bytes / share, limit: maxTraceBytes / share },
  );
}

/** Of what does not fit the setting, both in bytes. `what` names megabytes. */
function memoryLimit(
  subject: string,
  what: ReturnType<typeof text>,
  { bytes, limit }: { readonly bytes: number; readonly limit: number },
): LimitError {
  const advice = text("raise unroll.trace.memory, or run fewer batch rows");
  return new LimitError(subject, what, megabytes(limit), megabytes(bytes), advice).ofOption(
    "trace.memory",
  );
}

/** @throws LimitError when `bytes` pass what a run may take. */
export function assertMemory(
  subject: string,
  what: ReturnType<typeof text>,
  { bytes, limit }: { readonly bytes: number; readonly limit: number },
): void {
  if (bytes > Math.max(limit, leastTraceBytes)) throw memoryLimit(subject, what, { bytes, limit });
}

/** What a machine does not have. */
export function outOfMemory(bytes: number, cause: unknown): UnsupportedError {
  const missing = text(
    "{0} MB are not to be had on this machine; run fewer batch rows, or lower unroll.trace.memory",
    megabytes(bytes),
  );
  return new UnsupportedError("memory", missing, { cause }).ofOption("trace.memory");
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
