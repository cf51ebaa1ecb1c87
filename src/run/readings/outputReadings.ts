/**
 * What a reference of the output may hold that has another shape: its axes otherwise, one direction or both in one, one
 * step, or the valid steps alone.
 */
import type { Noise } from "../../analysis/noise";
import { stepInProcessing } from "../../analysis/noise";
import { lastStep } from "../../analysis/lanes";
import { byStepOf } from "../../analysis/byStep";
import type { ComparedPart } from "../../analysis/rows";
import { arraySteps, columnSteps, type StepValues } from "../../analysis/steps";
import { text, type Text } from "../../core/text";
import type { StateArray } from "../../engine/base/engine";
import { stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { zerosLike, type Tensor } from "../../tensor/tensor";
import {
  arranged,
  arrangementsOf,
  arrangementText,
  type Arrangement,
  type Axis,
} from "./arrangements";
import {
  axisSizes,
  joinsOf,
  type Joined,
  type Reading,
  type ReadResults,
  type ReadRun,
} from "./reading";

/** The step of each row that a reference without an axis of time holds. */
interface OneStep {
  readonly what: Text;
  stepOf(direction: number, batch: number): number;
}

/** Every reading of a reference of the output, the likeliest first. */
export function outputReadings(run: ReadRun, reference: Tensor): Reading[] {
  const axisSets: readonly (readonly Axis[])[] = [
    ["T", "B", "D", "U"],
    ["T", "B", "U"],
    ["B", "D", "U"],
    ["B", "U"],
  ];
  const sizes = axisSizes(run, stateSize(run.config));
  // An axis of size 1 that is left out is no other set.
  const isSet = (axes: readonly Axis[]): boolean =>
    (["T", "D"] as const).every((axis) => sizes[axis] > 1 || axes.includes(axis));
  const found = axisSets
    .filter(isSet)
    .flatMap((axes) =>
      distinct(arrangementsOf(reference.shape, axes, sizes)).flatMap((arrangement) =>
        readingsOf(run, reference, axes, arrangement),
      ),
    );
  return [...found, ...shorterReadings(run, reference), ...packedReadings(run, reference)];
}

/** Of arrangements with the same order of values the first, those in the order of the result before others. */
function distinct(arrangements: readonly Arrangement[]): Arrangement[] {
  return [...new Map(arrangements.map((one) => [one.flat().join(""), one])).values()];
}

function readingsOf(
  run: ReadRun,
  { data }: Tensor,
  axes: readonly Axis[],
  arrangement: Arrangement,
): Reading[] {
  const { config } = run;
  const sizes = axisSizes(run, stateSize(config));
  const values = arranged(data, arrangement.flat(), axes, sizes);
  const where = orderText(run, arrangement);
  const hasSteps = axes.includes("T");
  const hasDirections = axes.includes("D") || sizes.D === 1;
  if (hasSteps && hasDirections) {
    const what = where ?? text("axes {0}", arrangementText(arrangement));
    return [fullReading(run, values, what)];
  }
  const steps = hasSteps ? [null] : oneSteps(run);
  return joinsOf(run, hasDirections).flatMap((joins) =>
    steps.map((step): Reading => {
      const plain = whatOf(joins[0]!.what, step?.what ?? null);
      return {
        what: where === null ? plain : text("{0}, {1}", plain, where),
        values: null,
        parts: (results, noise) => partsOf({ run, values, joins, step }, results, noise),
      };
    }),
  );
}

function whatOf(join: Text | null, step: Text | null): Text {
  return join !== null && step !== null ? text("{0}, {1}", step, join) : (step ?? join!);
}

/** How the axes lie where they lie otherwise than the result's; null where they do not. */
function orderText({ config }: ReadRun, arrangement: Arrangement): Text | null {
  const order = arrangement.flat().join("");
  const inOrder = config.batchFirst ? "BTDU" : "TBDU";
  const present = inOrder.replace(/./g, (axis) => (order.includes(axis) ? axis : ""));
  const exchanged = present.replace(/TB|BT/, (both) => (both === "TB" ? "BT" : "TB"));
  // Directions lie beside each other in the units, and nothing else is joined.
  const isUsual = arrangement.every((group) =>
    group.length > 1 ? group.join("") === "DU" : group[0] !== "D",
  );
  const hasOnes = arrangement.some((group) => group.length === 0);
  if (isUsual && order === present) return null;
  if (isUsual && order === exchanged && !hasOnes) return text("batch and time exchanged");
  return named(arrangementText(arrangement));
}

/** Axes as they are written, and what returns them so. */
function named(axes: string): Text {
  switch (axes) {
    case "[T, D, B, H]":
    case "[T, 1, B, H]":
      return text("Y of an ONNX node, axes {0}", axes);
    case "[B, T, D, H]":
    case "[B, T, 1, H]":
      return text("Y of an ONNX node of layout 1, axes {0}", axes);
    default:
      return text("axes {0}", axes);
  }
}

/** A reference that holds every value of the output. */
function fullReading(run: ReadRun, values: StateArray, what: Text): Reading {
  const joins = joinsOf(run, true)[0]!;
  return {
    what,
    values,
    parts: (results, noise) => partsOf({ run, values, joins, step: null }, results, noise),
  };
}

function oneSteps(run: ReadRun): OneStep[] {
  const { seqLength, lengths } = run;
  const directions = directionsOf(run.config);
  const final: OneStep = {
    what: text("the final state of each direction"),
    stepOf: (direction, batch) => lastStep(run, directions[direction]!, batch),
  };
  const last: OneStep = { what: text("the last step alone"), stepOf: () => seqLength - 1 };
  const valid: OneStep = {
    what: text("the last step of each sequence alone"),
    stepOf: (_, batch) => Math.max(0, (lengths?.[batch] ?? seqLength) - 1),
  };
  const first: OneStep = { what: text("the first step alone"), stepOf: () => 0 };
  const isPlain = directions.length === 1 && directions[0] === "forward";
  return [last, ...(lengths === null ? [] : [valid]), ...(isPlain ? [] : [final]), first];
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
function partsOf(read: Read, results: ReadResults, noise: Noise | null): ComparedPart[] {
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
      step !== null || index < (lengths?.[batch] ?? seqLength);
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
        stepInProcessing(direction, stepOf(index, batch), lengths?.[batch] ?? seqLength) *
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

/** A batch that ends with its longest sequence: the other steps are padding. */
function shorterReadings(run: ReadRun, { shape, data }: Tensor): Reading[] {
  const { config, seqLength, batchSize, lengths } = run;
  const longest = lengths === null ? seqLength : Math.max(...lengths);
  if (longest >= seqLength) return [];
  const sizes = { ...axisSizes(run, stateSize(config)), T: longest };
  const axes: readonly Axis[] = ["T", "B", "D", "U"];
  const width = sizes.D * sizes.U;
  return distinct(arrangementsOf(shape, axes, sizes)).map((arrangement) => {
    const values = zerosLike(data, seqLength * batchSize * width);
    values.set(arranged(data, arrangement.flat(), axes, sizes));
    return fullReading(run, values, text("the steps up to the end of the longest sequence"));
  });
}

/** The valid steps alone, one row each: the data of a PackedSequence, or what a mask has selected. */
function packedReadings(run: ReadRun, { shape, data }: Tensor): Reading[] {
  const { config, seqLength, batchSize, lengths } = run;
  const width = stateSize(config) * directionsOf(config).length;
  if (lengths === null || shape.length !== 2 || shape[1] !== width) return [];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (shape[0] !== total) return [];
  const rows = [...lengths.keys()];
  const sorted = [...rows].sort((left, right) => lengths[right]! - lengths[left]!);
  const stepwise = (order: readonly number[]): (readonly [number, number])[] =>
    Array.from({ length: seqLength }, (_, t) =>
      order.filter((row) => t < lengths[row]!).map((row) => [t, row] as const),
    ).flat();
  const rowwise = rows.flatMap((row) =>
    Array.from({ length: lengths[row]! }, (_, t) => [t, row] as const),
  );
  const scattered = (places: readonly (readonly [number, number])[]): StateArray => {
    const values = zerosLike(data, seqLength * batchSize * width);
    places.forEach(([t, row], from) => {
      const part = data.subarray(from * width, (from + 1) * width);
      values.set(part, (t * batchSize + row) * width);
    });
    return values;
  };
  return [
    fullReading(run, scattered(stepwise(sorted)), text("the data of a PackedSequence")),
    fullReading(
      run,
      scattered(stepwise(rows)),
      text("the data of a PackedSequence whose rows are not sorted"),
    ),
    fullReading(
      run,
      scattered(rowwise),
      text("the valid steps of each sequence one after another"),
    ),
  ];
}
