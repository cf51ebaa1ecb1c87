/**
 * The sentences about what keeps a run from being made, from their data.
 */
import { text, type Text } from "../../core/text";
import { formatShape } from "../../tensor/tensor";
import type { Clash, ClashCause, LengthProblem, Refusal } from "./clash";
import type { ShapeCheck } from "./shapes";

type ClashTexts = {
  readonly [Of in Clash["of"]]: (clash: Clash & { readonly of: Of }) => Text;
};

type CauseTexts = {
  readonly [Is in ClashCause["is"]]: (cause: ClashCause & { readonly is: Is }) => Text;
};

/** What stops the run, in one sentence; null when it runs. */
export function clashText({ clash }: Pick<ShapeCheck, "clash">): Text | null {
  return clash === null ? null : textOf(clash);
}

/** Why, in one more sentence, with what readers said about a missing tensor; null when there is nothing to say. */
export function causeText({ cause, hints }: Pick<ShapeCheck, "cause" | "hints">): Text | null {
  if (cause === null) return null;
  // The table has a function for each kind, which takes that kind.
  const makeText = causeTexts[cause.is] as (cause: ClashCause) => Text;
  return hints.reduce((before, hint) => text("{0} ({1})", before, hint), makeText(cause));
}

/** Both in one message; null when the run can be made. */
export function clashMessage(shapes: Pick<ShapeCheck, "clash" | "cause" | "hints">): Text | null {
  const clash = clashText(shapes);
  const cause = causeText(shapes);
  return clash === null || cause === null ? clash : text("{0}. {1}", clash, cause);
}

function textOf(clash: Clash | Refusal): Text {
  if (clash.of === "refusal") return text("it is not run: {0}", clash.reason);
  const makeText = clashTexts[clash.of] as (clash: Clash) => Text;
  return makeText(clash);
}

const clashTexts: ClashTexts = {
  parameter: ({ layer, direction, tensor, found, expected }) => {
    const lane = text("layer {0} {1} cannot run", layer, direction === "forward" ? "→" : "←");
    const needed = formatShape(expected ?? []);
    return found === null
      ? text("{0}: {1} is missing, needed {2}", lane, tensor, needed)
      : text("{0}: {1} is {2}, needed {3}", lane, tensor, formatShape(found), needed);
  },
  "axis-count": ({ found }) =>
    text("input cannot be read: it is {0}, needed 2 or 3 axes", formatShape(found ?? [])),
  features: ({ found, expected }) =>
    text(
      "layer 0 → cannot run: the last axis of input {0} is {1}, needed {2}",
      formatShape(found ?? []),
      found?.at(-1) ?? 0,
      expected?.at(-1) ?? 0,
    ),
  "empty-input": ({ found }) =>
    text("input cannot be run: it is {0}, one of its axes has size 0", formatShape(found ?? [])),
  lengths: ({ problem }) => text("lengths do not fit: {0}", lengthProblemText(problem)),
  state: ({ tensor, found, expected }) =>
    text(
      "{0} does not fit: it is {1}, needed {2}",
      tensor,
      formatShape(found ?? []),
      formatShape(expected ?? []),
    ),
  embedding: ({ tensor, found, expected }) =>
    text(
      "layer 0 → cannot run: {0} is {1}, needed {2}",
      tensor,
      formatShape(found ?? []),
      formatShape(expected ?? []),
    ),
  token: ({ embedding, index, token, lastRow }) =>
    text(
      "{0} cannot run: the token at {1} of input is {2}, its rows are 0 to {3}",
      embedding,
      formatShape(index),
      String(token),
      lastRow,
    ),
  linear: ({ layer, tensor, found, expected }) =>
    text(
      "{0} cannot run: {1} is {2}, needed {3}",
      layer,
      tensor,
      formatShape(found ?? []),
      formatShape(expected ?? []),
    ),
};

/** What is wrong with lengths, as a part of a sentence. */
export function lengthProblemText(problem: LengthProblem): Text {
  switch (problem.is) {
    case "count":
      return text(
        "there are {0} lengths for B = {1} sequences",
        problem.lengths,
        problem.batchSize,
      );
    case "too-short":
      return text("a length is {0}, every sequence needs at least one step", problem.length);
    case "too-long":
      return text(
        "a length is {0}, the input has T = {1} steps",
        problem.length,
        problem.seqLength,
      );
  }
}

