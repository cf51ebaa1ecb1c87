/**
 * Modules of other frameworks and of hand-written code, recognised by the registry of layouts, in PyTorch's terms.
 */
import { text, type Text } from "../../../core/text";
import type { Archive } from "../../../formats/base/archive";
import type { TensorEntry } from "../../../tensor/tensor";
import { deriveDense } from "./denseLayers";
import type { DerivedEntry, DerivedModules } from "../base/derived";
import { noFacts, type Framework, type ModuleFacts } from "../../facts";
import { listedStacks } from "./lists";
import { recipeEntry, type RecipeSource } from "../base/recipe";
import { recognisedCells, type RecognisedCell } from "./recognise";
import { cellStacks, type CellStack } from "./stacks";

/** Frameworks whose dense layers are (in, out). */
const columnFrameworks: ReadonlySet<Framework> = new Set([
  ...(["Flax", "Haiku", "TensorFlow 1", "Keras"] as const),
]);

/** The modules of an archive, as far as none of their tensors is in `used`: another way to derive is more certain. */
export function deriveLayouts(archive: Archive, used: ReadonlySet<string>): DerivedModules {
  const known = new Map(archive.entries.map((entry) => [entry.name, entry]));
  const source: RecipeSource = {
    archive,
    entryOf: (name) => {
      const entry = known.get(name);
      if (entry === undefined) throw new Error(`a recipe names ${name}, which is no entry`);
      return entry;
    },
  };
  const cells = recognisedCells(archive.entries).filter(
    ({ tensors }) => !tensors.some((name) => used.has(name)),
  );
  const entries: DerivedEntry[] = [];
  const facts = new Map<string, ModuleFacts>();
  const taken = new Names(archive.entries);
  const listed = used.size === 0 ? listedStacks(archive.entries) : [];
  for (const stack of [...cellStacks(cells), ...cells.flatMap(singleStack), ...listed]) {
    const prefix = taken.free(stack);
    if (prefix === null) continue;
    facts.set(prefix, factsOf(stack));
    entries.push(...entriesOf(stack, prefix, source));
  }
  const others = new Set([...used, ...cells.flatMap(({ tensors }) => tensors)]);
  const hasDense = cells.some(({ layout }) => columnFrameworks.has(layout.framework));
  return {
    entries: hasDense ? [...entries, ...deriveDense(source, archive.entries, others)] : entries,
    facts,
  };
}

/** PyTorch's own cells are modules without this. */
function singleStack(cell: RecognisedCell): readonly CellStack[] {
  if (cell.layout.isOwnCell === true) return [];
  return [{ prefix: cell.prefix.replace(/_$/, "."), layers: [[cell]], assumptions: [] }];
}

/** Prefixes of modules, each of which has one module. */
class Names {
  readonly #taken = new Set<string>();
  readonly #own: ReadonlySet<string>;

  constructor(entries: readonly TensorEntry[]) {
    this.#own = new Set(entries.map(({ name }) => name));
  }

  /** Its prefix, or that with the order of its gates, where another reading of the same tensors has it. */
  free({ prefix, layers }: CellStack): string | null {
    const [cell] = layers.flat();
    const gates = cell?.layout.parts[0]?.gates.join("") ?? "";
    const candidates =
      cell?.layout.isAlternative === true ? [`${prefix}gates_${gates}.`] : [prefix];
    const found = candidates.find(
      (each) => !this.#taken.has(each) && !this.#own.has(`${each}weight_ih_l0`),
    );
    if (found === undefined) return null;
    this.#taken.add(found);
    return found;
  }
}

function entriesOf({ layers }: CellStack, prefix: string, source: RecipeSource): DerivedEntry[] {
  return layers.flatMap((cells, layer) =>
    cells.flatMap(({ slots, tensors }, direction) =>
      slots.map((recipe) => {
        const name = `${prefix}${recipe.slot}_l${layer}${direction === 1 ? "_reverse" : ""}`;
        return recipeEntry(source, name, recipe, tensors[0] ?? "");
      }),
    ),
  );
}

function factsOf({ layers, assumptions, isListed = false }: CellStack): ModuleFacts {
  const [cell] = layers.flat();
  if (cell === undefined) return noFacts;
  const { framework, title, batchFirst, nonlinearity, variant = {}, isOwnCell } = cell.layout;
  const isNamed = isOwnCell !== true;
  // Kernel, recurrent kernel and bias of a SimpleRNN have the shapes of two dense layers.
  const isAmbiguous = isListed && cell.layout.cell === "RNN";
  const recognised = isAmbiguous
    ? [text("may be a {0}; or dense layers, whose arrays can have the same shapes", title)]
    : isNamed
      ? [text("recognised by its names and shapes: {0}", title)]
      : [];
  return {
    ...noFacts,
    framework,
    batchFirst: isListed ? null : (batchFirst ?? null),
    nonlinearity: nonlinearity ?? null,
    variant,
    reverseOnly: cell.layout.reverseWithin?.test(cell.prefix) === true,
    remarks: [...recognised, ...runTimeFacts(cell), ...cell.assumptions, ...assumptions],
  };
}

/** What its cell does in every step beside what its tensors tell. */
function runTimeFacts({ layout: { forgetBias, isUpdateTurned } }: RecognisedCell): readonly Text[] {
  return [
    ...(forgetBias === undefined
      ? []
      : [
          text("it adds {0} to the forget gate in every step, which stands in bias_hh", forgetBias),
        ]),
    ...(isUpdateTurned === true
      ? [text("its update gate is PyTorch's 1 − z: the weights of z change their sign")]
      : []),
  ];
}
