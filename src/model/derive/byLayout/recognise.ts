/**
 * Recognises the cells of a file by the registry of layouts: names first, then shapes, which give the sizes.
 */
import { text, type Text } from "../../../core/text";
import type { DType } from "../../../tensor/dtype";
import { sameShape, type Shape, type TensorEntry } from "../../../tensor/tensor";
import type { CellKind } from "../../config";
import { gateOrder, peepholeOrder } from "../../gates";
import type { Axes, LayoutPart, PartRole, WeightLayout } from "../../layouts/layout";
import { layouts } from "../../layouts/registry";
import { bestReadings, isTold } from "./readings";
import type { SlotRecipe, SlotSource } from "../base/recipe";

/** One layer and direction. */
export interface RecognisedCell {
  readonly layout: WeightLayout;
  /** The part of its tensors' names before those of the layout, with its separator. */
  readonly prefix: string;
  readonly sizes: CellSizes;
  readonly hasBias: boolean;
  readonly hasPeephole: boolean;
  /** Its parameters by PyTorch's names without layer and direction. */
  readonly slots: readonly SlotRecipe[];
  /** Names of all its tensors. */
  readonly tensors: readonly string[];
  readonly assumptions: readonly Text[];
}

export interface CellSizes {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** 0 without a projection. */
  readonly projSize: number;
}

/** A tensor in its part of a layout. */
interface Held {
  readonly part: LayoutPart;
  readonly entry: TensorEntry;
}

/** The end of a name that is looked up; the names of layouts are shorter. */
const longestName = 64;

/** Which part of which layout has a name. */
type NameIndex = ReadonlyMap<string, readonly { layout: WeightLayout; part: LayoutPart }[]>;

let indexed: NameIndex | undefined;

/** The registry by the names in it, made once. */
function nameIndex(): NameIndex {
  if (indexed !== undefined) return indexed;
  const index = new Map<string, { layout: WeightLayout; part: LayoutPart }[]>();
  for (const layout of layouts) {
    for (const part of layout.parts) {
      for (const name of part.names) {
        const known = index.get(name) ?? [];
        known.push({ layout, part });
        index.set(name, known);
      }
    }
  }
  indexed = index;
  return index;
}

/** All cells of a file, each reading of a tensor one of them, in the order of the registry. */
export function recognisedCells(entries: readonly TensorEntry[]): readonly RecognisedCell[] {
  const groups = new Map<WeightLayout, Map<string, Map<LayoutPart, TensorEntry>>>();
  for (const entry of entries) {
    for (const { layout, part, prefix } of placesOf(entry.name)) {
      const ofLayout = groups.get(layout) ?? new Map<string, Map<LayoutPart, TensorEntry>>();
      const group = ofLayout.get(prefix) ?? new Map<LayoutPart, TensorEntry>();
      if (!group.has(part)) group.set(part, entry);
      ofLayout.set(prefix, group);
      groups.set(layout, ofLayout);
    }
  }
  const cells = layouts.flatMap((layout) =>
    [...(groups.get(layout) ?? [])].flatMap(
      ([prefix, group]) => cellOf(layout, prefix, group) ?? [],
    ),
  );
  const names = new Set(entries.map(({ name }) => writtenName(name)));
  return bestReadings(cells.filter((cell) => isTold(cell, (name) => names.has(writtenName(name)))));
}

/** TensorFlow numbers the outputs of its variables; nnx keeps values below a name. */
function bareName(name: string): string {
  return name.replace(/(?::0|[./](?:value|raw_value))$/, "");
}

