/**
 * Arrays that a list holds without names: `get_weights()` of Keras, `list(module.parameters())` of PyTorch.
 *
 * Keras gives kernel, recurrent kernel and bias of each layer and direction, PyTorch weight_ih, weight_hh and the two
 * biases; what stands before and behind belongs to other layers.
 */
import { text, type Text } from "../../../core/text";
import type { TensorEntry } from "../../../tensor/tensor";
import type { LayoutPart, PartRole, WeightLayout } from "../../layouts/layout";
import { layouts } from "../../layouts/registry";
import { cellOf, type RecognisedCell } from "./recognise";
import type { CellStack } from "./stacks";

/** Longer lists are no network. */
const maxListed = 4096;

/** What stands in a list one after the other. */
interface Order {
  readonly family: "keras" | "cell";
  readonly roles: readonly PartRole[];
  readonly title: Text;
}

const keras = text("a list as get_weights() of Keras gives it: kernel, recurrent kernel, bias");
const torch = text(
  "a list as parameters() of PyTorch gives it: weight_ih, weight_hh, bias_ih, bias_hh",
);

const orders: readonly Order[] = [
  { family: "cell", roles: ["input", "state", "inputBias", "stateBias"], title: torch },
  { family: "keras", roles: ["input", "state", "biases"], title: keras },
  { family: "keras", roles: ["input", "state", "inputBias"], title: keras },
  { family: "keras", roles: ["input", "state"], title: keras },
  { family: "cell", roles: ["input", "state"], title: torch },
];

/** A cell in a list, and the index behind its last array. */
interface ListedCell {
  readonly cell: RecognisedCell;
  readonly start: number;
  readonly end: number;
  readonly title: Text;
}

/** The modules in lists, what runs as one before its parts. */
export function listedStacks(entries: readonly TensorEntry[]): readonly CellStack[] {
  return [...listsOf(entries)].flatMap(([prefix, list]) => {
    const cells = cellsIn(list);
    return neighbours(cells).flatMap((group) => stacksOf(group, prefix));
  });
}

/** Lists by what stands before their numbers, in the order of these; `arr_0` is NumPy's. */
function listsOf(entries: readonly TensorEntry[]): ReadonlyMap<string, readonly TensorEntry[]> {
  const lists = new Map<string, Map<number, TensorEntry>>();
  for (const entry of entries) {
    const [, prefix, number] = /^((?:.*[./])?)(?:arr_)?(\d{1,6})$/s.exec(entry.name) ?? [];
    if (prefix === undefined) continue;
    const list = lists.get(prefix) ?? new Map<number, TensorEntry>();
    list.set(Number(number), entry);
    lists.set(prefix, list);
  }
  const sorted = [...lists].map(([prefix, list]) => {
    const numbers = [...list].sort(([left], [right]) => left - right);
    return [prefix, numbers.slice(0, maxListed).map(([, entry]) => entry)] as const;
  });
  return new Map(sorted);
}

function cellsIn(list: readonly TensorEntry[]): readonly ListedCell[] {
  const found: ListedCell[] = [];
  for (let start = 0; start + 1 < list.length; start += 1) {
    const listed = cellAt(list, start);
    if (listed === null) continue;
    found.push(listed);
    start = listed.end - 1;
  }
  return found;
}

function cellAt(list: readonly TensorEntry[], start: number): ListedCell | null {
  for (const { family, roles, title } of orders) {
    const taken = list.slice(start, start + roles.length);
    if (taken.length < roles.length) continue;
    for (const layout of layouts) {
      if (!layout.id.startsWith(`${family}-`) || !isTold(layout, roles)) continue;
      const group = groupOf(layout, roles, taken);
      const cell = group === null ? null : cellOf(layout, "", group);
      if (cell !== null) return { cell, start, end: start + roles.length, title };
    }
  }
  return null;
}

/** Two matrices without a bias may be anything, unless their sizes show gates. */
function isTold({ cell }: WeightLayout, roles: readonly PartRole[]): boolean {
  return cell !== "RNN" || roles.length > 2;
}

function groupOf(
  { parts }: WeightLayout,
  roles: readonly PartRole[],
  taken: readonly TensorEntry[],
): ReadonlyMap<LayoutPart, TensorEntry> | null {
  const group = new Map<LayoutPart, TensorEntry>();
  for (const [index, role] of roles.entries()) {
    const part = parts.find(({ holds }) => holds === role);
    const entry = taken[index];
    if (part === undefined || entry === undefined) return null;
    group.set(part, entry);
  }
  return group;
}

/** Cells that follow each other with nothing between. */
function neighbours(cells: readonly ListedCell[]): readonly (readonly ListedCell[])[] {
  const groups: ListedCell[][] = [];
  for (const cell of cells) {
    const last = groups.at(-1);
    if (last?.at(-1)?.end === cell.start) last.push(cell);
    else groups.push([cell]);
  }
  return groups;
}

/** The ways in which neighbours can be one module, and each of them alone where there are several. */
function stacksOf(group: readonly ListedCell[], list: string): readonly CellStack[] {
  const stacks: CellStack[] = [];
  const [first] = group;
  if (first === undefined) return [];
  const add = (
    name: string,
    cells: readonly ListedCell[],
    directions: 1 | 2,
    notes: readonly Text[],
  ): void => {
    const layers = Array.from({ length: cells.length / directions }, (_, layer) =>
      cells.slice(layer * directions, (layer + 1) * directions).map(({ cell }) => cell),
    );
    stacks.push({
      prefix: `${list}${name}.`,
      layers,
      assumptions: [first.title, ...notes],
      isListed: true,
    });
  };
  const kind = first.cell.layout.cell.toLowerCase();
  if (group.length === 1) {
    add(`${kind}_${first.start}`, group, 1, []);
    return stacks;
  }
  const fitting = ([2, 1] as const).filter((directions) => isModule(group, directions));
  for (const directions of fitting) {
    const name = directions === 2 ? `bidirectional_${kind}` : `stacked_${kind}`;
    const other =
      fitting.length > 1
        ? [text("its sizes fit two directions and two layers: both are listed")]
        : [];
    add(`${name}_${first.start}`, group, directions, other);
  }
  for (const listed of group)
    add(`${listed.cell.layout.cell.toLowerCase()}_${listed.start}`, [listed], 1, []);
  return stacks;
}

/** True where the cells are the layers of one module with so many directions. */
function isModule(group: readonly ListedCell[], directions: 1 | 2): boolean {
  const [first] = group;
  if (first === undefined || group.length % directions !== 0) return false;
  const { layout, sizes, hasBias } = first.cell;
  return group.every(({ cell }, index) => {
    const inputSize = index < directions ? sizes.inputSize : directions * sizes.hiddenSize;
    return (
      cell.layout === layout &&
      cell.hasBias === hasBias &&
      cell.sizes.hiddenSize === sizes.hiddenSize &&
      cell.sizes.inputSize === inputSize
    );
  });
}
