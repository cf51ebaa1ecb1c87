/**
 * Biases and weights left out, taken twice, transposed, viewed in another shape, or taken from the wrong place.
 */
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import type { Case, LayerParameters, Model } from "../base/model";
import {
  all,
  always,
  hasBias,
  hasProjection,
  isCell,
  isGated,
  isGru,
  layersAlike,
  noProjection,
  sizesOf,
  twoDirections,
  twoLayers,
  type Condition,
} from "./conditions";
import { eachLayer, reshaped, takeBlocks, transposedBlocks, zerosOf } from "./edits";

type BiasEdit = (ih: Float64Array, hh: Float64Array) => readonly [Float64Array, Float64Array];

function bias(
  name: string,
  title: Text,
  edit: (gates: number) => BiasEdit,
  applies: Condition = always,
): Alternative {
  return {
    id: `bias/${name}`,
    title,
    applies: all(hasBias, applies),
    edit: (model) => {
      const change = edit(sizesOf(model).G);
      return eachLayer(model, (weights) => {
        const [biasIh, biasHh] = change(weights.biasIh!, weights.biasHh!);
        return { ...weights, biasIh, biasHh };
      });
    },
  };
}

const biasAlternatives: readonly Alternative[] = [
  bias("hh-missing", text("b_hh is left out"), () => (ih, hh) => [ih, zerosOf(hh)]),
  bias("ih-missing", text("b_ih is left out"), () => (ih, hh) => [zerosOf(ih), hh]),
  bias("missing", text("both biases are left out"), () => (ih, hh) => [zerosOf(ih), zerosOf(hh)]),
  bias("ih-twice", text("b_ih is added twice, b_hh not at all"), () => (ih) => [ih, ih]),
  bias("hh-twice", text("b_hh is added twice, b_ih not at all"), () => (_ih, hh) => [hh, hh]),
  bias("doubled", text("both biases are added twice"), () => (ih, hh) => [
    ih.map((value) => 2 * value),
    hh.map((value) => 2 * value),
  ]),
  bias("exchanged", text("b_ih and b_hh are exchanged"), () => (ih, hh) => [hh, ih], isGru),
  bias(
    "last-gate-for-all",
    text("every gate has the bias of the last one"),
    (gates) => (ih, hh) => {
      const last = new Array<number>(gates).fill(gates - 1);
      return [takeBlocks(ih, last), takeBlocks(hh, last)];
    },
    isGated,
  ),
  bias(
    "split-interleaved",
    text("a bias of shape (2, G·H) is read as (G·H, 2)"),
    () => (ih, hh) => {
      const size = ih.length;
      const flat = (index: number): number => (index < size ? ih[index]! : hh[index - size]!);
      return [ih.map((_, row) => flat(2 * row)), hh.map((_, row) => flat(2 * row + 1))];
    },
  ),
];

type MatrixEdit = (weights: LayerParameters, gates: number) => Partial<LayerParameters>;

function matrix(name: string, title: Text, applies: Condition, edit: MatrixEdit): Alternative {
  return {
    id: `weights/${name}`,
    title,
    applies,
    edit: (model) => {
      const { G } = sizesOf(model);
      return eachLayer(model, (weights) => ({ ...weights, ...edit(weights, G) }));
    },
  };
}

/** W_ih of every layer is square, gate by gate. */
const isIhSquare: Condition = (the) => {
  const { I, H, L, D } = sizesOf(the.model);
  return noProjection(the) && I === H && (L === 1 || D === 1);
};

/** True but for an RNN whose W_ih is square: viewed in another shape it is transposed. */
const isNotTranspose: Condition = (the) => isGated(the) || !isIhSquare(the);

const hhTransposed: MatrixEdit = ({ weightHh }, gates) => ({
  weightHh: transposedBlocks(weightHh, gates),
});
const ihTransposed: MatrixEdit = ({ weightIh }, gates) => ({
  weightIh: transposedBlocks(weightIh, gates),
});
const ihReshaped: MatrixEdit = ({ weightIh, inputSize }) => ({
  weightIh: reshaped(weightIh, weightIh.length / inputSize),
});