/** With `.` for every separator. */
function writtenName(name: string): string {
  return bareName(name).replace(/\//g, ".");
}

/** The parts that a tensor of this name may be, each with the prefix before it. */
function* placesOf(
  name: string,
): Generator<{ layout: WeightLayout; part: LayoutPart; prefix: string }> {
  const index = nameIndex();
  const bare = bareName(name);
  const written = writtenName(name);
  for (let at = Math.max(0, written.length - longestName); at < written.length; at += 1) {
    const before = at === 0 ? "." : (written[at - 1] ?? "");
    if (!/[._]/.test(before)) continue;
    for (const { layout, part } of index.get(written.slice(at)) ?? []) {
      const prefix = bare.slice(0, at);
      if (before === "_" && layout.isJoined !== true) continue;
      if (layout.within?.test(prefix.replace(/[./]$/, "").slice(-longestName)) === false) continue;
      yield { layout, part, prefix };
    }
  }
}

/** The cell whose tensors these are; null where a tensor is missing, or the shapes do not fit each other. */
export function cellOf(
  layout: WeightLayout,
  prefix: string,
  group: ReadonlyMap<LayoutPart, TensorEntry>,
): RecognisedCell | null {
  if (layout.parts.some((part) => !part.isOptional && !group.has(part))) return null;
  const held = layout.parts.flatMap((part) => {
    const entry = group.get(part);
    return entry === undefined ? [] : [{ part, entry }];
  });
  if (!areOneKind(held.map(({ entry }) => entry.dtype))) return null;
  const fitting = layout.axes.flatMap((axes) => {
    const sizes = sizesOf(layout.cell, held, axes);
    return sizes === null ? [] : [{ axes, sizes }];
  });
  const [first, other] = fitting;
  if (first === undefined) return null;
  const has = (role: PartRole): boolean => held.some(({ part }) => part.holds === role);
  const hasBias = has("inputBias") || has("stateBias") || has("biases");
  const frame = { layout, held, ...first, hasBias: hasBias || layout.forgetBias !== undefined };
  return {
    layout,
    prefix,
    sizes: first.sizes,
    hasBias: frame.hasBias,
    hasPeephole: has("peephole"),
    slots: slotsOf(frame),
    tensors: held.map(({ entry }) => entry.name),
    assumptions: [
      ...(layout.assumes ?? []),
      ...(other === undefined ? [] : [axesAssumption(first.axes)]),
    ],
  };
}

/** True for one dtype, or several of floating point, which are widened where they meet in one parameter. */
function areOneKind(dtypes: readonly DType[]): boolean {
  return new Set(dtypes).size <= 1 || dtypes.every((dtype) => dtype.includes("float"));
}

function axesAssumption(axes: Axes): Text {
  return axes === "rows"
    ? text("the matrices are square: a row is assumed for each unit, as in W·x")
    : text("the matrices are square: a column is assumed for each unit, as in x·W");
}

/** The sizes that all tensors agree with when the matrices lie like this; null where there are none. */
function sizesOf(cell: CellKind, held: readonly Held[], axes: Axes): CellSizes | null {
  const sides = held.flatMap(({ part, entry }) => sideOf(part, entry, axes));
  const projection = sides.find(({ holds }) => holds === "projection");
  if (projection !== undefined && cell !== "LSTM") return null;
  const sizes = claimedSizes(sides, projection?.rows ?? 0);
  const fits =
    [sizes.inputSize, sizes.hiddenSize].every((size) => Number.isInteger(size) && size > 0) &&
    sides.every((side) => fitsMatrix(side, sizes)) &&
    held.every((each) => fitsVector(each, sizes.hiddenSize));
  return fits ? sizes : null;
}

/** The sizes that the first matrices of each kind have. */
function claimedSizes(sides: readonly Side[], projSize: number): CellSizes {
  const hiddenSize = sides.find(({ holds }) => holds !== "projection")?.rows ?? 0;
  const input = sides.find(({ holds }) => holds === "input" || holds === "joint");
  const besideInput = input?.holds === "joint" ? projSize || hiddenSize : 0;
  return { inputSize: (input?.columns ?? 0) - besideInput, hiddenSize, projSize };
}

function fitsMatrix(
  { holds, rows, columns }: Side,
  { inputSize, hiddenSize, projSize }: CellSizes,
): boolean {
  const stateSize = projSize || hiddenSize;
  const expected = {
    input: inputSize,
    state: stateSize,
    joint: inputSize + stateSize,
    projection: hiddenSize,
  };
  return columns === expected[holds] && (holds === "projection" || rows === hiddenSize);
}

/** A matrix, seen as PyTorch has it: rows of one gate, and columns. */
interface Side {
  readonly holds: "input" | "state" | "joint" | "projection";
  readonly rows: number;
  readonly columns: number;
}

function sideOf({ holds, gates }: LayoutPart, { shape }: TensorEntry, axes: Axes): Side[] {
  if (holds !== "input" && holds !== "state" && holds !== "joint" && holds !== "projection") {
    return [];
  }
  if (shape.length !== 2) return [{ holds, rows: 0, columns: 0 }];
  const [rows = 0, columns = 0] = axes === "rows" ? shape : [...shape].reverse();
  return [{ holds, rows: rows / gates.length, columns }];
}

/** Biases and peepholes. */
function fitsVector({ part: { holds, gates }, entry: { shape } }: Held, units: number): boolean {
  const length = gates.length * units;
  if (holds === "biases") return sameShape(shape, [2, length]);
  if (holds !== "inputBias" && holds !== "stateBias" && holds !== "peephole") return true;
  return length > 0 && (sameShape(shape, [length]) || isColumn(shape, length));
}

/** A bias that is added to columns of a batch, (G·H, 1), as NumPy code has it. */
function isColumn(shape: Shape, length: number): boolean {
  return sameShape(shape, [length, 1]);
}

interface SlotFrame {
  readonly layout: WeightLayout;
  readonly held: readonly Held[];
  readonly axes: Axes;
  readonly sizes: CellSizes;
  readonly hasBias: boolean;
}

/** The parameters of the cell. */
function slotsOf(frame: SlotFrame): readonly SlotRecipe[] {
  const { layout, held, axes, sizes, hasBias } = frame;
  const { inputSize, hiddenSize: rows, projSize } = sizes;
  const gates = gateOrder[layout.cell];
  const isTransposed = axes === "columns";
  const sourcesOf = (roles: readonly PartRole[], start?: readonly number[]): SlotSource[] =>
    held.flatMap(({ part, entry }) => {
      if (!roles.includes(part.holds)) return [];
      const at = start === undefined ? {} : { start };
      const isMatrix = sideOf(part, entry, axes).length > 0;
      const turned = isMatrix ? isTransposed : isColumn(entry.shape, part.gates.length * rows);
      return [
        { tensor: entry.name, gates: part.gates, ...at, ...(turned ? { isTransposed } : {}) },
      ];
    });
  const behind = isTransposed ? [inputSize, 0] : [0, inputSize];
  const common = { gates, rows, ...(layout.isUpdateTurned === true ? { negated: ["z"] } : {}) };
  const plus = layout.forgetBias === undefined ? {} : { plus: { f: layout.forgetBias } };
  const state = projSize > 0 ? projSize : rows;
  return [
    { ...common, slot: "weight_ih", columns: inputSize, from: sourcesOf(["input", "joint"]) },
    {
      ...common,
      slot: "weight_hh",
      columns: state,
      from: [...sourcesOf(["state"]), ...sourcesOf(["joint"], behind)],
    },
    ...(hasBias
      ? [
          {
            ...common,
            slot: "bias_ih",
            from: [...sourcesOf(["inputBias"]), ...sourcesOf(["biases"], [0, 0])],
          },
          {
            ...common,
            ...plus,
            slot: "bias_hh",
            from: [...sourcesOf(["stateBias"]), ...sourcesOf(["biases"], [1, 0])],
          },
        ]
      : []),
    ...(projSize > 0
      ? [
          {
            slot: "weight_hr",
            gates: [""],
            rows: projSize,
            columns: rows,
            from: sourcesOf(["projection"]),
          },
        ]
      : []),
    ...(held.some(({ part }) => part.holds === "peephole")
      ? [{ slot: "peephole", gates: peepholeOrder, rows, from: sourcesOf(["peephole"]) }]
      : []),
  ];
}
