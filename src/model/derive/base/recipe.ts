/**
 * How a parameter is made of tensors of a file, as plain data, and the derived tensor that it gives.
 *
 * A recipe can be written down and read again: it names tensors, the place of the first element in each, whether it is
 * transposed, and which gates it holds in which order. What several tensors hold of one gate is added up.
 */
import type { Archive } from "../../../formats/base/archive";
import { text, type Text } from "../../../core/text";
import type { DType } from "../../../tensor/dtype";
import type { TensorEntry } from "../../../tensor/tensor";
import type { DerivedEntry } from "./derived";
import { stackedEntry, type BlockSource, type DerivedBlock } from "./stackedEntry";

/** A tensor, or a part of one, that a parameter is made of. */
export interface SlotSource {
  readonly tensor: string;
  /** Index of its first element, one an axis; the first of all when left out. */
  readonly start?: readonly number[];
  /** True where the units of the gates are its columns. */
  readonly isTransposed?: boolean;
  /** Letters of PyTorch's gates in the order in which they lie in it; one empty letter without gates. */
  readonly gates: readonly string[];
}

/** A parameter of a layer and direction. */
export interface SlotRecipe {
  /** `weight_ih`, without layer and direction. */
  readonly slot: string;
  /** PyTorch's gates, top to bottom; one empty letter without gates. */
  readonly gates: readonly string[];
  /** Rows of one gate. */
  readonly rows: number;
  /** Of a matrix. */
  readonly columns?: number;
  readonly from: readonly SlotSource[];
  /** Added to all rows of a gate, by its letter. */
  readonly plus?: Readonly<Record<string, number>>;
  /** Gates whose values change their sign. */
  readonly negated?: readonly string[];
}

/** Who reads, and which of its entries has a name. */
export interface RecipeSource {
  readonly archive: Pick<Archive, "readBox">;
  readonly entryOf: (name: string) => TensorEntry;
}

/** The tensor that a recipe gives under a name. `like` has its dtype where nothing else has. */
export function recipeEntry(
  { archive, entryOf }: RecipeSource,
  name: string,
  recipe: SlotRecipe,
  like: string,
): DerivedEntry {
  const { gates, rows, columns, from, plus = {}, negated = [] } = recipe;
  const blocks = gates.map((gate): DerivedBlock => {
    const sources = from.flatMap((source) => {
      const at = source.gates.indexOf(gate);
      const read = { entry: entryOf(source.tensor), isMatrix: columns !== undefined };
      return at < 0 ? [] : [blockOf(source, at * rows, read)];
    });
    const [first = null, ...added] = sources;
    const offset = plus[gate] ?? 0;
    const scale = negated.includes(gate) ? -1 : 1;
    return { rows, from: first, added, offset, scale };
  });
  return stackedEntry(archive, {
    name,
    dtype: widestDtype(from.map(({ tensor }) => entryOf(tensor).dtype)) ?? entryOf(like).dtype,
    blocks,
    columns: columns === undefined ? [] : [columns],
    how: howOf(recipe, entryOf),
  });
}

/** A dtype that holds the values of all of these; null of none. Tensors of several dtypes are of floating point. */
function widestDtype(dtypes: readonly DType[]): DType | null {
  const [first = null, ...others] = new Set(dtypes);
  if (others.length === 0) return first;
  return dtypes.includes("float64") ? "float64" : "float32";
}

/**
 * The block of one gate. A matrix is the last two axes of a tensor, a bias its last one, or transposed the one before:
 * further axes stay at `start`.
 */
function blockOf(
  { start, isTransposed = false }: SlotSource,
  row: number,
  { entry, isMatrix }: { readonly entry: TensorEntry; readonly isMatrix: boolean },
): BlockSource {
  const last = entry.shape.length - 1;
  // A vector that stands for a matrix of one column has but its rows.
  const both = (isTransposed ? [last, last - 1] : [last - 1, last]).filter((axis) => axis >= 0);
  const axes = isMatrix ? both : [isTransposed ? last - 1 : last];
  const from = entry.shape.map((_, axis) => start?.[axis] ?? 0);
  const along = axes[0] ?? 0;
  from[along] = (from[along] ?? 0) + row;
  return { entry, start: from, axes };
}

