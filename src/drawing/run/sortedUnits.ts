/**
 * The units of a lane in another order than that of their numbers: which row shows which unit; no DOM.
 */
import type { Directed } from "../../model/directions";
import type { LaneInfo } from "../../protocol/run/messages";
import type { UnitOrder, UnitSort } from "../../protocol/run/windowMessages";

export interface SortedUnits {
  readonly sort: UnitSort;
  /** The unit of each row, from the top down. */
  readonly unitAt: Uint32Array;
  /** The row of each unit. */
  readonly rowOf: Uint32Array;
  /** Half-open ranges of rows whose units are a group. */
  readonly groups: UnitOrder["groups"];
}

/** A lane that may have its units in an order. */
export interface Sorted {
  readonly sorted?: SortedUnits;
}

/** True for lanes whose units can be sorted: those of layers, and the output, which has the top one's. */
export function canBeSorted({ id, layer }: Pick<LaneInfo, "id" | "layer">): boolean {
  return layer !== null || id === "output";
}

export function sortedUnits(
  sort: UnitSort,
  { units: unitAt, groups }: Pick<UnitOrder, "units" | "groups">,
): SortedUnits {
  const rowOf = new Uint32Array(unitAt.length);
  unitAt.forEach((unit, row) => {
    rowOf[unit] = row;
  });
  return { sort, unitAt, rowOf, groups };
}

/** The row of a unit: its number, unless the lane has another order. */
export function rowOfUnit({ sorted }: Sorted, unit: number): number {
  return sorted?.rowOf[unit] ?? unit;
}

/** The unit of a row. */
export function unitOfRow({ sorted }: Sorted, row: number): number {
  return sorted?.unitAt[row] ?? row;
}

/** Rows whose units are a group, from the top down. */
export interface UnitGroup {
  /** From 1 on; in the output each direction's begin anew. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** The groups of a lane's units; none where they are in no groups. */
export function groupsOf(
  { id, units, sorted }: Sorted & Pick<LaneInfo, "id" | "units">,
  config: Directed | null,
): readonly UnitGroup[] {
  const groups = sorted?.groups ?? [];
  const half = id === "output" && config?.bidirectional === true ? units / 2 : units;
  const ofFirst = groups.filter(([from]) => from < half).length;
  return groups.map(([from, to], at) => {
    return { number: at + 1 - (from < half ? 0 : ofFirst), from, to };
  });
}

/** The part of a request that has its rows in the order of the lane. */
export function inOrder({ sorted }: Sorted): { readonly order?: UnitSort } {
  return sorted === undefined ? {} : { order: sorted.sort };
}
