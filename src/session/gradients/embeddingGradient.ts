/**
 * The gradient of an embedding's table, from the gradient of the vectors that were looked up.
 */
import type { Tensor } from "../../tensor/tensor";

/**
 * Adds up the gradients of all places of each token: (V, I) from (…, I), as autograd does for nn.Embedding
 * without `padding_idx`, which no file tells. Places in the padding behind a sequence's length have gradient 0.
 *
 * `tokens` has one element a place, or one a sequence where its only step was repeated.
 */
export function embeddingGradient(
  embedded: Tensor,
  tokens: Tensor,
  { vocabulary, batchFirst }: { readonly vocabulary: number; readonly batchFirst: boolean },
): Tensor {
  const features = embedded.shape.at(-1) ?? 0;
  const places = features === 0 ? 0 : embedded.data.length / features;
  const sequences = tokens.data.length;
  const repeats = sequences === 0 ? 1 : places / sequences;
  const tokenOf = (place: number): number => {
    if (repeats === 1) return tokens.data[place]!;
    return tokens.data[batchFirst ? Math.floor(place / repeats) : place % sequences]!;
  };
  const table = new Float64Array(vocabulary * features);
  for (let place = 0; place < places; place++) {
    const row = tokenOf(place) * features;
    for (let k = 0; k < features; k++) table[row + k]! += embedded.data[place * features + k]!;
  }
  return { dtype: "float64", shape: [vocabulary, features], data: table };
}