/** What was done, in the order in which it is done. */
function howOf(recipe: SlotRecipe, entryOf: RecipeSource["entryOf"]): Text {
  const { gates, from, plus = {}, negated = [] } = recipe;
  const order = gates.join(" ");
  const steps = [
    ...sliceSteps(recipe, entryOf),
    ...(from.some(isTurned(entryOf)) ? [text("transposed")] : []),
    ...gateSteps(from, order),
    ...(negated.length > 0 && from.length > 0
      ? [text("{0} negated, since its update gate is 1 − z", negated.join(" "))]
      : []),
    ...Object.entries(plus).map(([gate, value]) =>
      text("{0} added to {1}, as the cell does in every step", value, gate),
    ),
  ];
  if (from.length === 0) {
    const zeros = text("zeros: the file has one bias, which stands as bias_ih");
    return steps.reduce((all, step) => text("{0}, {1}", all, step), zeros);
  }
  const [first = text("as it is"), ...others] = steps;
  return others.reduce((all, step) => text("{0}, {1}", all, step), first);
}

/** A vector has no other way to lie. */
function isTurned(entryOf: RecipeSource["entryOf"]) {
  return ({ isTransposed, tensor }: SlotSource): boolean =>
    isTransposed === true && entryOf(tensor).shape.length > 1;
}

function gateSteps(from: readonly SlotSource[], order: string): Text[] {
  if (order.trim() === "") return from.length > 1 ? [text("their sum")] : [];
  const all = from.flatMap(({ gates }) => gates);
  const isSum = new Set(all).size < all.length;
  const isStacked = from.length > 1 && !isSum;
  return [
    ...(isStacked ? [text("stacked gate by gate: {0}", order)] : []),
    ...(isStacked || from.length === 0 ? [] : orderSteps([...new Set(all)].join(" "), order)),
    ...(isSum ? [text("their sum")] : []),
  ];
}

function orderSteps(stored: string, order: string): Text[] {
  if (stored === order) return [];
  return stored.length < order.length
    ? [text("gate {0} of {1}, zeros for the others", stored, order)]
    : [text("gates {0} → {1}", stored, order)];
}

/** The part of a tensor that is taken, where it is not all of it; that of the first where there are several. */
function sliceSteps(recipe: SlotRecipe, entryOf: RecipeSource["entryOf"]): Text[] {
  return recipe.from.slice(0, 1).flatMap((source) => {
    const { shape } = entryOf(source.tensor);
    const { start = [], isTransposed = false, gates } = source;
    const height = gates.length * recipe.rows;
    const { columns } = recipe;
    const last = shape.length - 1;
    const sizes = shape.map(() => 1);
    const [above, beside] =
      columns === undefined
        ? [isTransposed ? height : 1, isTransposed ? 1 : height]
        : [isTransposed ? columns : height, isTransposed ? height : columns];
    if (last > 0) sizes[last - 1] = above;
    sizes[last] = beside;
    const at = (axis: number): readonly [number, number] | null => {
      const size = sizes[axis] ?? 1;
      const first = start[axis] ?? 0;
      return size < (shape[axis] ?? 1) ? [first, first + size - 1] : null;
    };
    const leading = start.slice(0, Math.max(0, last - 1)).filter((_, axis) => at(axis) !== null);
    return [
      ...(leading.length === 0 ? [] : [text("slice {0}", leading.join(", "))]),
      ...rangeStep(last === 0 ? null : at(last - 1), "rows"),
      ...rangeStep(at(last), last === 0 ? "elements" : "columns"),
    ];
  });
}

function rangeStep(
  range: readonly [number, number] | null,
  of: "rows" | "columns" | "elements",
): Text[] {
  if (range === null) return [];
  const [first, last] = range;
  switch (of) {
    case "rows":
      return [first === last ? text("row {0}", first) : text("rows {0} … {1}", first, last)];
    case "columns":
      return [first === last ? text("column {0}", first) : text("columns {0} … {1}", first, last)];
    case "elements":
      return [text("elements {0} … {1}", first, last)];
  }
}
