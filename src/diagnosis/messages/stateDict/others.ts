/**
 * What shapes tell of the layers around a recurrent module: embeddings and linear layers.
 */
import { text, type Text } from "../../../core/text";
import type { Shape } from "../../../tensor/tensor";
import { recurrentKey, type StateDictBlock } from "./keys";

/** Layers that sentences are made for. */
const MAX_LAYERS = 6;

/** Sentences about weights that are no part of a recurrent module. */
export function otherMismatches({ mismatches }: StateDictBlock): { means: Text[]; fits: Text[] } {
  const others = mismatches
    .filter(({ key, checkpoint }) => recurrentKey(key) === null && checkpoint.length === 2)
    .slice(0, MAX_LAYERS);
  return {
    means: others.map(({ key, checkpoint, model }) =>
      text(
        "{0} is {1} in the checkpoint and {2} in the model.",
        key,
        `[${checkpoint.join(", ")}]`,
        `[${model.join(", ")}]`,
      ),
    ),
    fits: others.map(({ key, checkpoint, model }) => fixOf(key, checkpoint, model)),
  };
}

function fixOf(key: string, checkpoint: Shape, model: Shape): Text {
  const [rows = 0, columns = 0] = checkpoint;
  const isEmbedding = /emb/i.test(key);
  if (rows === model[0]) {
    return isEmbedding
      ? text("{0}: an embedding of {1} features a token (embedding_dim={1}).", key, columns)
      : text(
          "{0}: a linear layer of {1} inputs (in_features={1}): H, or 2·H behind a bidirectional module.",
          key,
          columns,
        );
  }
  return isEmbedding
    ? text(
        "{0}: an embedding of {1} tokens (num_embeddings={1}): the vocabulary it was trained with.",
        key,
        rows,
      )
    : text(
        "{0}: a linear layer of {1} outputs (out_features={1}): the classes it was trained with.",
        key,
        rows,
      );
}
