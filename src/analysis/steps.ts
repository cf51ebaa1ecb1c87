/**
 * Values along time that are read a span of steps at a time, from a trace or from an array in memory.
 *
 * Only a few blocks of steps of a long run are in memory, so no reader may ask for all of it at once.
 */
import type { StateArray } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import type { ForwardTrace, LanePlace, StateName } from "../engine/base/trace";
import { zerosLike } from "../tensor/tensor";

/** A sequence of rows (B, units), one a step. */
export interface StepValues {
  /** Steps of a block: readers that follow time read whole blocks. Infinity when any span is cheap. */
  readonly blockSteps: number;
  /**
   * Steps from…to (exclusive), (to − from, B, units). The values are valid until the next call and must not
   * be changed. `check` is called from time to time while values are computed, and may throw.
   */
  read(from: number, to: number, check?: () => void): StateArray;
}

/** Values in memory, (T, B, units); a step has `rowSize` = B · units of them. */
export function arraySteps(values: StateArray, rowSize: number): StepValues {
  return {
    blockSteps: Infinity,
    read: (from, to) => values.subarray(from * rowSize, to * rowSize),
  };
}

/** Columns of values in memory. */
export interface Columns {
  readonly values: StateArray;
  readonly batchSize: number;
  /** Columns that a row has. */
  readonly width: number;
  /** First of the columns meant, and how many. */
  readonly first: number;
  readonly units: number;
}

/** Some columns of values in memory, (T, B, width), as (T, B, units). */
export function columnSteps({ values, batchSize, width, first, units }: Columns): StepValues {
  if (units === width) return arraySteps(values, batchSize * width);
  return {
    blockSteps: Infinity,
    read: (from, to) => {
      const rows = (to - from) * batchSize;
      const part = zerosLike(values, rows * units);
      for (let row = 0; row < rows; row++) {
        const start = (from * batchSize + row) * width + first;
        part.set(values.subarray(start, start + units), row * units);
      }
      return part;
    },
  };
}

/** h or c of one lane of a trace. */
export function traceSteps(trace: ForwardTrace, stateName: StateName, lane: LanePlace): StepValues {
  return {
    blockSteps: trace.blockSteps,
    read: (from, to, check) => trace.read(stateName, lane, from, to, check),
  };
}

/** Values that are read between two reports of progress: about 5 ms. */
const valuesPerSpan = 2 ** 19;

/** Cuts steps into spans within blocks that are short enough for progress reports in between. */
export function* stepSpans(
  { from, to }: StepBlock,
  blockSteps: number,
  valuesPerStep: number,
): Generator<StepBlock> {
  const most = Math.max(1, Math.floor(valuesPerSpan / Math.max(1, valuesPerStep)));
  for (let start = from; start < to;) {
    const blockEnd = blockSteps >= to ? to : (Math.floor(start / blockSteps) + 1) * blockSteps;
    const end = Math.min(to, blockEnd, start + most);
    yield { from: start, to: end };
    start = end;
  }
}
