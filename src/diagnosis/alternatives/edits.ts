/**
 * What edits of a model are put together from: every layer's parameters through one function, states slot by slot.
 */
import { directionsOf, slotOf } from "../../model/directions";
import { noteBlocks } from "../../engine/products/kernelProducts";
import { lazyLayers } from "../base/lazyLayers";
import type { LayerParameters, Model } from "../base/model";

/** Replaces the parameters of every layer and direction, each when it is first asked for. */
export function eachLayer(
  model: Model,
  edit: (weights: LayerParameters, layer: number, direction: number) => LayerParameters,
): Model {
  const layers = lazyLayers(model.layers, (layer, direction) =>
    edit(model.layers[layer]![direction]!, layer, direction),
  );
  return { ...model, layers };
}

/** Parameters, input and initial states, each value rounded. */
export function roundedModel(model: Model, round: (value: number) => number): Model {
  const orNull = (values: Float64Array | null): Float64Array | null => values?.map(round) ?? null;
  const rounded = eachLayer(model, (weights) => ({
    ...weights,
    weightIh: weights.weightIh.map(round),
    weightHh: weights.weightHh.map(round),
    biasIh: orNull(weights.biasIh),
    biasHh: orNull(weights.biasHh),
    weightHr: orNull(weights.weightHr),
    peephole: orNull(weights.peephole),
  }));
  return {
    ...rounded,
    input: model.input.map(round),
    h0: model.h0.map(round),
    c0: orNull(model.c0),
  };
}

/** As many zeros. */
export function zerosOf(values: Float64Array): Float64Array {
  return new Float64Array(values.length);
}

/** Equal row blocks in another order: block `order[k]` of the old ones is block k of the new ones. */
export function takeBlocks(values: Float64Array, order: readonly number[]): Float64Array {
  const size = values.length / order.length;
  const taken = new Float64Array(values.length);
  order.forEach((from, to) => {
    taken.set(values.subarray(from * size, (from + 1) * size), to * size);
  });
  noteBlocks(taken, { source: values, order });
  return taken;
}

/** `takeBlocks` of a bias that may be missing. */
export function takeBlocksOrNull(
  values: Float64Array | null,
  order: readonly number[],
): Float64Array | null {
  return values === null ? null : takeBlocks(values, order);
}

/** Row-major (rows, columns) → (columns, rows). */
function transposed(values: Float64Array, rows: number): Float64Array {
  const columns = values.length / rows;
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}

/** Each of `blocks` square blocks transposed. */
export function transposedBlocks(values: Float64Array, blocks: number): Float64Array {
  const size = values.length / blocks;
  const side = Math.round(Math.sqrt(size));
  const result = new Float64Array(values.length);
  for (let block = 0; block < blocks; block++) {
    const part = values.subarray(block * size, (block + 1) * size);
    result.set(transposed(part, side), block * size);
  }
  return result;
}

/** The matrix by which `v @ V` multiplies, V the buffer of a (rows, columns) matrix viewed as (columns, rows). */
export function reshaped(values: Float64Array, rows: number): Float64Array {
  return transposed(values, values.length / rows);
}

/** The initial states, each through the same function. */
export function eachState(model: Model, edit: (values: Float64Array) => Float64Array): Model {
  return { ...model, h0: edit(model.h0), c0: model.c0 === null ? null : edit(model.c0) };
}

/** States whose slot (layer, direction) is what `from` says, or zeros for null. */
export function slotsFrom(
  model: Model,
  from: (layer: number, direction: number) => number | null,
): Model {
  const { config } = model;
  const directions = directionsOf(config);
  return eachState(model, (values) => {
    const size = values.length / (config.numLayers * directions.length);
    const result = new Float64Array(values.length);
    for (let layer = 0; layer < config.numLayers; layer++) {
      directions.forEach((direction, at) => {
        const source = from(layer, at);
        if (source === null) return;
        const part = values.subarray(source * size, (source + 1) * size);
        result.set(part, slotOf(config, layer, direction) * size);
      });
    }
    return result;
  });
}

/** Equal parts of values (slots, …) in another order: part `from(k)` becomes part k. */
export function takeParts(
  values: Float64Array,
  count: number,
  from: (part: number) => number,
): Float64Array {
  return takeBlocks(
    values,
    Array.from({ length: count }, (_, part) => from(part)),
  );
}
