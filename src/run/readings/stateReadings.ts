/**
 * What a reference of h_n or c_n may hold that has another shape: its axes otherwise, one layer, one direction or both in
 * one.
 */
import { lastStep, slotAllowance } from "../../analysis/lanes";
import type { Noise } from "../../analysis/noise";
import { byStepOf } from "../../analysis/byStep";
import type { ComparedPart } from "../../analysis/rows";
import { arraySteps } from "../../analysis/steps";
import { text, type Text } from "../../core/text";
import type { StateArray } from "../../engine/base/engine";
import type { StateName } from "../../engine/base/trace";
import { numDirections, stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { zerosLike, type Tensor } from "../../tensor/tensor";
import { arranged, arrangementsOf, arrangementText, type Axis } from "./arrangements";
import {
  axisSizes,
  joinsOf,
  type Joined,
  type Reading,
  type ReadResults,
  type ReadRun,
} from "./reading";
import { sequenceLength } from "../../model/sequence";

/** Every reading of a reference of the final states, the likeliest first. None for cells, whose states have no layers. */
export function stateReadings(run: ReadRun, stateName: StateName, reference: Tensor): Reading[] {
  const { config } = run;
  if (config.isCellClass) return [];
  const sizes = axisSizes(run, stateName === "h" ? stateSize(config) : config.hiddenSize);
  const axisSets: readonly (readonly Axis[])[] = [
    ["L", "D", "B", "U"],
    ["D", "B", "U"],
    ["L", "B", "U"],
    ["B", "U"],
  ];
  // An axis of size 1 that is left out is no other set.
  const isSet = (axes: readonly Axis[]): boolean =>
    (["L", "D"] as const).every((axis) => sizes[axis] > 1 || axes.includes(axis));
  const final = axisSets.filter(isSet).flatMap((axes) =>
    arrangementsOf(reference.shape, axes, sizes).flatMap((arrangement) => {
      const values = arranged(reference.data, arrangement.flat(), axes, sizes);
      const ofAxes = named(arrangementText(arrangement));
      return readingsOf(run, stateName, { values, axes, ofAxes });
    }),
  );
  return [...final, ...everyStepReadings(run, stateName, reference)];
}

/** Axes as they are written, and what returns them so. */
function named(axes: string): Text {
  switch (axes) {
    case "[B, H]":
      return text("a state as Keras, Flax and cells return it, axes {0}", axes);
    case "[B, D, H]":
    case "[B, 1, H]":
      return text("a state of an ONNX node of layout 1, axes {0}", axes);
    default:
      return text("axes {0}", axes);
  }
}

/** MLX returns h and c of every step; the last one of each sequence is what the run returns. */
function everyStepReadings(run: ReadRun, stateName: StateName, reference: Tensor): Reading[] {
  const { config, seqLength, batchSize } = run;
  const units = stateName === "h" ? stateSize(config) : config.hiddenSize;
  const sizes = axisSizes(run, units);
  if (sizes.D > 1 || seqLength < 2) return [];
  const axes: readonly Axis[] = ["T", "B", "U"];
  const [direction = "forward"] = directionsOf(config);
  return arrangementsOf(reference.shape, axes, sizes).flatMap((arrangement) => {
    const all = arranged(reference.data, arrangement.flat(), axes, sizes);
    const values = zerosLike(all, batchSize * units);
    for (let batch = 0; batch < batchSize; batch++) {
      const from = (lastStep(run, direction, batch) * batchSize + batch) * units;
      values.set(all.subarray(from, from + units), batch * units);
    }
    const what = text(
      "a state of every step, as MLX returns it, axes {0}: the last ones",
      arrangementText(arrangement),
    );
    const laid: Laid = { values, axes: ["B", "U"], ofAxes: what };
    return readingsOf(run, stateName, laid).map((reading) => ({ ...reading, what }));
  });
}

/** An array in the order of its axes. */
interface Laid {
  readonly values: StateArray;
  readonly axes: readonly Axis[];
  readonly ofAxes: Text;
}

function readingsOf(run: ReadRun, stateName: StateName, { values, axes, ofAxes }: Laid): Reading[] {
  const { numLayers } = run.config;
  const hasLayers = axes.includes("L") || numLayers === 1;
  const hasDirections = axes.includes("D") || numDirections(run.config) === 1;
  const all = Array.from({ length: numLayers }, (_, layer) => layer);
  const layerSets = hasLayers ? [all] : all.map((layer) => [layer]).reverse();
  return layerSets.flatMap((layers) =>
    joinsOf(run, hasDirections).map((joins): Reading => {
      const ofLayer =
        layers[0] === numLayers - 1
          ? text("the top layer alone")
          : text("layer {0} alone", layers[0] ?? 0);
      const ofJoin = joins[0]!.what;
      const part = hasLayers ? ofJoin : ofLayer;
      const isBoth = !hasLayers && ofJoin !== null;
      return {
        what: isBoth ? text("{0}, {1}", ofLayer, ofJoin) : (part ?? ofAxes),
        values: hasLayers && hasDirections ? values : null,
        parts: (results, noise) => [
          partOf({ run, stateName, values, layers, joins }, results, noise),
        ],
      };
    }),
  );
}

/** What a part is made of: rows of layers and joins, (layers, joins, B, U). */
interface Read {
  readonly run: ReadRun;
  readonly stateName: StateName;
  readonly values: StateArray;
  readonly layers: readonly number[];
  readonly joins: readonly Joined[];
}

/** The states of a layer that one row holds, and what it makes of them. */
interface Row extends Joined {
  readonly layer: number;
}

function partOf(read: Read, results: ReadResults, noise: Noise | null): ComparedPart {
  const { run, stateName, values, layers, joins } = read;
  const { config, batchSize, seqLength, lengths } = run;
  const states = (stateName === "h" ? results.hn : results.cn)!;
  const rows = layers.flatMap((layer) => joins.map((join): Row => ({ ...join, layer })));
  const directions = directionsOf(config);
  const slotsOf = ({ layer, directions: joined }: Row): number[] =>
    joined.map((direction) => layer * directions.length + direction);
  const units = states.length / (config.numLayers * directions.length * batchSize);
  const size = batchSize * units;
  const ours = zerosLike(states, rows.length * size);
  rows.forEach((row, at) => {
    const [left = 0, right = left] = slotsOf(row);
    for (let k = 0; k < size; k++) {
      ours[at * size + k] = row.join(states[left * size + k]!, states[right * size + k]!);
    }
  });
  const laneOf = (at: number): ReturnType<ComparedPart["laneOf"]> => ({
    layer: rows[at]!.layer,
    direction: directions[rows[at]!.directions[0]!]!,
  });
  const allowanceOf = (at: number, batch: number): number =>
    slotsOf(rows[at]!).reduce(
      (sum, slot) => sum + slotAllowance(noise, run, stateName, { slot, batch }),
      0,
    );
  return {
    units,
    count: rows.length,
    batchSize,
    ours: arraySteps(ours, size),
    reference: arraySteps(values, size),
    noise:
      noise === null
        ? null
        : Float64Array.from({ length: rows.length * batchSize }, (_, row) =>
            allowanceOf(Math.floor(row / batchSize), row % batchSize),
          ),
    ...byStepOf(noise),
    laneOf,
    stepOf: (at, batch) => lastStep(run, laneOf(at)!.direction, batch),
    rankOf: (at, batch) =>
      (at * (seqLength + 1) + sequenceLength({ lengths, seqLength }, batch)) * batchSize + batch,
  };
}
