/**
 * The rows of a comparison, one for each result, all judged by the same rule for rounding noise.
 */
import type { ForwardInput } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import type { DirectionPlace, StateName } from "../engine/base/trace";
import { directionIndexOf, directionsOf } from "../model/directions";
import type { NamedState } from "../model/stateNames";
import { Comparer, type ComparedRow, type Comparison, type Tolerance } from "./compare";
import { lastStep, slotAllowance, type FinalStatesFrame } from "./lanes";
import { stepInProcessing, type Noise } from "./noise";
import { byStepOf, outsideByStep, type ByStep } from "./byStep";
import type { Residuals } from "./residuals";
import type { StepValues } from "./steps";
import type { Meter } from "./walk";
import { sequenceLength } from "../model/sequence";

/** A result, or one direction of it, beside its reference: both (count, B, units). */
export interface ComparedPart {
  readonly units: number;
  /** Length of the leading axis: steps, or layers × directions. */
  readonly count: number;
  readonly batchSize: number;
  readonly ours: StepValues;
  readonly reference: StepValues;
  /** Rounding allowance of row index · B + batch; null when it was not measured. */
  readonly noise: Float64Array | null;
  /** Where rows stand in the network; null outside the recurrent layers. */
  laneOf(index: number): DirectionPlace | null;
  stepOf(index: number, batch: number): number;
  /** Position in dependency order within the part. */
  rankOf(index: number, batch: number): number;
  /** How rows are judged whose values say nothing; not given where there are none. */
  readonly byStep?: ByStep;
  /** False for padding, which is not compared. */
  isValid?(index: number, batch: number): boolean;
}

/** Values beside their reference, without the places of their rows. */
type ComparedValues = Pick<ComparedPart, "units" | "ours" | "reference">;

/** The same part, each of its steps judged by itself where its values say nothing. */
export function judgedByStep(part: ComparedPart, residuals: Residuals | undefined): ComparedPart {
  return residuals === undefined ? part : { ...part, ...byStepOf(part.byStep ?? null, residuals) };
}

/** One direction of the output, (T, B, P): in the direction's order of processing, batch by batch. */
export function outputPart(
  run: FinalStatesFrame,
  directionIndex: number,
  values: ComparedValues,
  noise: Noise | null,
): ComparedPart {
  const direction = directionsOf(run.config)[directionIndex]!;
  const state = { layer: run.config.numLayers - 1, direction, quantity: "h" };
  return statePart(run, state, values, noise);
}

/**
 * h, c or a gate of one direction of one layer, (T, B, size): in the direction's order of processing, batch by batch.
 */
export function statePart(
  run: FinalStatesFrame,
  { layer, direction, quantity }: NamedState,
  values: ComparedValues,
  noise: Noise | null,
): ComparedPart {
  const { config, lengths, seqLength, batchSize } = run;
  const lane = { layer, direction };
  return {
    ...values,
    count: seqLength,
    batchSize,
    // A gate is as far off as the states that it is computed from, and goes into.
    noise: ofLane(quantity === "c" ? noise?.cellAllowance : noise?.allowance, config, lane),
    ...byStepOf(noise),
    laneOf: () => lane,
    stepOf: (step) => step,
    rankOf: (step, batch) =>
      stepInProcessing(direction, step, sequenceLength({ lengths, seqLength }, batch)) * batchSize +
      batch,
    ...(lengths === null
      ? {}
      : {
          isValid: (step: number, batch: number) =>
            step < sequenceLength({ lengths, seqLength }, batch),
        }),
  };
}

/** Rounding allowance of a lane at t · B + batch. */
function ofLane(
  allowance: Noise["cellAllowance"] | undefined,
  config: FinalStatesFrame["config"],
  { layer, direction }: DirectionPlace,
): Float64Array | null {
  return allowance?.[layer]![directionIndexOf(config, direction)] ?? null;
}

/**
 * h_n, (L·D, B, P), or c_n, (L·D, B, H): layer by layer, forward before reverse, each in its order of processing, in
 * which a shorter sequence ends before a longer one.
 */
