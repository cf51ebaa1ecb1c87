/**
 * How far float32 rounding alone moves a run: the distance of its float32 and float64 states.
 *
 * Two float32 engines differ from each other by about as much as either differs from float64. In a contracting
 * network that stays near 1e-7; in a chaotic one it grows until the states have nothing in common, and a fixed
 * tolerance would call correct engines wrong. So the allowance follows the measured distance, step by step in
 * processing order.
 */
import { numDirections, type Direction } from "../model/config";
import { directionsOf } from "../model/directions";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import type { LanePlace, StateName } from "../engine/base/trace";
import { sequenceLength } from "../model/sequence";

export interface Noise {
  /** Largest |float32 − float64| over all h: the noise floor. */
  readonly floor: number;
  /** Allowance of h by layer, direction, then t · B + batch. */
  readonly allowance: readonly (readonly Float64Array[])[];
  /** The same of c; null for cells without one. */
  readonly cellAllowance: readonly (readonly Float64Array[])[] | null;
  /**
   * States that rounding may move by a larger part of their magnitude cannot be judged by their values. Infinity in 16
   * bits, where rounding is coarse in any run.
   */
  readonly judgedTo: number;
}

/** In float32, a hundredth is far from any rounding but that of a chaotic run. */
const JUDGED_TO = 1e-2;

/**
 * Our float32 run may round once a step (accumulating in float64); an engine that accumulates in float32 rounds once
 * a term, which adds up like a random walk over the I + H terms of a unit. Four of those standard deviations.
 * In 16 bits our run rounds after every operation, as the others do.
 */
function allowanceFactor(precision: MeteredRun["precision"], terms: number): number {
  return precision === "f32" ? 4 * Math.sqrt(terms) : 4;
}

/**
 * Time index of processing step `s`: forward s, reverse from the sequence's end; the padding comes last.
 * It is its own inverse: the processing step of time index `s`.
 */
export function stepInProcessing(direction: Direction, s: number, length: number): number {
  return direction === "reverse" && s < length ? length - 1 - s : s;
}

/** The data of a run from which its noise is measured. */
type MeteredRun = Pick<
  ForwardInput,
  "config" | "lengths" | "seqLength" | "batchSize" | "precision"
>;

interface MeteredStates {
  readonly stateName: StateName;
  readonly lane: LanePlace;
}

/** Measures the noise of a run from the states of both its precisions, span by span in any order. */
export class NoiseMeter {
  readonly #run: MeteredRun;
  /** Largest distance of each row. By layer, direction, then t · B + batch. */
  readonly #distances: readonly (readonly Float64Array[])[];
  readonly #cellDistances: readonly (readonly Float64Array[])[] | null;

  constructor(run: MeteredRun) {
    const { config, seqLength, batchSize } = run;
    const directions = numDirections(config);
    const lanes = (): readonly (readonly Float64Array[])[] =>
      Array.from({ length: config.numLayers }, () =>
        Array.from({ length: directions }, () => new Float64Array(seqLength * batchSize)),
      );
    this.#run = run;
    this.#distances = lanes();
    this.#cellDistances = config.cell === "LSTM" ? lanes() : null;
  }

  /** Adds one span of a lane's h or c, (steps, B, size), in both precisions. */
  add(states: MeteredStates, span: StepBlock, own: StateArray, exact: StateArray): void {
    const { batchSize } = this.#run;
    const { layer, directionIndex } = states.lane;
    const rows = (span.to - span.from) * batchSize;
    const size = own.length / rows;
    const lanes = states.stateName === "h" ? this.#distances : this.#cellDistances!;
    const distances = lanes[layer]![directionIndex]!;
    for (let row = 0; row < rows; row++) {
      distances[span.from * batchSize + row] = rowDistance(own, exact, row * size, size);
    }
  }

  /** The noise, after every span was added; the meter must not be used afterwards. */
  finish(): Noise {
    const { config } = this.#run;
    const factor = allowanceFactor(this.#run.precision, config.inputSize + config.hiddenSize);
    const raise = (lanes: readonly (readonly Float64Array[])[]): number => {
      let largest = 0;
      for (const directions of lanes) {
        directionsOf(config).forEach((direction, directionIndex) => {
          const lane = directions[directionIndex]!;
          largest = Math.max(largest, raiseInProcessing(lane, direction, this.#run));
          scale(lane, factor);
        });
      }
      return largest;
    };
    const floor = raise(this.#distances);
    if (this.#cellDistances !== null) raise(this.#cellDistances);
    const judgedTo = this.#run.precision === "f32" ? JUDGED_TO : Infinity;
    return { floor, allowance: this.#distances, cellAllowance: this.#cellDistances, judgedTo };
  }
}

/** The sizes and lengths that give rows their order of processing. */
type RowFrame = Pick<MeteredRun, "seqLength" | "batchSize" | "lengths">;

/** Turns distances into the largest up to and including each step, in processing order; returns the largest. */
function raiseInProcessing(distances: Float64Array, direction: Direction, frame: RowFrame): number {
  const { seqLength, batchSize, lengths } = frame;
  let floor = 0;
  for (let batch = 0; batch < batchSize; batch++) {
    const length = sequenceLength({ lengths, seqLength }, batch);
    let largest = 0;
    for (let s = 0; s < seqLength; s++) {
      const row = stepInProcessing(direction, s, length) * batchSize + batch;
      largest = Math.max(largest, distances[row]!);
      distances[row] = largest;
    }
    floor = Math.max(floor, largest);
  }
  return floor;
}

/** What a linear layer made of the output of both precisions, each (rows, units). */
export interface LinearRows {
  readonly own: StateArray;
  readonly exact: StateArray;
  readonly units: number;
  readonly inFeatures: number;
}

/**
 * Rounding allowance of logits at t · B + batch: the rule of the states, over the terms of the linear layer as well. A
 * row of logits reads padding too, so every row counts.
 */
export function linearAllowance(run: MeteredRun, rows: LinearRows): Float64Array {
  const { config, batchSize, precision } = run;
  const { own, exact, units, inFeatures } = rows;
  const count = own.length / units;
  const allowance = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    allowance[row] = rowDistance(own, exact, row * units, units);
  }
  const frame = { seqLength: count / batchSize, batchSize, lengths: null };
  raiseInProcessing(allowance, "forward", frame);
  const terms = config.inputSize + config.hiddenSize + inFeatures;
  scale(allowance, allowanceFactor(precision, terms));
  return allowance;
}

/** Rounding allowance of some values of one step in both precisions: the rule of the states. */
export function allowanceOf(
  { config, precision }: Pick<MeteredRun, "config" | "precision">,
  own: StateArray,
  exact: StateArray,
  { from, units }: { readonly from: number; readonly units: number },
): number {
  const factor = allowanceFactor(precision, config.inputSize + config.hiddenSize);
  return factor * rowDistance(own, exact, from, units);
}

function scale(values: Float64Array, factor: number): void {
  for (let k = 0; k < values.length; k++) values[k] = values[k]! * factor;
}

/** Largest distance of the values of a row; NaN and infinite distances are ignored. */
function rowDistance(left: StateArray, right: StateArray, offset: number, length: number): number {
  let largest = 0;
  for (let k = offset; k < offset + length; k++) {
    const distance = Math.abs(left[k]! - right[k]!);
    if (distance > largest && distance !== Infinity) largest = distance;
  }
  return largest;
}
