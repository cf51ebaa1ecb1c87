/**
 * What a reference of the output may hold that has another shape: its axes otherwise, one direction or both in one, one
 * step, or the valid steps alone.
 */
import { lastStep } from "../../analysis/lanes";
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
import { partsOf, type OneStep } from "./outputParts";
import { axisSizes, joinsOf, type Reading, type ReadRun } from "./reading";
import { sequenceLength } from "../../model/sequence";

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
    stepOf: (_, batch) => Math.max(0, sequenceLength({ lengths, seqLength }, batch) - 1),
  };
  const first: OneStep = { what: text("the first step alone"), stepOf: () => 0 };
  const isPlain = directions.length === 1 && directions[0] === "forward";
  return [last, ...(lengths === null ? [] : [valid]), ...(isPlain ? [] : [final]), first];
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
