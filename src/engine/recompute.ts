/**
 * Recomputes single steps from the stored states around them, for values that a trace does not keep.
 *
 * The arithmetic is float64 whatever the run's precision is (16-bit precisions round as their run did), so a float32
 * trace gives gates that are exact for the stored neighbouring states.
 */
import { stateSize, type RecurrentConfig } from "../model/config";
import { directionIndexOf, directionsOf, slotOf } from "../model/directions";
import {
  createCell,
  widenWeights,
  type Cell,
  type CellState,
  type StepRecord,
} from "./readable/cells";
import type { ForwardInput, StateArray } from "./base/engine";
import { roundingOf } from "./base/rounding";
import {
  cellSizeOf,
  type DirectionPlace,
  type ForwardTrace,
  type LanePlace,
  type Place,
} from "./base/trace";
import { sequenceLength } from "../model/sequence";

/** One step of one batch row in a lane. */
export type StepPlace = Omit<Place, "unit">;

/** A step with everything it took and gave; the arrays are the caller's. */
export interface RecomputedStep {
  /** x_t, (I): the input for layer 0, else [forward h_t ∥ reverse h_t] of the layer below. */
  readonly x: Float64Array;
  /** h and c before the step. */
  readonly previous: CellState;
  /** Step that was processed before; null when `previous` is h0 and c0. */
  readonly previousStep: number | null;
  readonly record: StepRecord;
  /** h and c after the step. */
  readonly state: CellState;
}

/** Computes steps of one run again; keeps the widened weights of the lane it computed last. */
export interface StepRecomputer {
  /** The step from the run's own previous state; null in the padding, where nothing is computed. */
  step(place: StepPlace): RecomputedStep | null;
  /**
   * The same step from another previous state, h (P) and c (H, for an LSTM), and from another x where one is given; null
   * in the padding.
   */
  stepFrom(place: StepPlace, previous: CellState, x?: Float64Array): RecomputedStep | null;
}

/** A recomputer of any cell and variant; the trace may keep all states or checkpoints. */
export function createRecomputer(run: ForwardInput, trace: ForwardTrace): StepRecomputer {
  const cellOf = lastCell(run);
  const compute = (
    place: StepPlace,
    given: CellState | null,
    read?: Float64Array,
  ): RecomputedStep | null => {
    if (!isComputed(run, place)) return null;
    const previousStep = stepBefore(run, place);
    const x = read ?? readLayerInput(run, trace, place);
    const previous = given ?? readPrevious(run, trace, place, previousStep);
    const { cell, hiddenSize } = cellOf(place);
    const state: CellState = {
      h: new Float64Array(stateSize(run.config)),
      c: previous.c === null ? null : new Float64Array(hiddenSize),
    };
    cell.step(x, previous, state);
    return { x, previous, previousStep, record: copyOf(cell.record), state };
  };
  return {
    step: (place) => compute(place, null),
    stepFrom: (place, previous, x) => compute(place, previous, x),
  };
}

/** False behind the end of a sequence. */
export function isComputed(
  { lengths, seqLength }: Pick<ForwardInput, "lengths" | "seqLength">,
  { step, batch }: Pick<Place, "step" | "batch">,
): boolean {
  return step < sequenceLength({ lengths, seqLength }, batch);
}

/** Step that was processed before a computed one; null for the first one, which starts from h0. */
export function stepBefore(
  { lengths, seqLength }: Pick<ForwardInput, "lengths" | "seqLength">,
  { direction, step, batch }: StepPlace,
): number | null {
  if (direction === "forward") return step === 0 ? null : step - 1;
  const length = sequenceLength({ lengths, seqLength }, batch);
  return step === length - 1 ? null : step + 1;
}

/** The lane of a place. */
export function lanePlaceOf(
  config: RecurrentConfig,
  { layer, direction }: DirectionPlace,
): LanePlace {
  return { layer, directionIndex: directionIndexOf(config, direction) };
}

/** Cells with their weights in float64; only the last one is kept, as such copies are as large as the model. */
function lastCell(run: ForwardInput): (place: StepPlace) => { cell: Cell; hiddenSize: number } {
  let last: { layer: number; directionIndex: number; cell: Cell; hiddenSize: number } | null = null;
  return (place) => {
    const lane = lanePlaceOf(run.config, place);
    if (last?.layer === lane.layer && last.directionIndex === lane.directionIndex) return last;
    const weights = widenWeights(run.weights[lane.layer]![lane.directionIndex]!);
    const cell = createCell(run.config, weights, roundingOf(run.precision));
    last = { ...lane, cell, hiddenSize: weights.hiddenSize };
    return last;
  };
}

function readLayerInput(
  run: ForwardInput,
  trace: ForwardTrace,
  { layer, step, batch }: StepPlace,
): Float64Array {
  const { config, input, batchSize } = run;
  if (layer === 0) return rowOf(input, step * batchSize + batch, config.inputSize);
  const directions = directionsOf(config);
  const size = trace.stateSize;
  const x = new Float64Array(directions.length * size);
  directions.forEach((_, directionIndex) => {
    const states = trace.read("h", { layer: layer - 1, directionIndex }, step, step + 1);
    x.set(states.subarray(batch * size, (batch + 1) * size), directionIndex * size);
  });
  return x;
}

function readPrevious(
  run: ForwardInput,
  trace: ForwardTrace,
  place: StepPlace,
  previousStep: number | null,
): CellState {
  const { config, batchSize } = run;
  const lane = lanePlaceOf(run.config, place);
  const isLstm = config.cell === "LSTM";
  if (previousStep !== null) {
    const read = (stateName: "h" | "c", size: number): Float64Array =>
      rowOf(trace.read(stateName, lane, previousStep, previousStep + 1), place.batch, size);
    return {
      h: read("h", trace.stateSize),
      c: isLstm ? read("c", trace.cellSize) : null,
    };
  }
  const slot = slotOf(config, place.layer, place.direction);
  // As the run stored it before its first step.
  const stored = (values: Float64Array): Float64Array =>
    run.precision === "f64" ? values : values.map(Math.fround);
  const initial = (values: StateArray | null, size: number): Float64Array =>
    values === null
      ? new Float64Array(size)
      : stored(rowOf(values, slot * batchSize + place.batch, size));
  return {
    h: initial(run.h0, stateSize(config)),
    c: isLstm ? initial(run.c0, cellSizeOf(config)) : null,
  };
}

function rowOf(values: StateArray, row: number, size: number): Float64Array {
  return Float64Array.from(values.subarray(row * size, (row + 1) * size));
}

function copyOf({ preActivations, gates, recurrent, unprojected }: StepRecord): StepRecord {
  return {
    preActivations: preActivations.slice(),
    gates: gates.slice(),
    recurrent: recurrent.slice(),
    unprojected: unprojected.slice(),
  };
}
