/**
 * The loaded layers around a module, and the views of them for the run and its shape check.
 */
import type { RunSurrounding } from "../../analysis/surrounding";
import type { LinearWeights } from "../../engine/surrounding";
import type { Head } from "../../model/find/head";
import type { EmbeddingLayer, LinearLayer } from "../../model/find/surrounding";
import type { SurroundingShapes } from "../../model/shapes/shapes";
import type { Tensor } from "../../tensor/tensor";

/** The layers before a module, read. */
export interface EmbeddedInput {
  /** The input of layer 0. A token without a row in the table becomes zeros, and the shape check stops the run. */
  readonly input: Tensor;
  /** The given input if it consists of tokens; null when it has features. */
  readonly tokens: Tensor | null;
  readonly badToken: { readonly token: number; readonly position: number } | null;
}

/** The layers that run around a module. */
export interface LoadedSurrounding extends Omit<EmbeddedInput, "input"> {
  readonly embedding: EmbeddingLayer | null;
  readonly linear: LinearLayer | null;
  /** null where the linear layer does not run. */
  readonly head: Head | null;
  /** The values of the linear layer; null when it does not run. */
  readonly weights: LinearWeights | null;
  /** As it is compared: an output of the logits' shape is taken for them. */
  readonly reference: { readonly output: Tensor | null; readonly logits: Tensor | null };
}

/** The surrounding layers as a run takes them. */
export function runSurroundingOf(loaded: {
  readonly surrounding: LoadedSurrounding;
  readonly reference: { readonly embedded: Tensor | null; readonly logits: Tensor | null };
}): RunSurrounding {
  const { tokens, embedding, head, weights } = loaded.surrounding;
  const { embedded, logits } = loaded.reference;
  return {
    tokens,
    vocabulary: tokens === null ? 0 : (embedding?.weight.shape[0] ?? 0),
    head: head === null || weights === null ? null : { head, linear: weights },
    reference: { embedded, logits },
  };
}

/** The part of the surrounding layers that the shape check reads. */
export function surroundingShapes(
  surrounding: LoadedSurrounding,
  referenceEmbedded: Tensor | null,
): SurroundingShapes {
  const { tokens, badToken, embedding, linear, head, reference } = surrounding;
  return {
    tokens: tokens === null ? null : { shape: tokens.shape, bad: badToken },
    embedding: embedding === null ? null : { name: embedding.name, shape: embedding.weight.shape },
    linear:
      linear === null
        ? null
        : {
            name: linear.name,
            weightName: linear.weight.name,
            weight: linear.weight.shape,
            bias: linear.bias?.shape ?? null,
          },
    head,
    referenceEmbedded: referenceEmbedded?.shape ?? null,
    referenceLogits: reference.logits?.shape ?? null,
  };
}
