/**
 * Puts the matrices and vectors of a pool into the slots of a module of one kind and hidden size.
 */
import type { CellKind } from "../../config";
import { gateCount, gateOrder } from "../../gates";
import { parameterName } from "../../parameters";
import { slotValue, type SlotPart, type SlotValue } from "../map";
import { arrange, arrangements, cellsOf, type Arrangement, type Cell } from "./arrange";
import { namedFamilies, runs, wholeUnit, type Unit } from "./families";
import { hintOf, isBackward, isBeside } from "./hints";
import type { View, Views } from "./views";

/** How matrices lie: a row for each unit, or a column. */
export type Axes = "rows" | "columns";

/** Slots filled in one way. */
export interface Filling {
  readonly kind: CellKind;
  readonly axes: Axes;
  readonly hiddenSize: number;
  readonly inputSize: number;
  readonly projSize: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly slots: Readonly<Record<string, SlotValue>>;
  readonly arrangement: Arrangement;
  /** True where one matrix has the weights of input and state. */
  readonly isJoint: boolean;
  /** True where every part says its gates. */
  readonly isGateNamed: boolean;
  /** True where W_ih and W_hh are square: neither their axes nor which is which is told by shapes. */
  readonly isSquare: boolean;
  /** Biases of each layer and direction: 0, 1 or 2. */
  readonly biases: number;
  /** Names of tensors that it uses. */
  readonly tensors: ReadonlySet<string>;
  /** Slices of them that it leaves. */
  readonly slicesLeft: number;
  /** Slots whose names agree with their parts, of those with a telling name. */
  readonly named: { readonly right: number; readonly of: number };
}

/** Layers times directions that are tried. */
const maxCells = 32;
/** Hidden sizes of a pool that are tried. */
const maxHidden = 12;
/** Fillings that one pool, kind and size give. */
const maxFillings = 24;

interface Frame {
  readonly kind: CellKind;
  readonly axes: Axes;
  readonly hiddenSize: number;
  readonly projSize: number;
  readonly views: Views;
  /** Fillings that may still be made. */
  readonly budget: { left: number };
}

/** All fillings of a kind that the shapes of a pool allow. */
export function fillings(kind: CellKind, views: Views): Filling[] {
  return (["rows", "columns"] as const).flatMap((axes) =>
    sizesOf(kind, axes, views).flatMap(({ hiddenSize, projSize }) => {
      const frame = { kind, axes, hiddenSize, projSize, views };
      return [
        ...separate({ ...frame, budget: { left: maxFillings } }),
        ...joint({ ...frame, budget: { left: maxFillings } }),
      ];
    }),
  );
}

function turned(axes: Axes, { rows, columns }: Pick<View, "rows" | "columns">): [number, number] {
  return axes === "rows" ? [rows, columns] : [columns, rows];
}

/** Hidden and projection sizes that some matrix can be the recurrent one of. */
function sizesOf(
  kind: CellKind,
  axes: Axes,
  { matrices }: Views,
): { hiddenSize: number; projSize: number }[] {
  const gates = gateCount(kind);
  const found = new Map<string, { hiddenSize: number; projSize: number }>();
  const add = (hiddenSize: number, projSize = 0): void => {
    if (found.size < maxHidden) found.set(`${hiddenSize} ${projSize}`, { hiddenSize, projSize });
  };
  const sides = matrices.map((view) => turned(axes, view));
  const has = new Set(sides.map(([rows, columns]) => `${rows} ${columns}`));
  for (const [rows, columns] of sides) {
    if (rows === gates * columns || rows === columns) add(columns);
    const hidden = rows / gates;
    // One unit would fit into every matrix.
    if (Number.isInteger(hidden) && hidden > 1 && columns > hidden) add(hidden);
    if (kind !== "LSTM" || !Number.isInteger(hidden) || columns >= hidden) continue;
    if (has.has(`${columns} ${hidden}`)) add(hidden, columns);
  }
  return [...found.values()];
}

/** The units whose rows are those of the gates, in each way in which a pool may have them. */
function unitsOf({ kind, axes, hiddenSize }: Frame, views: readonly View[]): (readonly Unit[])[] {
  const gates = gateCount(kind);
  const whole = views.filter((view) => turned(axes, view)[0] === gates * hiddenSize);
  const ofGate = views.filter((view) => turned(axes, view)[0] === hiddenSize);
  if (gates === 1) return [whole.map(wholeUnit)];
  const named = namedFamilies(kind, ofGate);
  return [
    whole.map(wholeUnit),
    named,
    ...(named.length >= 2 ? [] : [runs(kind, ofGate, 1), runs(kind, ofGate, 2)]),
  ].filter((units) => units.length > 0);
}

