/**
 * Puts the matrices and vectors of a pool into the slots of a module of one kind and hidden size.
 */
import type { CellKind } from "../../config";
import { gateOrder } from "../../gates";
import { parameterName, type ParameterRole } from "../../parameters";
import { slotValue, type SlotValue } from "../map";
import { arrange, arrangements, cellsOf, type Arrangement, type Cell } from "./arrange";
import { biasesOf, biasVectors, peepholesOf, type BiasVectors } from "./biases";
import { wholeUnit, type Unit } from "./families";
import { hintOf, isBackward, isBeside } from "./hints";
import { inputSizes, shapesOf, sizesOf } from "./sizesTried";
import { likelyFirst, turned, unitsOf, type Axes } from "./units";
import type { Views } from "./views";

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
  /** True where names tell the gates of every part. */
  readonly isGateNamed: boolean;
  /** True where every part says its gates, by its name or because it is cut so. */
  readonly saysGates: boolean;
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
  readonly vectors: BiasVectors;
}

/** All fillings of a kind that the shapes of a pool allow. */
export function fillings(kind: CellKind, views: Views): Filling[] {
  return (["rows", "columns"] as const).flatMap((axes) =>
    sizesOf(kind, axes, views).flatMap(({ hiddenSize, projSize }) => {
      const vectors = biasVectors(kind, hiddenSize, views);
      const frame = { kind, axes, hiddenSize, projSize, views, vectors };
      return [
        ...separate({ ...frame, budget: { left: maxFillings } }),
        ...joint({ ...frame, budget: { left: maxFillings } }),
        ...ofOneFeature({ ...frame, budget: { left: maxFillings } }),
      ];
    }),
  );
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

/** A matrix for the state, and a vector for an input of one feature, in a single layer. */
function ofOneFeature(frame: Frame): Filling[] {
  const { axes, hiddenSize, projSize, vectors } = frame;
  const state = projSize || hiddenSize;
  return unitsOf(frame, frame.views.matrices).flatMap((states) => {
    const directions = states.length;
    if (directions > 2 || states.some((unit) => turned(axes, unit)[1] !== state)) return [];
    const cells = cellsOf(1, directions);
    return vectors.sets.flatMap((units) => {
      const told = units.filter(({ name }) => hintOf(name) === "input" && !/bias|^b/i.test(name));
      const input = (told.length === directions ? told : units).slice(0, directions);
      // A row of a matrix may be a bias, and is no weight of an input.
      const isWhole = input.every(({ parts }) => parts.every(({ index }) => index === undefined));
      if (input.length < directions || !isWhole) return [];
      const how = told.length === directions ? "names" : "shapes";
      const weights = { input, state: states };
      return filled(frame, { inputSize: 1, layers: 1, directions, how, cells, weights });
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
  const matrices = [...weights.input, ...weights.state];
  const projections = projectionsOf(frame, matrices, count);
  if (projSize > 0 && projections.length < count) return [];
  const hasOneGate = gateOrder[kind].length === 1;
  return biasesOf(frame, namesOf(matrices), count).map(({ ih, hh }) => {
    budget.left -= 1;
    const gated = [...matrices, ...ih, ...hh];
    const peepholes = peepholesOf(frame, views, namesOf(gated), count);
    const { slots, named } = putUnits({ ...weights, ih, hh, projections, peepholes }, given);
    const units = [...gated, ...projections, ...peepholes];
    const [state] = weights.state;
    return {
      ...{ kind, axes, hiddenSize, inputSize, projSize, layers, slots, isJoint, named },
      bidirectional: directions === 2,
      arrangement: given.how,
      isGateNamed: hasOneGate || gated.every(({ isNamed }) => isNamed),
      saysGates:
        hasOneGate || gated.every(({ isNamed, isDivided }) => isNamed || isDivided === true),
      isSquare:
        !isJoint && state?.rows === state?.columns && inputSize === (projSize || hiddenSize),
      biases: hh.length > 0 ? 2 : ih.length > 0 ? 1 : 0,
      tensors: namesOf(units),
      slicesLeft: slicesLeft(units, views),
    };
  });
}

/** The first matrices of the shape of a projection that no other parameter takes. */
function projectionsOf(
  { axes, hiddenSize, projSize, views }: Frame,
  matrices: readonly Unit[],
  count: number,
): readonly Unit[] {
  if (projSize === 0) return [];
  const used = new Set(matrices.flatMap(({ parts }) => parts));
  return views.matrices
    .filter((view) => turned(axes, view).join() === [projSize, hiddenSize].join())
    .filter(({ part }) => !used.has(part))
    .slice(0, count)
    .map(wholeUnit);
}

/** Names of the tensors of units. */
function namesOf(units: readonly Unit[]): ReadonlySet<string> {
  return new Set(units.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)));
}

/** Units by what they are, each list in the order of the cells. */
interface Placed {
  readonly input: readonly Unit[];
  readonly state: readonly Unit[];
  readonly ih: readonly Unit[];
  readonly hh: readonly Unit[];
  readonly projections: readonly Unit[];
  readonly peepholes: readonly Unit[];
}

/** Writes the units into slots, and counts names that agree. */
function putUnits(
  { input, state, ih, hh, projections, peepholes }: Placed,
  { cells, directions, isJoint = false }: Weights,
): Pick<Filling, "slots" | "named"> {
  const slots: Record<string, SlotValue> = {};
  const named = { right: 0, of: 0 };
  const place = { isCellClass: false, bidirectional: directions === 2 };
  const lists: readonly (readonly [ParameterRole, readonly Unit[]])[] = [
    ["weightIh", input],
    ["weightHh", state],
    ["biasIh", ih],
    ["biasHh", hh],
    ["weightHr", projections],
    ["peephole", peepholes],
  ];
  cells.forEach((cell, index) => {
    for (const [role, units] of lists) {
      const unit = units[index];
      if (unit === undefined) continue;
      const direction = cell.isSecond ? "reverse" : "forward";
      slots[parameterName(place, role, cell.layer, direction)] = slotValue(unit.parts);
      countName(named, unit, { role, cell, isJoint });
    }
  });
  return { slots, named };
}

/** Counts whether the name of a unit agrees with its slot. */
function countName(
  named: { right: number; of: number },
  { name }: Unit,
  {
    role,
    cell,
    isJoint,
  }: { readonly role: ParameterRole; readonly cell: Cell; readonly isJoint: boolean },
): void {
  const isRight = (right: boolean): void => {
    named.of += 1;
    if (right) named.right += 1;
  };
  if (isBeside(name)) isRight(false);
  if (isBackward(name)) isRight(cell.isSecond);
  const hint = isJoint ? null : hintOf(name);
  if (hint === null || role === "weightHr" || role === "peephole") return;
  isRight((hint === "state") === (role === "weightHh" || role === "biasHh"));
}

/** Slices of the tensors of these units that none of them takes. */
function slicesLeft(units: readonly Unit[], { slices }: Views): number {
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
    const all = slices.get(tensor);
    const count = (isMatrix.get(tensor) === true ? all?.matrices : all?.vectors) ?? 0;
    left += count - indices.size;
  }
  return left;
}