const causeTexts: CauseTexts = {
  "axes-of-size-1": () =>
    text(
      "A sequence is [T, I], a batch of them [T, B, I], or [B, T, I] with batch_first: take out axes of size 1 (squeeze).",
    ),
  "step-without-time": () =>
    text(
      "It has the features of one step; a sequence is [T, I]: add the axis of steps, as x[None] does.",
    ),
  "sequence-axes": () =>
    text("A sequence is [T, I], a batch of them [T, B, I], or [B, T, I] with batch_first."),
  "nothing-to-run": () => text("There is nothing to run: T and B must be at least 1."),
  columns: ({ inputSize, features }) =>
    text(
      "weight_ih_l0 has {0} columns, one per feature; no axis of the input has that size. Give an input of {0} features, or weights with input_size {1}.",
      inputSize,
      features,
    ),
  "columns-elsewhere": ({ inputSize, axis }) =>
    text(
      "weight_ih_l0 has {0} columns, one per feature; axis {1} of the input has that size, so its axes may be in another order.",
      inputSize,
      axis,
    ),
  "embedding-columns": ({ inputSize }) =>
    text(
      "weight_ih_l0 has {0} columns, one per feature; each row of the embedding becomes one step of its input.",
      inputSize,
    ),
  "peepholes-everywhere": () =>
    text("Some gates look at c through peephole weights, so every direction needs them."),
  "biases-everywhere": () =>
    text("The module has biases, so every direction of every layer needs both of them."),
  transposed: () =>
    text(
      "The two sizes are exchanged: PyTorch stores weights as [rows of the result, features], so transpose it before saving.",
    ),
  "reverse-everywhere": ({ layer }) =>
    text(
      "Other layers have reverse weights, so every layer needs them; this file has none for layer {0}.",
      layer,
    ),
  "every-layer": ({ lastLayer }) =>
    text("Every layer from 0 to {0} needs this tensor; another checkpoint may have it.", lastLayer),
  "bidirectional-below": ({ directions, stateSize, taken }) =>
    text(
      "The layer below is bidirectional, so it hands up {0}·H = {1} features (forward {2} ∥ reverse {2}); this weight takes {3}.",
      directions,
      directions * stateSize,
      stateSize,
      taken,
    ),
  "others-agree": ({ reason }) => text("The other tensors of the module agree on {0}.", reason),
  "leading-axes-exchanged": ({ tensor, unitAxis }) =>
    text(
      "Its first two axes are exchanged: batch_first never moves the batch axis of {0}, it is always [L·D, B, {1}].",
      tensor,
      unitAxis,
    ),
  "rows-of-one-direction": () =>
    text("A bidirectional module needs a row for each direction of each layer: twice as many."),
  projected: ({ projSize, hiddenSize }) =>
    text("With a projection h has P = {0} features and c has H = {1}.", projSize, hiddenSize),
  "row-per-lane": ({ tensor }) =>
    text("{0} has one row per layer and direction, forward before reverse.", tensor),
  "state-of-another-batch": ({ tensor, found, batchSize }) =>
    text(
      "{0} was made for a batch of {1}, and the input is read as one of {2}: its axis 1 must be the batch.",
      tensor,
      found,
      batchSize,
    ),
  "no-lane-axis": ({ tensor }) =>
    text(
      "It lacks the axis of layers and directions, which has size 1: add it, as {0}[None] or unsqueeze(0) does.",
      tensor,
    ),
  "one-of-several-lanes": ({ lanes }) =>
    text(
      "It is the state of one layer and direction: stack those of all {0}, forward before reverse.",
      lanes,
    ),
  "cell-has-no-lanes": ({ tensor }) =>
    text("A cell has no layers or directions: drop the first axis of {0}.", tensor),
  "row-per-sequence": ({ tensor }) => text("{0} has one row per sequence of the batch.", tensor),
  "fractional-token": () => text("A token is a whole number."),
  "negative-token": () =>
    text("It is negative: −1 is often a padding value; give lengths, or replace it."),
  "large-token": () =>
    text("The vocabulary that made the tokens has more words than the embedding has rows."),
  "module-features": ({ features }) =>
    text(
      "The module hands on {0} features; the linear layer needs a column for each of them.",
      features,
    ),
  "own-of-file": ({ tensor }) =>
    text("It is the file's own, made for other inputs; give {0} for this one.", tensor),
};
