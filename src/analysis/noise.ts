/**
 * How far float32 rounding alone moves a run: the distance between its float32 and float64 states.
 *
 * Two float32 engines differ from each other by about as much as either differs from float64. In a contracting
 * network that stays near 1e-7; in a chaotic one it grows until the states have nothing in common, and a fixed
 * tolerance would call correct engines wrong. So the allowance follows the measured distance, step by step in
 * processing order.
 */
import { directionsOf, type Direction, type RecurrentConfig } from "../model/config";
import type { StateArray } from "../engine/engine";
import type { ForwardTrace } from "../engine/trace";

export interface Noise {
  /** Largest |float32 − float64| over all states: the noise floor. */
  readonly floor: number;
  /** Allowance by layer, direction, then t · B + batch. */
  readonly allowance: readonly (readonly Float64Array[])[];
}

/**
 * Our float32 run rounds once a step (it accumulates in float64); an engine that accumulates in float32 rounds once
 * a term, which adds up like a random walk over the I + H terms of a unit. Four of those standard deviations.
 */
function allowanceFactor(config: RecurrentConfig): number {
  return 4 * Math.sqrt(config.inputSize + config.hiddenSize);
}

/** Time index of processing step `s`: forward s, reverse from the sequence's end; the padding comes last. */
export function stepInProcessing(direction: Direction, s: number, length: number): number {
  return direction === "reverse" && s < length ? length - 1 - s : s;
}

/** Measures the noise of a run computed in both precisions. */
export function measureNoise(
  config: RecurrentConfig,
  trace32: ForwardTrace,
  trace64: ForwardTrace,
  lengths: readonly number[] | null,
): Noise {
  const factor = allowanceFactor(config);
  let floor = 0;
  const allowance = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction, directionIndex) => {
      const lane = { layer, directionIndex };
      const states = trace32.read("h", lane, 0, trace32.seqLength);
      const other = trace64.read("h", lane, 0, trace64.seqLength);
      const envelope = laneEnvelope(trace32, states, other, direction, lengths);
      for (const value of envelope) floor = Math.max(floor, value);
      return envelope.map((value) => value * factor);
    }),
  );
  return { floor, allowance };
}

/** Largest distance up to and including each step, in processing order, for each batch row. */
function laneEnvelope(
  trace: ForwardTrace,
  states: StateArray,
  other: StateArray,
  direction: Direction,
  lengths: readonly number[] | null,
): Float64Array {
  const { seqLength, batchSize, stateSize } = trace;
  const envelope = new Float64Array(seqLength * batchSize);
  for (let batch = 0; batch < batchSize; batch++) {
    const length = lengths?.[batch] ?? seqLength;
    let largest = 0;
    for (let s = 0; s < seqLength; s++) {
      const row = stepInProcessing(direction, s, length) * batchSize + batch;
      largest = Math.max(largest, rowDistance(states, other, row * stateSize, stateSize));
      envelope[row] = largest;
    }
  }
  return envelope;
}

function rowDistance(left: StateArray, right: StateArray, offset: number, length: number): number {
  let largest = 0;
  for (let k = offset; k < offset + length; k++) {
    const distance = Math.abs(left[k]! - right[k]!);
    if (distance > largest && distance !== Infinity) largest = distance;
  }
  return largest;
}