/** A matrix for the input, and one for the state. */
function separate(frame: Frame): Filling[] {
  const { axes, hiddenSize, projSize } = frame;
  const state = projSize || hiddenSize;
  return unitsOf(frame, frame.views.matrices).flatMap((units) => {
    const other = (unit: Unit): number => turned(axes, unit)[1];
    const ordered = likelyFirst(units);
    return shapesOf(units.length / 2).flatMap(({ layers, directions }) => {
      const cells = cellsOf(layers, directions);
      const inputs = inputSizes(ordered, other);
      return inputs.flatMap((inputSize) => {
        const fits = (unit: Unit, { layer }: Cell, isState: boolean): boolean =>
          other(unit) === (isState ? state : layer === 0 ? inputSize : directions * state);
        const hint = ({ name }: Unit): ReturnType<typeof hintOf> => hintOf(name);
        return arrangements.flatMap((how) => {
          if (frame.budget.left <= 0) return [];
          const items = how === "shapes" || how === "names" ? ordered : units;
          const found = arrange(how, { items, cells, directions, fits, hint });
          if (found === null) return [];
          const weights = { input: found.inputs, state: found.states };
          return filled(frame, { inputSize, layers, directions, how, cells, weights });
        });
      });
    });
  });
}

/** What names put outside of the module stands last; a second direction stands behind the first. */
function likelyFirst(units: readonly Unit[]): readonly Unit[] {
  const rank = ({ name }: Unit): number => Number(isBeside(name));
  return [...units].sort((left, right) => rank(left) - rank(right));
}

/** Input sizes that some unit has; few. */
function inputSizes(units: readonly Unit[], other: (unit: Unit) => number): readonly number[] {
  return [...new Set(units.map(other))].slice(0, 4);
}

/** Layers and directions of at most so many cells, those of most first. */
function shapesOf(most: number): { layers: number; directions: number }[] {
  const cells = Math.min(maxCells, Math.floor(most));
  const found: { layers: number; directions: number }[] = [];
  for (let count = cells; count >= Math.max(1, cells - 2); count--) {
    found.push({ layers: count, directions: 1 });
    if (count % 2 === 0) found.push({ layers: count / 2, directions: 2 });
  }
  if (cells > 3) found.push({ layers: 1, directions: 1 }, { layers: 1, directions: 2 });
  return found;
}

/** One matrix for both, that of the state behind that of the input or before it. */
function joint(frame: Frame): Filling[] {
  const { axes, hiddenSize, projSize } = frame;
  const state = projSize || hiddenSize;
  return unitsOf(frame, frame.views.matrices).flatMap((all) => {
    const other = (unit: Unit): number => turned(axes, unit)[1];
    const units = likelyFirst(all.filter((unit) => other(unit) > state));
    return shapesOf(units.length).flatMap(({ layers, directions }) => {
      const cells = cellsOf(layers, directions);
      const inputSize =
        other(units[0] ?? { parts: [], name: "", rows: 0, columns: 0, isNamed: false }) - state;
      const own = units.slice(0, cells.length);
      const isRight = cells.every(({ layer }, index) => {
        const unit = own[index];
        const input = layer === 0 ? inputSize : directions * state;
        return unit !== undefined && other(unit) === input + state;
      });
      if (!isRight || inputSize < 1) return [];
      return [true, false].flatMap((isInputFirst) => {
        const cut = (unit: Unit, from: number, size: number): Unit => ({
          ...unit,
          parts: unit.parts.map((part) => ({
            ...part,
            [axes === "rows" ? "columns" : "rows"]: [from, from + size],
          })),
        });
        const input = own.map((unit) => cut(unit, isInputFirst ? 0 : state, other(unit) - state));
        const states = own.map((unit) => cut(unit, isInputFirst ? other(unit) - state : 0, state));
        const how = isInputFirst ? "pytorch" : "stateFirst";
        const weights = { input, state: states };
        return filled(frame, { inputSize, layers, directions, how, cells, weights, isJoint: true });
      });
    });
  });
}

interface Weights {
  readonly inputSize: number;
  readonly layers: number;
  readonly directions: number;
  readonly how: Arrangement;
  readonly cells: readonly Cell[];
  readonly weights: { readonly input: readonly Unit[]; readonly state: readonly Unit[] };
  readonly isJoint?: boolean;
}

