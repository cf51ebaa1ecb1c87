/**
 * Puts cells together to modules: two directions side by side, layers above each other, as far as sizes fit.
 *
 * Directions and layers follow from the names: `fw` and `bw`, `layers.0` and `layers.1`. Where no framework writes them
 * so, that is an assumption, and said.
 */
import { text, type Text } from "../../../core/text";
import type { RecognisedCell } from "./recognise";

/** One or more cells that run as one module. */
export interface CellStack {
  /** With its separator. */
  readonly prefix: string;
  /** By layers, each with its forward cell and, if there are two directions, the reverse one. */
  readonly layers: readonly (readonly RecognisedCell[])[];
  readonly assumptions: readonly Text[];
  /** True for arrays of a list, which do not tell what they were fed. */
  readonly isListed?: boolean;
}

/** A name of a stack is looked for in this many numbers of a prefix, the last ones first. */
const maxNumbers = 6;

/** Words for the two directions, each with the other one. */
const directionWords: readonly (readonly [forward: string, reverse: string])[] = [
  ["forward", "backward"],
  ["fw", "bw"],
  ["fwd", "bwd"],
  ["forwards", "backwards"],
  ["f", "b"],
  ["l2r", "r2l"],
];

/** Prefixes that say themselves what the assumption would be. */
const statedDirection =
  /(?:^|[./])(?:cell_[fb]w|[fb]w|(?:forward|backward)_rnn|l\d+_|r\d+_)(?=[./]|$)|(?:^|_)[lr]\d+_$/;
const statedStack =
  /MultiRNNCell[./]Cell\d+|multi_rnn_cell[./]cell_\d+|[./]\d+[./]cell_[fb]w|(?:^|_)[lr]\d+_$/;

/** The modules of several cells in a list of them; cells that stand alone are in none. */
export function cellStacks(cells: readonly RecognisedCell[]): readonly CellStack[] {
  const lanes = cells.map((cell): CellStack => ({
    prefix: cell.prefix,
    layers: [[cell]],
    assumptions: [],
  }));
  const pairs = directionPairs(lanes);
  const both = layerStacks(pairs);
  // What is no stack of two directions may be a stack for each of them, as bidirectional_rnn of TensorFlow has it.
  const each = layerStacks(without(lanes, both));
  return [
    ...both,
    ...each,
    ...without(pairs, [...both, ...each]),
    ...unnamedPairs(without(lanes, pairs)),
  ];
}

/**
 * Another reading of layers of MLX in a list, whose names tell no direction: two and two are the directions of a layer.
 * MLX has no module of two directions, and code keeps their cells in one list.
 */
function unnamedPairs(lanes: readonly CellStack[]): readonly CellStack[] {
  const listed = lanes.filter(
    ({ prefix, layers }) =>
      layers[0]?.[0]?.layout.framework === "MLX" && /(?:^|[./])\d+[./]$/.test(prefix),
  );
  return numberedGroups(listed, 0).flatMap(({ prefix, lanes: numbered }) => {
    const cells = numbered.flatMap(({ layers }) => layers.flat());
    const [first] = cells;
    if (first === undefined || cells.length % 2 === 1) return [];
    const fits = cells.every((cell, index) => {
      const inputSize = index < 2 ? first.sizes.inputSize : 2 * first.sizes.hiddenSize;
      return isAlike(first, cell, inputSize);
    });
    const layers = Array.from({ length: cells.length / 2 }, (_, layer) =>
      cells.slice(2 * layer, 2 * layer + 2),
    );
    return fits
      ? [{ prefix: `${prefix}bidirectional.`, layers, assumptions: [pairsText(numbered)] }]
      : [];
  });
}

function pairsText(lanes: readonly CellStack[]): Text {
  return text(
    "assumed to be two directions of each layer, first the one that reads from the first step on, which names do not tell: {0}",
    lanes.map((lane) => bare(lane.prefix)),
  );
}

/** Those whose cells are in none of `others`. */
function without(stacks: readonly CellStack[], others: readonly CellStack[]): readonly CellStack[] {
  const taken = new Set(others.flatMap(({ layers }) => layers.flat()));
  return stacks.filter(({ layers }) => !layers.flat().some((cell) => taken.has(cell)));
}

/** Two cells of the same sizes whose prefixes differ in the word for the direction. */
function directionPairs(lanes: readonly CellStack[]): readonly CellStack[] {
  const byPrefix = new Map(lanes.map((lane) => [keyOf(lane), lane]));
  return lanes.flatMap((forward) => {
    const [cell] = forward.layers.flat();
    if (cell === undefined) return [];
    for (const { other, shared } of otherDirections(cell.prefix)) {
      const reverse = byPrefix.get(keyOf({ ...forward, prefix: other }));
      const [second] = reverse?.layers.flat() ?? [];
      if (second === undefined || !isAlike(cell, second, cell.sizes.inputSize)) continue;
      const isStated = statedDirection.test(bare(cell.prefix));
      return [
        {
          prefix: shared,
          layers: [[cell, second]],
          assumptions: isStated ? [] : [directionText(cell.prefix, other)],
        },
      ];
    }
    return [];
  });
}

function directionText(forward: string, reverse: string): Text {
  return text(
    "assumed to be the two directions of one module: {0} reads from the first step on, {1} from the last one",
    bare(forward),
    bare(reverse),
  );
}

