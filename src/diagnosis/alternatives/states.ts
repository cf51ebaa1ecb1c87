/**
 * Initial states ignored, exchanged or taken from the wrong place; states that are not carried, or carried too far.
 */
import { numDirections } from "../../model/config";
import { directionsOf } from "../../model/directions";
import { swapLeadingAxes } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import type { Model } from "../base/model";
import type { Carrying } from "../forward/switches";
import {
  all,
  always,
  isLstm,
  noProjection,
  sizesOf,
  twoDirections,
  twoLayers,
  twoSlots,
  type Condition,
} from "./conditions";
import { eachLayer, eachState, slotsFrom, zerosOf } from "./edits";

function initial(
  name: string,
  title: Text,
  applies: Condition,
  edit: (model: Model) => Model,
): Alternative {
  return { id: `state/${name}`, title, applies, edit, wholeRun: true };
}

const initialAlternatives: readonly Alternative[] = [
  initial("h0-ignored", text("h0 is ignored"), always, (model) => ({
    ...model,
    h0: zerosOf(model.h0),
  })),
  initial("c0-ignored", text("c0 is ignored"), isLstm, (model) => ({
    ...model,
    c0: zerosOf(model.c0!),
  })),
  initial("h0-c0-ignored", text("h0 and c0 are ignored"), isLstm, (model) =>
    eachState(model, zerosOf),
  ),
  initial("h0-c0-swapped", text("h0 and c0 are exchanged"), all(isLstm, noProjection), (model) => ({
    ...model,
    h0: model.c0!,
    c0: model.h0,
  })),
  initial("h0-ones", text("h0 is 1 everywhere"), always, (model) => ({
    ...model,
    h0: model.h0.map(() => 1),
  })),
  initial(
    "first-layer-only",
    text("the initial states are given to the first layer alone"),
    twoLayers,
    (model) => {
      const directions = numDirections(model.config);
      return slotsFrom(model, (layer, at) => (layer === 0 ? layer * directions + at : null));
    },
  ),
  initial(
    "layer0-for-all",
    text("every layer starts from the initial states of layer 0"),
    twoLayers,
    (model) => slotsFrom(model, (_layer, at) => at),
  ),
  initial(
    "directions-swapped",
    text("the two directions start from each other's initial states"),
    twoDirections,
    (model) => slotsFrom(model, (layer, at) => layer * 2 + 1 - at),
  ),
  initial(
    "direction-major",
    text("the initial states are read with the direction before the layer"),
    all(twoDirections, twoLayers),
    (model) => slotsFrom(model, (layer, at) => at * model.config.numLayers + layer),
  ),
  initial(
    "view-for-permute",
    text("the initial states are viewed as [B, layers·directions, …] instead of permuted"),
    twoSlots,
    (model) => {
      const { B } = sizesOf(model);
      const slots = model.config.numLayers * directionsOf(model.config).length;
      // The buffer viewed as (B, slots, …), then its leading axes exchanged.
      return eachState(model, (values) =>
        swapLeadingAxes(values, [B, slots, values.length / (B * slots)]),
      );
    },
  ),
  initial(
    "first-row-for-all",
    text("every row of the batch starts from the initial states of the first one"),
    always,
    (model) => ({
      ...model,
      h0: firstRow(model.h0, model),
      c0: model.c0 === null ? null : firstRow(model.c0, model),
    }),
  ),
  {
    id: "state/recurrence-dropped",
    title: text("the product with W_hh is left out"),
    applies: always,
    edit: (model) =>
      eachLayer(model, (weights) => ({ ...weights, weightHh: zerosOf(weights.weightHh) })),
  },
];

function firstRow(values: Float64Array, { config, batchSize }: Model): Float64Array {
  const slotSize = values.length / (config.numLayers * numDirections(config));
  const size = slotSize / batchSize;
  return values.map((_, index) => values[index - (index % slotSize) + (index % size)]!);
}

function carried(name: string, title: Text, applies: Condition, carrying: Carrying): Alternative {
  return { id: `state/${name}`, title, applies, switches: { carrying }, wholeRun: true };
}

const carryingAlternatives: readonly Alternative[] = [
  carried("not-carried", text("every step starts from h0 again"), always, "notCarried"),
  carried(
    "chained-through-layers",
    text("each layer starts from the final state of the layer below"),
    twoLayers,
    "chainedThroughLayers",
  ),
  carried(
    "reverse-from-forward-final",
    text("the reverse direction starts from the final state of the forward one"),
    twoDirections,
    "reverseFromForwardFinal",
  ),
  {
    ...carried(
      "carried-across-batch",
      text("each row of the batch starts from the final state of the row before"),
      always,
      "acrossBatch",
    ),
    wholeBatch: true,
  },
];

export const stateAlternatives: readonly Alternative[] = [
  ...initialAlternatives,
  ...carryingAlternatives,
];