function hhReshaped({ weightHh, weightIh, inputSize }: LayerParameters): Partial<LayerParameters> {
  return { weightHh: reshaped(weightHh, weightIh.length / inputSize) };
}

/** K = [W_ih W_hh] multiplies [h; x]. */
function exchanged({ weightIh, weightHh, inputSize }: LayerParameters): Partial<LayerParameters> {
  const rows = weightIh.length / inputSize;
  const R = weightHh.length / rows;
  const [ih, hh] = [zerosOf(weightIh), zerosOf(weightHh)];
  for (let row = 0; row < rows; row++) {
    const joined = [
      ...weightIh.subarray(row * inputSize, (row + 1) * inputSize),
      ...weightHh.subarray(row * R, (row + 1) * R),
    ];
    hh.set(joined.slice(0, R), row * R);
    ih.set(joined.slice(R), row * inputSize);
  }
  return { weightIh: ih, weightHh: hh };
}

/** The parameters of layer `layer`, direction `direction` are those of another place. */
function from(
  name: string,
  title: Text,
  applies: Condition,
  place: (model: Model, layer: number, direction: number) => LayerParameters,
): Alternative {
  return {
    id: `weights/${name}`,
    title,
    applies,
    edit: (model) => eachLayer(model, (_, layer, direction) => place(model, layer, direction)),
  };
}

const sameSizes = (the: Case): boolean => twoLayers(the) && layersAlike(the);

const weightAlternatives: readonly Alternative[] = [
  matrix("hh-transposed", text("W_hh is transposed"), noProjection, hhTransposed),
  matrix("hh-reshaped", text("W_hh is viewed in the transposed shape"), isGated, hhReshaped),
  matrix("ih-transposed", text("W_ih is transposed"), isIhSquare, ihTransposed),
  matrix("ih-reshaped", text("W_ih is viewed in the transposed shape"), isNotTranspose, ihReshaped),
  matrix("both-transposed", text("W_ih and W_hh are transposed"), isIhSquare, (weights, gates) => ({
    ...ihTransposed(weights, gates),
    ...hhTransposed(weights, gates),
  })),
  matrix(
    "both-reshaped",
    text("W_ih and W_hh are viewed in the transposed shape"),
    isNotTranspose,
    (weights, gates) => ({ ...ihReshaped(weights, gates), ...hhReshaped(weights) }),
  ),
  matrix(
    "ih-hh-exchanged",
    text("the joined kernel [W_ih W_hh] multiplies [h; x] instead of [x; h]"),
    isCell("RNN", "LSTM", "GRU"),
    exchanged,
  ),
  {
    id: "weights/hr-reshaped",
    title: text("W_hr is viewed in the transposed shape"),
    applies: hasProjection,
    edit: (model) =>
      eachLayer(model, (weights) => ({
        ...weights,
        weightHr: reshaped(weights.weightHr!, model.config.projSize),
      })),
  },
  from(
    "layer0-for-all",
    text("every layer uses the weights of layer 0"),
    sameSizes,
    (model, _layer, direction) => model.layers[0]![direction]!,
  ),
  from(
    "layers-reversed",
    text("the layers use each other's weights, the last one first"),
    sameSizes,
    (model, layer, direction) => model.layers[model.layers.length - 1 - layer]![direction]!,
  ),
  from(
    "reverse-uses-forward",
    text("the reverse direction uses the forward weights"),
    twoDirections,
    (model, layer) => model.layers[layer]![0]!,
  ),
  from(
    "reverse-input-weights-shared",
    text("the reverse direction uses W_ih and b_ih of the forward one"),
    twoDirections,
    (model, layer, direction) => {
      const [forward, own] = [model.layers[layer]![0]!, model.layers[layer]![direction]!];
      return { ...own, weightIh: forward.weightIh, biasIh: forward.biasIh };
    },
  ),
  from(
    "directions-swapped",
    text("the two directions use each other's weights"),
    twoDirections,
    (model, layer, direction) => model.layers[layer]![1 - direction]!,
  ),
];

export const parameterAlternatives: readonly Alternative[] = [
  ...biasAlternatives,
  ...weightAlternatives,
];
