/**
 * What layers read and hand on, and what the returned output holds at each step.
 */
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import type { Case } from "../base/model";
import { afterStep, beforeStep, join, type StateAt } from "../forward/forward";
import type { Results } from "../forward/returned";
import type { Stacking } from "../forward/switches";
import {
  all,
  always,
  hasProjection,
  isLstm,
  layersAlike,
  noLengths,
  noProjection,
  sizesOf,
  twoDirections,
  twoLayers,
  type Condition,
} from "./conditions";

function stacked(name: string, title: Text, applies: Condition, stacking: Stacking): Alternative {
  return { id: `layer/${name}`, title, applies, switches: { stacking } };
}

const layerAlternatives: readonly Alternative[] = [
  stacked("input-is-x", text("every layer reads x"), all(twoLayers, layersAlike), "inputIsX"),
  stacked(
    "residual-added",
    text("each layer above the first adds its input to its output"),
    twoLayers,
    "residualAdded",
  ),
  stacked(
    "reads-previous-step",
    text("each layer reads the state of the layer below before this step"),
    all(twoLayers, noLengths),
    "previousStep",
  ),
];

/** The output put together anew from the states of the last layer. */
function shown(name: string, title: Text, applies: Condition, stateAt: StateAt): Alternative {
  return {
    id: `output/${name}`,
    title,
    applies,
    results: (results) => ({ ...results, output: outputOf(results, stateAt) }),
  };
}

function outputOf({ run }: Results, stateAt: StateAt, size?: number): Float64Array {
  return join(run.model, run.switches, run.lanes.at(-1)!, stateAt, size);
}

/** The state after step `s` of a row, at most its last one. */
const after: StateAt = (lane, row, s) => [
  lane.h,
  row * lane.steps + Math.min(s, lane.orders[row]!.steps - 1),
];

/** A function of the cell state in place of h. */
function cellState(name: string, title: Text, of: (c: number) => number): Alternative {
  return {
    id: `output/${name}`,
    title,
    applies: all(isLstm, noProjection),
    results: (results) => {
      const mapped = new Map(
        results.run.lanes.at(-1)!.map((lane) => [lane, lane.c.map(of)] as const),
      );
      const stateAt: StateAt = (lane, row, s) => [mapped.get(lane)!, row * lane.steps + s];
      return { ...results, output: outputOf(results, stateAt) };
    },
  };
}

/** [B, …] of one row of features for each sequence, whatever batch_first says. */
function withoutTime(
  results: Results,
  the: Case,
  featuresOf: (row: number) => number[],
): {
  readonly shape: number[];
  readonly data: Float64Array;
} {
  const { batchSize } = results.run.model;
  const rows = Array.from({ length: batchSize }, (_, row) => featuresOf(row));
  const width = rows[0]?.length ?? 0;
  return {
    shape: the.unbatched ? [width] : [batchSize, width],
    data: Float64Array.from(rows.flat()),
  };
}

const contentAlternatives: readonly Alternative[] = [
  shown(
    "one-step-late",
    text("the output holds the state before each step"),
    noLengths,
    beforeStep,
  ),
  shown(
    "one-step-early",
    text("the output holds the state after the next step"),
    noLengths,
    (lane, row, s) => after(lane, row, s + 1),
  ),
  shown(
    "all-steps-last",
    text("every step of the output holds the final state"),
    always,
    (lane, row) => [lane.hn, row],
  ),
  {
    id: "output/time-reversed",
    wholeRun: true,
    title: text("the returned output goes from the last step to the first"),
    applies: noLengths,
    results: (results) => ({
      ...results,
      output: stepsFrom(results.output, results.run.model.seqLength, (T, t) => T - 1 - t),
    }),
  },
  cellState("cell-state", text("the output holds c in place of h"), (c) => c),
  cellState("before-output-gate", text("the output holds tanh(c) in place of h"), Math.tanh),
  {
    id: "output/unprojected",
    title: text("the output holds h before the projection"),
    applies: all(isLstm, hasProjection),
    results: (results) => {
      const { H } = sizesOf(results.run.model);
      const stateAt: StateAt = (lane, row, s) => [lane.unprojected, row * lane.steps + s];
      return { ...results, output: outputOf(results, stateAt, H) };
    },
  },
  {
    id: "output/lower-layer",
    title: text("the output is that of the layer below the last"),
    applies: twoLayers,
    results: (results) => {
      const { run } = results;
      const below = run.lanes.at(-2)!;
      return {
        ...results,
        output: join(run.model, run.switches, below, afterStep),
      };
    },
  },
];

/** Steps of (T, …) in another order: step `from(T, t)` becomes step t. */
function stepsFrom(
  values: Float64Array,
  seqLength: number,
  from: (seqLength: number, step: number) => number,
): Float64Array {
  const size = values.length / seqLength;
  const result = new Float64Array(values.length);
  for (let t = 0; t < seqLength; t++) {
    const source = from(seqLength, t);
    if (source < 0) continue;
    result.set(values.subarray(source * size, (source + 1) * size), t * size);
  }
  return result;
}

const shapeAlternatives: readonly Alternative[] = [
  {
    id: "output/last-step-only",
    wholeRun: true,
    title: text("only the last step of the output is returned"),
    applies: noLengths,
    layout: (returned, results, the) => {
      const { T, B } = sizesOf(results.run.model);
      const width = results.output.length / (T * B);
      const start = (T - 1) * B * width;
      return {
        ...returned,
        output: withoutTime(results, the, (row) => [
          ...results.output.subarray(start + row * width, start + (row + 1) * width),
        ]),
      };
    },
  },
  {
    id: "output/final-states-only",
    wholeRun: true,
    title: text("only the final states of the last layer are returned, joined"),
    applies: twoDirections,
    layout: (returned, results, the) => {
      const { B, R, L, D } = sizesOf(results.run.model);
      const part = (row: number, direction: number): number[] => {
        const at = (((L - 1) * D + direction) * B + row) * R;
        return [...results.hn.subarray(at, at + R)];
      };
      return {
        ...returned,
        output: withoutTime(results, the, (row) => [...part(row, 0), ...part(row, 1)]),
      };
    },
  },
];

const inputAlternatives: readonly Alternative[] = [
  {
    id: "input/time-reversed",
    wholeRun: true,
    title: text("the input is read from the last step to the first"),
    applies: noLengths,
    edit: (model) => ({
      ...model,
      input: stepsFrom(model.input, model.seqLength, (T, t) => T - 1 - t),
    }),
  },
  {
    id: "input/one-step-late",
    wholeRun: true,
    title: text("each step reads the input of the step before"),
    applies: noLengths,
    edit: (model) => ({
      ...model,
      input: stepsFrom(model.input, model.seqLength, (_, t) => t - 1),
    }),
  },
];

export const outputAlternatives: readonly Alternative[] = [
  ...layerAlternatives,
  ...contentAlternatives,
  ...shapeAlternatives,
  ...inputAlternatives,
];
