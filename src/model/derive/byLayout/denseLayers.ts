/**
 * Dense layers and tables beside recognised cells, in PyTorch's names: kernel (in, out) is the transpose of a weight.
 *
 * Flax, TensorFlow 1 and Keras call them `kernel` and `bias`, Haiku `w` and `b`, their tables `embedding(s)`.
 */
import { sameShape, type TensorEntry } from "../../../tensor/tensor";
import type { DerivedEntry } from "../base/derived";
import { recipeEntry, type RecipeSource, type SlotRecipe } from "../base/recipe";

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
    const isTaken = taken.has(entry.name) || known.has(`${prefix}weight`);
    if (kind === "" || isTaken || !isMatrix(entry)) return [];
    const bias = known.get(prefix + (kind === "w" ? "b" : "bias") + ending);
    const recipes = kind.startsWith("embedding")
      ? [tableRecipe(entry)]
      : denseRecipes(entry, known.has(`${prefix}bias`) ? undefined : bias);
    return recipes.map((recipe) => recipeEntry(source, prefix + recipe.slot, recipe, entry.name));
  });
}

function isMatrix({ shape }: TensorEntry): boolean {
  return shape.length === 2 && shape.every((size) => size > 0);
}

function tableRecipe({ name, shape: [rows = 0, columns = 0] }: TensorEntry): SlotRecipe {
  const from = [{ tensor: name, gates: [""] }];
  return { slot: "weight", gates: [""], rows, columns, from };
}

/** The weight, and the bias where it has the size for it. */
function denseRecipes(
  { name, shape: [columns = 0, rows = 0] }: TensorEntry,
  bias: TensorEntry | undefined,
): readonly SlotRecipe[] {
  const from = [{ tensor: name, gates: [""], isTransposed: true }];
  const weight = { slot: "weight", gates: [""], rows, columns, from };
  if (bias === undefined || !sameShape(bias.shape, [rows])) return [weight];
  const own = [{ tensor: bias.name, gates: [""] }];
  return [weight, { slot: "bias", gates: [""], rows, from: own }];
}
