/**
 * h_n and c_n in another order, of other steps, or exchanged, where the output is right.
 */
import type { Results } from "../forward/returned";
import { text, type Text } from "../../core/text";
import { swapLeadingAxes } from "../../tensor/tensor";
import type { Alternative } from "./alternative";
import type { Values } from "../base/model";
import {
  all,
  always,
  isBatched,
  isLstm,
  noLengths,
  noProjection,
  sizesOf,
  twoDirections,
  twoLayers,
  twoSlots,
  type Condition,
} from "./conditions";
import { takeParts } from "./edits";

/** A slot of h_n, and how many layers and directions there are. */
interface SlotPlace {
  readonly layer: number;
  readonly direction: number;
  readonly L: number;
  readonly D: number;
}

/** The slots of h_n and c_n in another order: slot `from` becomes the one at layer, direction. */
function reordered(
  name: string,
  title: Text,
  applies: Condition,
  from: (place: SlotPlace) => number,
): Alternative {
  return {
    id: `h_n/${name}`,
    title,
    applies,
    results: (results) => {
      const { L, D } = sizesOf(results.run.model);
      const take = (values: Float64Array): Float64Array =>
        takeParts(values, L * D, (slot) =>
          from({ layer: Math.floor(slot / D), direction: slot % D, L, D }),
        );
      return { ...results, hn: take(results.hn), cn: mapOrNull(results.cn, take) };
    },
  };
}

function mapOrNull<From, To>(value: From | null, map: (value: From) => To): To | null {
  return value === null ? null : map(value);
}

function replaced(
  name: string,
  title: Text,
  applies: Condition,
  results: (results: Results) => Results,
): Alternative {
  return { id: `h_n/${name}`, title, applies, results };
}

/** (slots, B, size) with its leading axes exchanged, as values of another shape. */
function batchFirst({ shape, data }: Values): Values {
  const [slots = 1, batch = 1, size = 1] = shape;
  return { shape: [batch, slots, size], data: swapLeadingAxes(data, [slots, batch, size]) };
}

/** True where states have an axis of layers and directions, and one of the batch. */
const hasLeadingAxes: Condition = (the) => isBatched(the) && !the.model.config.isCellClass;

const viewForPermute: Alternative = {
  id: "h_n/view-for-permute",
  wholeBatch: true,
  title: text("h_n and c_n are viewed in the other order of axes instead of permuted"),
  applies: twoSlots,
  layout: (returned, _results, the) => {
    // Without an axis of the batch there is nothing to exchange.
    if (the.unbatched) return returned;
    const view = (values: Values | null): Values | null =>
      mapOrNull(values, (own) => ({ shape: own.shape, data: batchFirst(own).data }));
    return { ...returned, hn: view(returned.hn), cn: view(returned.cn) };
  },
};

const lastLayerOnly: Alternative = {
  id: "h_n/last-layer-only",
  title: text("h_n and c_n hold the last layer alone"),
  applies: twoLayers,
  layout: (returned, { run }) => {
    const { D } = sizesOf(run.model);
    const last = (values: Values | null): Values | null =>
      mapOrNull(values, ({ shape: [slots = 0, ...rest], data }) => ({
        shape: [D, ...rest],
        data: data.subarray(((slots - D) * data.length) / slots),
      }));
    return { ...returned, hn: last(returned.hn), cn: last(returned.cn) };
  },
};

export const finalAlternatives: readonly Alternative[] = [
  reordered(
    "direction-major",
    text("h_n and c_n have the direction before the layer"),
    all(twoDirections, twoLayers),
    // Row d·L + l of what is returned holds layer l, direction d.
    ({ layer, direction, L }) => {
      const row = layer * 2 + direction;
      return (row % L) * 2 + Math.floor(row / L);
    },
  ),
  reordered(
    "layers-reversed",
    text("h_n and c_n have the layers in reverse order"),
    twoLayers,
    ({ layer, direction, L, D }) => (L - 1 - layer) * D + direction,
  ),
  reordered(
    "directions-swapped",
    text("h_n and c_n have the reverse direction before the forward one"),
    twoDirections,
    ({ layer, direction }) => layer * 2 + 1 - direction,
  ),
  replaced(
    "reverse-from-last-step",
    text("the reverse rows of h_n are the reverse output at the last step, its first"),
    all(twoDirections, noLengths),
    (results) => {
      const { B, R, L, D } = sizesOf(results.run.model);
      const hn = results.hn.slice();
      for (let layer = 0; layer < L; layer++) {
        const lane = results.run.lanes[layer]![1]!;
        for (let row = 0; row < B; row++) {
          const first = row * lane.steps;
          hn.set(lane.h.subarray(first * R, (first + 1) * R), ((layer * D + 1) * B + row) * R);
        }
      }
      return { ...results, hn };
    },
  ),
  viewForPermute,
  {
    id: "h_n/batch-first",
    wholeBatch: true,
    title: text("h_n and c_n have the batch first"),
    applies: all(hasLeadingAxes, ({ model }) => {
      const { B, L, D } = sizesOf(model);
      return B !== L * D;
    }),
    layout: (returned) => ({
      ...returned,
      hn: mapOrNull(returned.hn, batchFirst),
      cn: mapOrNull(returned.cn, batchFirst),
    }),
  },
  lastLayerOnly,
  replaced(
    "c_n-swapped",
    text("h_n and c_n are exchanged"),
    all(isLstm, noProjection),
    (results) => ({
      ...results,
      hn: results.cn!,
      cn: results.hn,
    }),
  ),
  replaced("c_n-is-h_n", text("c_n is h_n"), all(isLstm, noProjection), (results) => ({
    ...results,
    cn: results.hn,
  })),
  {
    ...replaced("is-h0", text("h_n is h0: the states were not updated"), always, (results) => {
      const { h0, c0 } = results.run.model;
      return { ...results, hn: h0, cn: c0 };
    }),
    wholeRun: true,
  },
];
