/**
 * Parts of a network: fewer layers, units or features of the input. What stays has the values that it had.
 */
import { numDirections, stateSize } from "../../model/config";
import { gateCount } from "../../model/gates";
import type { LayerParameters, Model } from "../base/model";
import { eachLayer } from "../alternatives/edits";

/** The lowest layers alone. */
export function lowestLayers(model: Model, count: number): Model {
  const { config, layers, h0, c0 } = model;
  const kept = (values: Float64Array): Float64Array =>
    values.subarray(0, (values.length / config.numLayers) * count);
  return {
    ...model,
    config: { ...config, numLayers: count },
    layers: layers.slice(0, count),
    h0: kept(h0),
    c0: c0 && kept(c0),
  };
}

/** The first features of the input alone. */
export function firstFeatures(model: Model, count: number): Model {
  const { config, input } = model;
  const all = config.inputSize;
  const cut = eachLayer(model, (weights, layer) =>
    layer > 0
      ? weights
      : {
          ...weights,
          inputSize: count,
          weightIh: columnsOf(weights.weightIh, all, range(count)),
        },
  );
  return {
    ...cut,
    config: { ...config, inputSize: count },
    input: columnsOf(input, all, range(count)),
  };
}

/** The first units of every layer alone; of a projection as large a share of its features. */
export function firstUnits(model: Model, count: number): Model {
  const { config, h0, c0 } = model;
  const [H, R, D] = [config.hiddenSize, stateSize(config), numDirections(config)];
  const features = config.projSize === 0 ? count : Math.ceil((R * count) / H);
  const rows = range(gateCount(config.cell)).flatMap((gate) =>
    range(count).map((unit) => gate * H + unit),
  );
  const below = range(D).flatMap((at) => range(features).map((unit) => at * R + unit));
  const bias = (values: Float64Array | null): Float64Array | null =>
    values && rowsOf(values, 1, rows);
  const cut = eachLayer(model, (weights, layer): LayerParameters => {
    const { inputSize, weightIh, weightHh, weightHr, peephole } = weights;
    const ih = rowsOf(weightIh, inputSize, rows);
    return {
      inputSize: layer === 0 ? inputSize : D * features,
      weightIh: layer === 0 ? ih : columnsOf(ih, inputSize, below),
      weightHh: columnsOf(rowsOf(weightHh, R, rows), R, range(features)),
      biasIh: bias(weights.biasIh),
      biasHh: bias(weights.biasHh),
      weightHr: weightHr && columnsOf(weightHr.subarray(0, features * H), H, range(count)),
      peephole: peephole && columnsOf(peephole, H, range(count)),
    };
  });
  return {
    ...cut,
    config: {
      ...config,
      hiddenSize: count,
      projSize: config.projSize === 0 ? 0 : features,
    },
    h0: columnsOf(h0, R, range(features)),
    c0: c0 && columnsOf(c0, H, range(count)),
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Some rows of a (rows, size) matrix. */
function rowsOf(values: Float64Array, size: number, rows: readonly number[]): Float64Array {
  const taken = new Float64Array(rows.length * size);
  rows.forEach((row, at) => {
    taken.set(values.subarray(row * size, (row + 1) * size), at * size);
  });
  return taken;
}

/** Some columns of a (rows, size) matrix. */
function columnsOf(values: Float64Array, size: number, columns: readonly number[]): Float64Array {
  const rows = values.length / size;
  const taken = new Float64Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    columns.forEach((column, at) => {
      taken[row * columns.length + at] = values[row * size + column]!;
    });
  }
  return taken;
}
