/**
 * What a module has that a framework may lack, and the sentence that says so.
 */
import { rounded } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import type { ModuleToExport } from "./module";

/** What is known of a module before its tensors are looked for. */
export type Described = Pick<ModuleToExport, "config" | "facts">;

const has = {
  projection: ({ config: { projSize } }) => projSize > 0,
  peephole: ({ config: { cell, variant } }) => cell === "LSTM" && variant.peephole,
  coupledInputForget: ({ config: { cell, variant } }) =>
    cell === "LSTM" && variant.coupledInputForget,
  clip: ({ config: { variant } }) => variant.clip !== null,
  hardSigmoid: ({ config: { cell, variant } }) =>
    cell !== "RNN" && variant.gateActivation.kind !== "sigmoid",
  resetBefore: ({ config: { cell, variant } }) => cell === "GRU" && !variant.resetAfter,
  reverse: ({ config: { reverseOnly } }) => reverseOnly === true,
  reverseStack: ({ config: { reverseOnly, numLayers } }) => reverseOnly === true && numLayers > 1,
  mergeMode: ({ facts: { kerasOutput } }) => (kerasOutput?.mergeMode ?? null) !== null,
  swappedHalves: ({ facts: { kerasOutput } }) => kerasOutput?.isSwapped === true,
} as const satisfies Readonly<Record<string, (module: Described) => boolean>>;

export type Feature = keyof typeof has;

/** The features of a module that are among `lacks`, a sentence each about the framework of this name. */
export function lackedBy(
  title: string,
  lacks: readonly Feature[],
  module: Described,
): readonly Text[] {
  return lacks
    .filter((feature) => has[feature](module))
    .map((feature) => says[feature](title, module));
}

const says: Readonly<Record<Feature, (title: string, module: Described) => Text>> = {
  projection: (title, { config: { projSize, hiddenSize } }) =>
    text(
      "{0} has no LSTM that projects h, here from {1} to {2} (proj_size)",
      title,
      hiddenSize,
      projSize,
    ),
  peephole: (title) => text("{0} has no LSTM whose gates look at c (peepholes)", title),
  coupledInputForget: (title) => text("{0} has no LSTM whose forget gate is 1 − i", title),
  clip: (title, { config: { variant } }) =>
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
  mergeMode: (title, { facts: { kerasOutput } }) =>
    text(
      "{0} has no module whose two directions are joined by {1}, but side by side alone",
      title,
      kerasOutput?.mergeMode ?? "",
    ),
  swappedHalves: (title) =>
    text(
      "{0} has no module whose forward direction reads the last step first (go_backwards within Bidirectional)",
      title,
    ),
};
