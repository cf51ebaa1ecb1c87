/**
 * The hidden states of a run: where each layer, direction and step lies.
 */
import { LimitError } from "../errors";
import { stateSize, numDirections, type Direction, type RecurrentConfig } from "../model/config";
import { text } from "../text";

export type StateArray = Float32Array | Float64Array;

/** A place in the trace. `step` is the time index of the input, for both directions. */
export interface Place {
  readonly layer: number;
  readonly direction: Direction;
  readonly step: number;
  readonly batch: number;
  readonly unit: number;
}

/** All states of one forward. Axes: T time, B batch, H features of one direction's h. */
export interface ForwardTrace {
  readonly seqLength: number;
  readonly batchSize: number;
  readonly stateSize: number;
  /** h of layer, direction: (T, B, H), aligned with the input's time axis for both directions, 0 in padding. */
  readonly states: readonly (readonly StateArray[])[];
  /** h after the last processed step, rows layer-major and direction-minor: (L·D, B, H). */
  readonly hn: StateArray;
}

/** Largest trace kept in memory, in bytes: four of them (two precisions, work copies) must fit beside an editor. */
export const maxTraceBytes = 2 ** 30;

/** Bytes of a run's states at `bytesPerValue` each. */
export function traceBytes(
  config: RecurrentConfig,
  seqLength: number,
  batchSize: number,
  bytesPerValue: number,
): number {
  const lanes = config.numLayers * numDirections(config);
  return lanes * seqLength * batchSize * stateSize(config) * bytesPerValue;
}

/**
 * An empty trace.
 * @throws LimitError when it would pass `maxTraceBytes`.
 */
export function allocateTrace(
  config: RecurrentConfig,
  seqLength: number,
  batchSize: number,
  precision: "f32" | "f64",
): ForwardTrace {
  const bytes = traceBytes(config, seqLength, batchSize, precision === "f32" ? 4 : 8);
  if (bytes > maxTraceBytes) {
    throw new LimitError(
      "input",
      text("the memory for all hidden states, in bytes,"),
      maxTraceBytes,
      bytes,
    );
  }
  const size = stateSize(config);
  const directions = numDirections(config);
  const allocate = (length: number): StateArray =>
    precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  return {
    seqLength,
    batchSize,
    stateSize: size,
    states: Array.from({ length: config.numLayers }, () =>
      Array.from({ length: directions }, () => allocate(seqLength * batchSize * size)),
    ),
    hn: allocate(config.numLayers * directions * batchSize * size),
  };
}
