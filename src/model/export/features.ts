/**
 * What a module has that a framework may lack, and the sentence that says so.
 */
import { rounded } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import type { RecurrentConfig } from "../config";

const has = {
  projection: ({ projSize }) => projSize > 0,
  peephole: ({ cell, variant }) => cell === "LSTM" && variant.peephole,
  coupledInputForget: ({ cell, variant }) => cell === "LSTM" && variant.coupledInputForget,
  clip: ({ variant }) => variant.clip !== null,
  hardSigmoid: ({ cell, variant }) => cell !== "RNN" && variant.gateActivation.kind !== "sigmoid",
  resetBefore: ({ cell, variant }) => cell === "GRU" && !variant.resetAfter,
  reverse: ({ reverseOnly }) => reverseOnly === true,
  reverseStack: ({ reverseOnly, numLayers }) => reverseOnly === true && numLayers > 1,
} as const satisfies Readonly<Record<string, (config: RecurrentConfig) => boolean>>;

export type Feature = keyof typeof has;

/** The features of a module that are among `lacks`, a sentence each about the framework of this name. */
export function lackedBy(
  title: string,
  lacks: readonly Feature[],
  config: RecurrentConfig,
): readonly Text[] {
  return lacks
    .filter((feature) => has[feature](config))
    .map((feature) => says[feature](title, config));
}

const says: Readonly<Record<Feature, (title: string, config: RecurrentConfig) => Text>> = {
  projection: (title, { projSize, hiddenSize }) =>
    text(
      "{0} has no LSTM that projects h, here from {1} to {2} (proj_size)",
      title,
      hiddenSize,
      projSize,
    ),
  peephole: (title) => text("{0} has no LSTM whose gates look at c (peepholes)", title),
  coupledInputForget: (title) => text("{0} has no LSTM whose forget gate is 1 − i", title),
  clip: (title, { variant }) =>
    text(
      "{0} has no cell that limits its pre-activations, here to −{1}…{1}",
      title,
      rounded(variant.clip ?? 0, 4),
    ),
  hardSigmoid: (title) => text("{0} has no cell whose gates are a hard sigmoid", title),
  resetBefore: (title) =>
    text(
      "{0} has no GRU whose reset gate scales h before the product (reset_after = False)",
      title,
    ),
  reverse: (title) =>
    text("{0} has no module whose one direction goes from the last step to the first", title),
  reverseStack: (title) =>
    text(
      "{0} gives the outputs of a layer that goes backwards in another order, which a layer above it would read",
      title,
    ),
};