/** Prefixes of the other direction, and the prefix of both. */
function otherDirections(prefix: string): readonly { other: string; shared: string }[] {
  const found: { other: string; shared: string }[] = [];
  for (const [forward, reverse] of directionWords) {
    const word = new RegExp(`(?<=^|[./_])${forward}(?=[./_]|$)`, "gi");
    for (const match of prefix.matchAll(word)) {
      const [before, after] = [
        prefix.slice(0, match.index),
        prefix.slice(match.index + match[0].length),
      ];
      // A single letter is a direction at the end of a name alone: `gru_f`.
      if (forward.length === 1 && !(before.endsWith("_") && /^[./]?$/.test(after))) continue;
      const written = match[0] === match[0].toUpperCase() ? reverse.toUpperCase() : reverse;
      found.push({ other: before + written + after, shared: sharedPrefix(before, after) });
    }
  }
  // Gluon's layers: l0 and r0; ELMo's: RNN_0 and RNN_1.
  const gluon = /^(.*?)(?<=^|_)l(\d+_)$/s.exec(prefix);
  if (gluon !== null) {
    const [, before = "", number = ""] = gluon;
    found.push({ other: `${before}r${number}`, shared: prefix });
  }
  return found;
}

/** The prefix without a part of it: the rest of its name, or where there is none the name before it. */
function sharedPrefix(before: string, after: string): string {
  const stem = before.replace(/[_-]$/, "");
  const rest = after.replace(/^[_-]/, "");
  if (/(?:^|[./])$/.test(stem)) return stem + (/^[./]/.test(rest) ? rest.slice(1) : rest);
  return stem + (rest === "" ? "." : /^[./]/.test(rest) ? rest : `_${rest}`);
}

/** Lanes whose prefixes differ in one number, which counts from 0 or 1 on, each fed by the one before. */
function layerStacks(lanes: readonly CellStack[]): readonly CellStack[] {
  const taken = new Set<CellStack>();
  const stacks: CellStack[] = [];
  for (let back = 0; back < maxNumbers; back += 1) {
    for (const group of numberedGroups(
      lanes.filter((lane) => !taken.has(lane)),
      back,
    )) {
      const fitting = fittingLayers(group.lanes);
      if (fitting.length < 2) continue;
      fitting.forEach((lane) => taken.add(lane));
      stacks.push(stackOf(group.prefix, fitting));
    }
  }
  return stacks;
}

function stackOf(prefix: string, lanes: readonly CellStack[]): CellStack {
  const names = lanes.map((lane) => bare(lane.prefix));
  const [first] = lanes.flatMap(({ layers }) => layers.flat());
  const isStated = statedStack.test(bare(first?.prefix ?? ""));
  const assumption = text(
    "assumed to be the layers of one module, each of which reads what the one before gives: {0}",
    names,
  );
  return {
    prefix,
    layers: lanes.flatMap(({ layers }) => layers),
    assumptions: [
      ...(isStated ? [] : [assumption]),
      ...lanes.flatMap((lane) => lane.assumptions).slice(0, 1),
    ],
  };
}

interface NumberedGroup {
  readonly prefix: string;
  readonly lanes: readonly CellStack[];
}

/** Groups by the prefix without its number that is `back` numbers before the last, in the order of that number. */
function numberedGroups(lanes: readonly CellStack[], back: number): readonly NumberedGroup[] {
  const groups = new Map<string, { prefix: string; numbered: Map<number, CellStack> }>();
  for (const lane of lanes) {
    const match = [...lane.prefix.matchAll(/\d{1,4}/g)].at(-1 - back);
    if (match === undefined) continue;
    const [before, after] = [
      lane.prefix.slice(0, match.index),
      lane.prefix.slice(match.index + match[0].length),
    ];
    const key = keyOf({ ...lane, prefix: `${before}#${after}` });
    const group = groups.get(key) ?? {
      prefix: stackPrefix(before, lane.prefix),
      numbered: new Map<number, CellStack>(),
    };
    group.numbered.set(Number(match[0]), lane);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ prefix, numbered }) => ({
    prefix,
    lanes: [...numbered].sort(([left], [right]) => left - right).map(([, lane]) => lane),
  }));
}

/** `layers.` of `layers.0.`; `lstm.` of `lstm_1.`; `lstm0.` of Gluon's `lstm0_l0_`. */
function stackPrefix(before: string, prefix: string): string {
  const stem = before.replace(/(?:_[lr]|[_-])$/, "");
  if (stem === "" || /[./]$/.test(stem)) return stem;
  return stem + (/[./]/.exec(prefix.slice(before.length))?.[0] ?? ".");
}

/** The lanes as long as each fits the one before. */
function fittingLayers(lanes: readonly CellStack[]): readonly CellStack[] {
  const fitting: CellStack[] = [];
  for (const lane of lanes) {
    const below = fitting.at(-1);
    const [cell] = lane.layers.flat();
    const [under] = below?.layers.flat() ?? [];
    if (cell === undefined) break;
    if (under !== undefined && !isAlike(under, cell, outputSize(below))) break;
    fitting.push(lane);
  }
  return fitting;
}

function outputSize(lane: CellStack | undefined): number {
  const cells = lane?.layers.flat() ?? [];
  return cells.reduce((sum, { sizes }) => sum + (sizes.projSize || sizes.hiddenSize), 0);
}

/** True for cells of one module: PyTorch's have one hidden size, and a bias in all layers or none. */
function isAlike(left: RecognisedCell, right: RecognisedCell, inputSize: number): boolean {
  return (
    left.layout === right.layout &&
    left.sizes.hiddenSize === right.sizes.hiddenSize &&
    left.sizes.projSize === right.sizes.projSize &&
    left.hasBias === right.hasBias &&
    left.hasPeephole === right.hasPeephole &&
    right.sizes.inputSize === inputSize
  );
}

function keyOf({ prefix, layers }: CellStack): string {
  const layout = layers[0]?.[0]?.layout.id ?? "";
  return `${layout} ${String(layers[0]?.length ?? 0)} ${prefix}`;
}

function bare(prefix: string): string {
  return prefix.replace(/[./]$/, "");
}
