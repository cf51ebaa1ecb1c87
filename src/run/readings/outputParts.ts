/**
 * The parts that a reading of a reference of the output is compared by: each direction, or what was made of both.
 */
import { byStepOf } from "../../analysis/byStep";
import { stepInProcessing, type Noise } from "../../analysis/noise";
import type { ComparedPart } from "../../analysis/rows";
import { arraySteps, columnSteps, type StepValues } from "../../analysis/steps";
import type { StateArray } from "../../engine/base/engine";
import type { Text } from "../../core/text";
import { stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { zerosLike } from "../../tensor/tensor";
import type { Joined, ReadResults, ReadRun } from "./reading";
import { sequenceLength } from "../../model/sequence";

/** The step of each row that a reference without an axis of time holds. */
export interface OneStep {
  readonly what: Text;
  stepOf(direction: number, batch: number): number;
}

/** What parts are made of. */
interface Read {
  readonly run: ReadRun;
  /** (T or 1, B, joins · U). */
  readonly values: StateArray;
  readonly joins: readonly Joined[];
  /** null where the reference has every step. */
  readonly step: OneStep | null;
}

/** One part for each direction, or for what was made of both. */
export function partsOf(read: Read, results: ReadResults, noise: Noise | null): ComparedPart[] {
  const { run, values, joins, step } = read;
  const { config, seqLength, batchSize, lengths } = run;
  const units = stateSize(config);
  const layer = config.numLayers - 1;
  return joins.map((join, at): ComparedPart => {
    const [directionIndex = 0] = join.directions;
    const direction = directionsOf(config)[directionIndex]!;
    const stepOf = (index: number, batch: number): number =>
      step === null ? index : step.stepOf(directionIndex, batch);
    const width = joins.length * units;
    const isValid = (index: number, batch: number): boolean =>
      step !== null || index < sequenceLength({ lengths, seqLength }, batch);
    return {
      units,
      count: step === null ? seqLength : 1,
      batchSize,
      ours: oursOf(read, join, results),
      reference: columnSteps({ values, batchSize, width, first: at * units, units }),
      noise: noise === null ? null : allowancesOf(read, join, noise),
      ...byStepOf(noise),
      laneOf: () => ({ layer, direction }),
      stepOf,
      rankOf: (index, batch) =>
        stepInProcessing(
          direction,
          stepOf(index, batch),
          sequenceLength({ lengths, seqLength }, batch),
        ) *
          batchSize +
        batch,
      isValid,
    };
  });
}

/** The run's own values of a join, (T or 1, B, U). */
function oursOf(
  { run, step }: Read,
  { directions, join }: Joined,
  results: ReadResults,
): StepValues {
  const [left = 0, right] = directions;
  if (step !== null) {
    const joined = oneStepOf(run, results, left, step).slice();
    if (right !== undefined) joinInto(joined, oneStepOf(run, results, right, step), join);
    return arraySteps(joined, joined.length);
  }
  const own = results.output[left]!;
  const other = right === undefined ? undefined : results.output[right]!;
  if (other === undefined) return own;
  return {
    blockSteps: Math.min(own.blockSteps, other.blockSteps),
    read: (from, to, check) => {
      const joined = own.read(from, to, check).slice();
      joinInto(joined, other.read(from, to, check), join);
      return joined;
    },
  };
}

function joinInto(values: StateArray, others: StateArray, join: Joined["join"]): void {
  for (let k = 0; k < values.length; k++) values[k] = join(values[k]!, others[k]!);
}

/** One step of each row of a direction, (B, U). */
function oneStepOf(
  { batchSize }: ReadRun,
  { output }: ReadResults,
  direction: number,
  step: OneStep,
): StateArray {
  let taken: StateArray | null = null;
  for (let batch = 0; batch < batchSize; batch++) {
    const t = step.stepOf(direction, batch);
    const rows = output[direction]!.read(t, t + 1);
    const units = rows.length / batchSize;
    taken ??= zerosLike(rows, rows.length);
    taken.set(rows.subarray(batch * units, (batch + 1) * units), batch * units);
  }
  return taken!;
}

/** Rounding allowances at index · B + batch: of what was made of both directions, those of both. */
function allowancesOf(
  { run: { config, seqLength, batchSize }, step }: Read,
  { directions }: Joined,
  noise: Noise,
): Float64Array {
  const lanes = noise.allowance[config.numLayers - 1]!;
  const count = step === null ? seqLength : 1;
  return Float64Array.from({ length: count * batchSize }, (_, row) => {
    const [batch, index] = [row % batchSize, Math.floor(row / batchSize)];
    const at = (direction: number): number =>
      (step === null ? index : step.stepOf(direction, batch)) * batchSize + batch;
    return directions.reduce((sum, direction) => sum + lanes[direction]![at(direction)]!, 0);
  });
}