/** The weights with biases and projections, in each way in which there may be biases. */
function filled(frame: Frame, given: Weights): Filling[] {
  const { kind, axes, hiddenSize, projSize, views, budget } = frame;
  if (budget.left <= 0) return [];
  const { layers, directions, cells, weights, isJoint = false, inputSize } = given;
  const count = cells.length;
  const used = new Set([...weights.input, ...weights.state].flatMap(({ parts }) => parts));
  const projections =
    projSize === 0
      ? []
      : views.matrices
          .filter((view) => turned(axes, view).join() === [projSize, hiddenSize].join())
          .filter(({ part }) => !used.has(part))
          .slice(0, count)
          .map(wholeUnit);
  if (projSize > 0 && projections.length < count) return [];
  const taken = new Set([...used].map(({ tensor }) => tensor));
  const free = views.vectors.filter(({ part }) => !taken.has(part.tensor));
  return biasesOf(frame, free, count).map(({ ih, hh }) => {
    budget.left -= 1;
    const slots: Record<string, SlotValue> = {};
    const named = { right: 0, of: 0 };
    const put = (role: Parameters<typeof parameterName>[1], index: number, unit?: Unit): void => {
      const cell = cells[index];
      if (unit === undefined || cell === undefined) return;
      const direction = cell.isSecond ? "reverse" : "forward";
      const place = { isCellClass: false, bidirectional: directions === 2 };
      slots[parameterName(place, role, cell.layer, direction)] = valueOf(unit);
      countName(named, unit, role, cell, isJoint);
    };
    cells.forEach((_, index) => {
      put("weightIh", index, weights.input[index]);
      put("weightHh", index, weights.state[index]);
      put("biasIh", index, ih[index]);
      put("biasHh", index, hh[index]);
      put("weightHr", index, projections[index]);
    });
    const units = [...weights.input, ...weights.state, ...ih, ...hh, ...projections];
    const state = weights.state[0];
    const tensors = new Set(units.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)));
    return {
      ...{ kind, axes, hiddenSize, inputSize, projSize, layers, slots, isJoint, named },
      bidirectional: directions === 2,
      arrangement: given.how,
      isGateNamed: gateOrder[kind].length === 1 || units.every(({ isNamed }) => isNamed),
      isSquare:
        !isJoint && state?.rows === state?.columns && inputSize === (projSize || hiddenSize),
      biases: hh.length > 0 ? 2 : ih.length > 0 ? 1 : 0,
      tensors,
      slicesLeft: slicesLeft(units, views),
    };
  });
}

function valueOf({ parts }: Unit): SlotValue {
  return slotValue(parts);
}

/** Counts whether the name of a unit agrees with its slot. */
function countName(
  named: { right: number; of: number },
  { name }: Unit,
  role: Parameters<typeof parameterName>[1],
  { isSecond }: Cell,
  isJoint: boolean,
): void {
  const isRight = (right: boolean): void => {
    named.of += 1;
    if (right) named.right += 1;
  };
  if (isBeside(name)) isRight(false);
  if (isBackward(name)) isRight(isSecond);
  const hint = isJoint ? null : hintOf(name);
  if (hint === null || role === "weightHr") return;
  isRight((hint === "state") === (role === "weightHh" || role === "biasHh"));
}

interface Biases {
  readonly ih: readonly Unit[];
  readonly hh: readonly Unit[];
}

/** The biases that so many cells may have: as many or twice as many vectors, halves of long ones, or none. */
function biasesOf(frame: Frame, free: readonly View[], count: number): Biases[] {
  const { kind, hiddenSize } = frame;
  const length = gateCount(kind) * hiddenSize;
  const vectors: Frame = { ...frame, axes: "rows" };
  // Rows of a matrix are biases where there are no others.
  const isRow = ({ parts: [part] }: Unit): boolean => part?.index !== undefined;
  const sets = unitsOf(vectors, free).map((units) =>
    [...likelyFirst(units)].sort((left, right) => Number(isRow(left)) - Number(isRow(right))),
  );
  const long = free.filter(({ rows }) => rows === 2 * length);
  const found: Biases[] = sets.flatMap((units): Biases[] => {
    if (units.length >= 2 * count) {
      const own = units.slice(0, 2 * count);
      const even = own.filter((_, index) => index % 2 === 0);
      const odd = own.filter((_, index) => index % 2 === 1);
      const grouped = { ih: own.slice(0, count), hh: own.slice(count) };
      const one = { ih: units.slice(0, count), hh: [] };
      return count === 1 ? [grouped, one] : [{ ih: even, hh: odd }, grouped, one];
    }
    return units.length >= count ? [{ ih: units.slice(0, count), hh: [] }] : [];
  });
  if (long.length >= count) {
    const half = (from: number): Unit[] =>
      long.slice(0, count).map((view) => {
        const part: SlotPart = { ...view.part, rows: [from, from + length] };
        return wholeUnit({ ...view, part });
      });
    found.push({ ih: half(0), hh: half(length) });
  }
  return found.length === 0 ? [{ ih: [], hh: [] }] : found;
}

/** Slices of the tensors of these units that none of them takes. */
function slicesLeft(units: readonly Unit[], { matrices, vectors }: Views): number {
  const taken = new Map<string, Set<string>>();
  const isMatrix = new Map<string, boolean>();
  for (const { parts, columns } of units) {
    for (const { tensor, index } of parts) {
      if (index === undefined) continue;
      const own = taken.get(tensor) ?? new Set();
      taken.set(tensor, own.add(index.join()));
      isMatrix.set(tensor, columns !== 1);
    }
  }
  let left = 0;
  for (const [tensor, indices] of taken) {
    const views = isMatrix.get(tensor) === true ? matrices : vectors;
    left += views.filter(({ name }) => name === tensor).length - indices.size;
  }
  return left;
}
