/**
 * Dense layers and tables beside recognised cells, in PyTorch's names: kernel (in, out) is the transpose of a weight.
 *
 * Flax, TensorFlow 1 and Keras call them `kernel` and `bias`, Haiku `w` and `b`, their tables `embedding(s)`.
 */
import type { TensorEntry } from "../../tensor/tensor";
import type { DerivedEntry } from "./derived";
import { recipeEntry, type RecipeSource, type SlotRecipe } from "./recipe";

const WEIGHT = /^(.*[./])(kernel|w|embeddings?)((?::0|[./](?:value|raw_value))?)$/s;

/** The layers of which no tensor is in `taken`; the names of their tensors end in `weight` and `bias`. */
export function deriveDense(
  source: RecipeSource,
  entries: readonly TensorEntry[],
  taken: ReadonlySet<string>,
): readonly DerivedEntry[] {
  const known = new Map(entries.map((entry) => [entry.name, entry]));
  return entries.flatMap((entry) => {
    const [, prefix = "", kind = "", ending = ""] = WEIGHT.exec(entry.name) ?? [];
    const [first = 0, second = 0] = entry.shape;
    const isMatrix = entry.shape.length === 2 && first > 0 && second > 0;
    const isFree = !taken.has(entry.name) && !known.has(`${prefix}weight`);
    if (kind === "" || !isMatrix || !isFree) return [];
    const isTable = kind.startsWith("embedding");
    const made = (recipe: SlotRecipe): DerivedEntry =>
      recipeEntry(source, prefix + recipe.slot, recipe, entry.name);
    const [rows, columns] = isTable ? [first, second] : [second, first];
    const weight = { tensor: entry.name, gates: [""], isTransposed: !isTable };
    const bias = known.get(prefix + (kind === "w" ? "b" : "bias") + ending);
    const hasBias = !isTable && bias?.shape.length === 1 && bias.shape[0] === rows;
    const from = hasBias && !known.has(`${prefix}bias`) ? [{ tensor: bias.name, gates: [""] }] : [];
    return [
      made({ slot: "weight", gates: [""], rows, columns, from: [weight] }),
      ...(from.length === 0 ? [] : [made({ slot: "bias", gates: [""], rows, from })]),
    ];
  });
}
