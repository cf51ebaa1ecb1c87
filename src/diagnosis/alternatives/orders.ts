/**
 * Edits that put rows of the batch, or the units of each direction, in another order. The network stays the same one.
 */
import { numDirections } from "../../model/config";
import { takeRows, type LayerParameters, type Model } from "../base/model";
import { eachLayer } from "./edits";

/** Row j of the new model is row `order[j]`: what it reads, where it begins, and its length. */
export function rowsInOrder(model: Model, order: readonly number[]): Model {
  const { batchSize, config, input, h0, c0, lengths } = model;
  const slots = config.numLayers * numDirections(config) * batchSize;
  const turned = (values: Float64Array): Float64Array =>
    takeRows(values, batchSize, order, values.length / slots);
  return {
    ...model,
    input: takeRows(input, batchSize, order, config.inputSize),
    h0: turned(h0),
    c0: c0 === null ? null : turned(c0),
    lengths: Int32Array.from(order, (row) => lengths[row]!),
  };
}

/** Unit j of slot s, layer · D + direction, is unit `orders[s][j]`; each layer reads the one below in its new order. */
export function unitsInOrder(model: Model, orders: readonly (readonly number[])[]): Model {
  const { config, h0, c0 } = model;
  const directions = numDirections(config);
  const edited = eachLayer(model, (weights, layer, direction) => {
    const own = orders[layer * directions + direction]!;
    const below = layer === 0 ? null : orders.slice((layer - 1) * directions, layer * directions);
    return layerInOrder(weights, own, below);
  });
  return {
    ...edited,
    h0: statesInOrder(h0, orders),
    c0: c0 === null ? null : statesInOrder(c0, orders),
  };
}

function layerInOrder(
  weights: LayerParameters,
  own: readonly number[],
  below: readonly (readonly number[])[] | null,
): LayerParameters {
  const size = own.length;
  const { weightIh, weightHh, biasIh, biasHh, peephole, inputSize } = weights;
  const rows = (values: Float64Array, width: number): Float64Array =>
    takeRows(values, size, own, width);
  const orNull = (values: Float64Array | null): Float64Array | null => values && rows(values, 1);
  const columns = below?.flatMap((order, half) => order.map((unit) => half * size + unit));
  const read = rows(weightIh, inputSize);
  return {
    ...weights,
    weightIh: columns === undefined ? read : takeRows(read, inputSize, columns, 1),
    weightHh: takeRows(rows(weightHh, size), size, own, 1),
    biasIh: orNull(biasIh),
    biasHh: orNull(biasHh),
    peephole: orNull(peephole),
  };
}

/** (slots, B, H). */
function statesInOrder(values: Float64Array, orders: readonly (readonly number[])[]): Float64Array {
  const part = values.length / orders.length;
  const turned = new Float64Array(values.length);
  orders.forEach((order, slot) => {
    const own = values.subarray(slot * part, (slot + 1) * part);
    turned.set(takeRows(own, order.length, order, 1), slot * part);
  });
  return turned;
}