export function finalPart(
  run: FinalStatesFrame,
  stateName: StateName,
  values: ComparedValues,
  noise: Noise | null,
): ComparedPart {
  const { config, lengths, seqLength, batchSize } = run;
  const lanes = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction) => ({ layer, direction })),
  ).flat();
  const allowance = (row: number): number => {
    const batch = row % batchSize;
    return slotAllowance(noise, run, stateName, { slot: (row - batch) / batchSize, batch });
  };
  return {
    ...values,
    count: lanes.length,
    batchSize,
    noise:
      noise === null
        ? null
        : Float64Array.from({ length: lanes.length * batchSize }, (_, row) => allowance(row)),
    ...byStepOf(noise),
    laneOf: (slot) => lanes[slot]!,
    stepOf: (slot, batch) => lastStep(run, lanes[slot]!.direction, batch),
    rankOf: (slot, batch) =>
      (slot * (seqLength + 1) + sequenceLength({ lengths, seqLength }, batch)) * batchSize + batch,
  };
}

/** What lies outside the recurrent layers, (steps, B, units): step by step, batch by batch. */
export function outsidePart(
  { batchSize }: Pick<ForwardInput, "batchSize">,
  count: number,
  values: ComparedValues,
  noise: Float64Array | null,
): ComparedPart {
  return {
    ...values,
    count,
    batchSize,
    noise,
    laneOf: () => null,
    stepOf: (step) => step,
    rankOf: (step, batch) => step * batchSize + batch,
  };
}

/** What was found of one part. */
export interface PartComparison {
  readonly comparison: Comparison;
  /** Elements outside tolerance of each row of the batch; null of a batch with one row or with too many. */
  readonly outsideOfRow: readonly number[] | null;
}

/** More rows of a batch than these are not counted one by one. */
const MOST_COUNTED_ROWS = 4096;

/** Visits the rows of a span that are not padding; `index` is the row's along the leading axis. */
export function visitRows(
  part: ComparedPart,
  { from, to }: StepBlock,
  check: () => void,
  visit: (row: ComparedRow, index: number) => void,
): void {
  const { batchSize, units, noise } = part;
  const ours = part.ours.read(from, to, check);
  const reference = part.reference.read(from, to, check);
  for (let index = from; index < to; index++) {
    const lane = part.laneOf(index);
    for (let batch = 0; batch < batchSize; batch++) {
      const offset = ((index - from) * batchSize + batch) * units;
      if (part.isValid?.(index, batch) === false) continue;
      // Spreading a place would create a second object for each row, of which there may be millions.
      const row: ComparedRow = {
        lane,
        step: part.stepOf(index, batch),
        batch,
        rank: part.rankOf(index, batch),
        units,
        ours,
        oursOffset: offset,
        reference,
        referenceOffset: offset,
        noise: noise === null ? 0 : noise[index * batchSize + batch]!,
      };
      visit(row, index);
    }
  }
}

/** Compares a part on a walk along it. */
export class PartComparer implements Meter {
  readonly count: number;
  readonly blockSteps: number;
  readonly rowSize: number;
  readonly #part: ComparedPart;
  readonly #comparer: Comparer;
  readonly #outsideOfRow: Uint32Array | null;

  constructor(part: ComparedPart, tolerance: Tolerance) {
    const { batchSize } = part;
    this.count = part.count;
    this.blockSteps = part.ours.blockSteps;
    this.rowSize = batchSize * part.units;
    this.#part = part;
    this.#comparer = new Comparer(tolerance);
    const isCounted = batchSize > 1 && batchSize <= MOST_COUNTED_ROWS;
    this.#outsideOfRow = isCounted ? new Uint32Array(batchSize) : null;
  }

  add(span: StepBlock, check: () => void): void {
    const part = this.#part;
    const { batchSize, byStep } = part;
    visitRows(part, span, check, (row, index) => {
      const before = this.#comparer.outside;
      const isOutside = outsideByStep(byStep, row, index * batchSize + row.batch);
      if (isOutside === undefined) this.#comparer.add(row);
      else this.#comparer.addByStep(row, isOutside);
      if (this.#outsideOfRow !== null) {
        this.#outsideOfRow[row.batch]! += this.#comparer.outside - before;
      }
    });
  }

  /** What was found so far. */
  result(): PartComparison {
    const outsideOfRow = this.#outsideOfRow === null ? null : Array.from(this.#outsideOfRow);
    return { comparison: this.#comparer.result(), outsideOfRow };
  }
}
