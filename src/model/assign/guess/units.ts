/**
 * What a pool has for parameters of one kind and hidden size: tensors with all gates, families and runs of gates.
 */
import type { CellKind } from "../../config";
import { gateCount } from "../../gates";
import { dividedUnits, namedFamilies, runs, wholeUnit, type Unit } from "./families";
import { isBeside } from "./hints";
import type { View } from "./views";

/** How matrices lie: a row for each unit, or a column. */
export type Axes = "rows" | "columns";

/** The sizes of a matrix as PyTorch has them. */
export function turned(
  axes: Axes,
  { rows, columns }: Pick<View, "rows" | "columns">,
): [number, number] {
  return axes === "rows" ? [rows, columns] : [columns, rows];
}

/** The sizes that units must have. */
export interface UnitSizes {
  readonly kind: CellKind;
  readonly axes: Axes;
  readonly hiddenSize: number;
}

/** The units whose rows are those of the gates, in each way in which a pool may have them. */
export function unitsOf(
  { kind, axes, hiddenSize }: UnitSizes,
  views: readonly View[],
): (readonly Unit[])[] {
  const gates = gateCount(kind);
  const whole = views.filter((view) => turned(axes, view)[0] === gates * hiddenSize);
  const ofGate = views.filter((view) => turned(axes, view)[0] === hiddenSize);
  if (gates === 1) return [whole.map(wholeUnit)];
  const named = namedFamilies(kind, ofGate);
  return [
    whole.map(wholeUnit),
    named,
    ...(named.length >= 2 ? [] : [runs(gates, ofGate, 1), runs(gates, ofGate, 2)]),
    ...(kind === "GRU" ? divided(axes, hiddenSize, views, ofGate) : []),
  ].filter((units) => units.length > 0);
}

function divided(
  axes: Axes,
  hiddenSize: number,
  views: readonly View[],
  ofGate: readonly View[],
): (readonly Unit[])[] {
  const pairs = views.filter((view) => turned(axes, view)[0] === 2 * hiddenSize);
  return pairs.length === 0 ? [] : dividedUnits(pairs, ofGate, (view) => turned(axes, view)[1]);
}

/** What names put outside of the module stands last; a second direction stands behind the first. */
export function likelyFirst(units: readonly Unit[]): readonly Unit[] {
  const rank = ({ name }: Unit): number => Number(isBeside(name));
  return [...units].sort((left, right) => rank(left) - rank(right));
}
