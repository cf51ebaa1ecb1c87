/**
 * When alternatives apply, in the words of the catalogue: the cell, two directions, two layers, with or without lengths.
 */
import { numDirections, stateSize, type CellKind } from "../../model/config";
import { gateCount } from "../../model/gates";
import type { Case, Model } from "../base/model";

/** Sizes by the letters of the catalogue. */
export interface Sizes {
  readonly T: number;
  readonly B: number;
  readonly I: number;
  readonly H: number;
  /** proj_size, or H. */
  readonly R: number;
  readonly L: number;
  readonly D: number;
  /** Gate blocks. */
  readonly G: number;
}

export type Condition = (the: Case) => boolean;

/** The sizes of a model, by the letters of the catalogue. */
export function sizesOf({ config, seqLength, batchSize }: Model): Sizes {
  return {
    T: seqLength,
    B: batchSize,
    I: config.inputSize,
    H: config.hiddenSize,
    R: stateSize(config),
    L: config.numLayers,
    D: numDirections(config),
    G: gateCount(config.cell),
  };
}

export const always: Condition = () => true;
export const isCell =
  (...cells: readonly CellKind[]): Condition =>
  ({ model }) =>
    cells.includes(model.config.cell);
export const isLstm = isCell("LSTM");
export const isGru = isCell("GRU");
export const isGated = isCell("LSTM", "GRU");
export const isRelu: Condition = ({ model: { config } }) =>
  config.cell === "RNN" && config.nonlinearity === "relu";
export const hasTanh: Condition = (the) => !isRelu(the);
export const hasSigmoid: Condition = ({ model: { config } }) =>
  config.cell !== "RNN" && config.variant.gateActivation.kind === "sigmoid";
export const hasBias: Condition = ({ model }) => model.config.bias;
export const hasProjection: Condition = ({ model }) => model.config.projSize > 0;
export const noProjection: Condition = ({ model }) => model.config.projSize === 0;
export const hasPeephole: Condition = ({ model }) => model.config.variant.peephole;
export const twoDirections: Condition = ({ model }) => model.config.bidirectional;
export const twoLayers: Condition = ({ model }) => model.config.numLayers > 1;
export const twoSlots: Condition = ({ model }) =>
  model.config.numLayers * numDirections(model.config) > 1;
export const hasLengths: Condition = (the) => the.hasLengths;
export const noLengths: Condition = (the) => !the.hasLengths;
export const isBatched: Condition = (the) => !the.unbatched;

/** I = D·R: every layer could take the weights, or the input, of another one. */
export const layersAlike: Condition = ({ model }) => {
  const { I, D, R } = sizesOf(model);
  return I === D * R;
};

/** Both hold, or all of more. */
export function all(...conditions: readonly Condition[]): Condition {
  return (the) => conditions.every((condition) => condition(the));
}
