/**
 * Cells that values are gathered in for a picture: each keeps the value of largest magnitude, NaN before all, and whether
 * one of its values is outside tolerance. A single bad value among millions still shows.
 */
import { largerMagnitude } from "../../core/numeric";
import type { StateArray } from "../../engine/base/engine";
import { difference } from "../compare";
import { isOutsideAt, sideValue, type Row, type Wanted } from "./laneRows";
import type { LaneContext } from "../lanes";

/** Where the units from…to (exclusive) of a row go. */
export interface CellPlace {
  /** The cell of each unit, before the shift; −1 for a unit that has none. */
  readonly cellOf: Int32Array;
  /** Moves from row to row: a place of its own for each of them would cost as much as their values. */
  shift: number;
  readonly from: number;
  readonly to: number;
}

/** Gathers one side of a row. */
export function addValues(
  cells: Float32Array,
  row: Pick<Row, "ours" | "reference" | "offset">,
  place: CellPlace,
  wanted: Wanted,
  context: LaneContext,
): void {
  const { ours, reference, offset } = row;
  const { side, as } = wanted;
  if (side === "ours") addArray(cells, ours, offset, place);
  else if (reference === null || as !== undefined) addMeasured(cells, row, place, wanted, context);
  else if (side === "reference") addArray(cells, reference, offset, place);
  else addDifferences(cells, { ours, reference, offset }, place, context);
}

/** Gathers the values from `offset` on, one a unit. */
export function addArray(
  cells: Float32Array,
  values: StateArray,
  offset: number,
  { cellOf, shift, from, to }: CellPlace,
): void {
  for (let unit = from; unit < to; unit++) {
    const cell = cellOf[unit]!;
    if (cell >= 0) keepWorst(cells, cell + shift, values[offset + unit]!);
  }
}

function addDifferences(
  cells: Float32Array,
  {
    ours,
    reference,
    offset,
  }: { readonly ours: StateArray; readonly reference: StateArray; readonly offset: number },
  { cellOf, shift, from, to }: CellPlace,
  { tolerance: { equalNan } }: LaneContext,
): void {
  for (let unit = from; unit < to; unit++) {
    const cell = cellOf[unit]!;
    if (cell < 0) continue;
    const delta = difference(ours[offset + unit]!, reference[offset + unit]!, equalNan);
    keepWorst(cells, cell + shift, delta);
  }
}

function addMeasured(
  cells: Float32Array,
  row: Pick<Row, "ours" | "reference" | "offset">,
  { cellOf, shift, from, to }: CellPlace,
  wanted: Wanted,
  context: LaneContext,
): void {
  for (let unit = from; unit < to; unit++) {
    const cell = cellOf[unit]!;
    if (cell >= 0) keepWorst(cells, cell + shift, sideValue(row, unit, wanted, context));
  }
}

/** Puts a value into a cell. Most values are smaller than the one that their cell has. */
export function keepWorst(cells: Float32Array, cell: number, value: number): void {
  const kept = cells[cell]!;
  const size = Math.abs(value);
  const most = Math.abs(kept);
  if (size > most) cells[cell] = value;
  else if (!(size < most)) cells[cell] = largerMagnitude(kept, value);
}

/** Marks the cells of the units that are outside tolerance; returns true when there is one. */
export function addOutside(
  marks: Uint8Array,
  row: Row,
  { cellOf, shift, from, to }: CellPlace,
  context: LaneContext,
): boolean {
  const { ours, reference, offset, byStep } = row;
  if (reference === null || byStep === null) return false;
  const { atol, rtol } = context.tolerance;
  let found = false;
  for (let unit = from; unit < to; unit++) {
    const cell = cellOf[unit]!;
    if (cell < 0) continue;
    if (byStep === undefined) {
      const expected = reference[offset + unit]!;
      const allowed = atol + rtol * Math.abs(expected);
      // Nearly all of them are inside, which this tells without looking at what is special.
      if (Math.abs(ours[offset + unit]! - expected) <= allowed && allowed < Infinity) continue;
    }
    if (!isOutsideAt(row, unit, context)) continue;
    marks[cell + shift] = 1;
    found = true;
  }
  return found;
}

/** Marks the cells of units that have been found to be outside, one mark a unit from `offset` on. */
export function addMarks(
  marks: Uint8Array,
  found: Uint8Array,
  offset: number,
  { cellOf, shift, from, to }: CellPlace,
): void {
  for (let unit = from; unit < to; unit++) {
    const cell = cellOf[unit]!;
    if (cell >= 0 && found[offset + unit] === 1) marks[cell + shift] = 1;
  }
}
