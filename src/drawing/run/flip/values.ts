/**
 * Values of the cells of the flip picture, assembled from fetched windows. No DOM.
 */
import type { LaneInfo, Place, RunView } from "../../../protocol/run/messages";
import type { LaneId, Side, WindowData } from "../../../protocol/run/windowMessages";
import type { Mode } from "../modes";
import type { StripColumn, StripWindow } from "./strips";

/** Rows of one lane in a strip, from top to bottom. */
export interface RowSegment {
  readonly lane: LaneId;
  /** Ours where the reference does not have every step of it, whatever was asked for. */
  readonly side: Side;
  /** Features that the lane has in all. */
  readonly size: number;
  /** Rows that it is shown in: fewer where each shows several of its features. */
  readonly rows: number;
}

/** One window of values: the rows of a segment at consecutive steps. */
export interface ValuePiece {
  /** Row of the strip at which the segment begins. */
  readonly row: number;
  readonly steps: StripWindow;
  readonly data: WindowData;
}

/** Rows of what a layer reads and of what its directions compute. */
export interface Segments {
  readonly x: readonly RowSegment[];
  readonly forward: readonly RowSegment[];
  readonly reverse: readonly RowSegment[];
}

/** What a layer reads: the input, or both directions of the layer below; what it computes: its own lanes. */
export function segmentsOf(
  view: RunView,
  layer: number,
  mostRows: number,
  mode: Mode = "ours",
): Segments {
  const below = view.lanes.filter((lane) =>
    layer === 0 ? lane.id === "input" : lane.layer === layer - 1,
  );
  const own = view.lanes.filter((lane) => lane.layer === layer);
  const rowsBelow = Math.max(1, Math.floor(mostRows / Math.max(1, below.length)));
  const states = (direction: Place["direction"]): readonly RowSegment[] =>
    own.filter((lane) => lane.direction === direction).map((lane) => segment(lane, mostRows, mode));
  return {
    x: below.map((lane) => segment(lane, rowsBelow, mode)),
    forward: states("forward"),
    reverse: states("reverse"),
  };
}

/** Every row shows as many units, but for the last one. */
function segment({ id, units, reference }: LaneInfo, mostRows: number, mode: Mode): RowSegment {
  const perRow = Math.max(1, Math.ceil(units / Math.max(1, mostRows)));
  const side = mode === "sideBySide" || reference === "none" ? "ours" : mode;
  return { lane: id, side, size: units, rows: Math.ceil(units / perRow) };
}

/** True where rows are the differences from the reference. */
export function showsDelta(segments: readonly RowSegment[]): boolean {
  return segments.some(({ side }) => side === "delta");
}

/** Rows of one direction's states: both directions of a layer have as many. */
export function ownSegments({ forward, reverse }: Segments): readonly RowSegment[] {
  return forward.length > 0 ? forward : reverse;
}

/** Rows that the segments fill. */
export function rowCount(segments: readonly RowSegment[]): number {
  return segments.reduce((sum, { rows }) => sum + rows, 0);
}

/** The row that shows a unit of a lane; undefined where none does. */
export function rowOfUnit(
  segments: readonly RowSegment[],
  lane: LaneId,
  unit: number,
): number | undefined {
  let first = 0;
  for (const { lane: id, size, rows } of segments) {
    if (id === lane) return first + Math.floor((unit * rows) / size);
    first += rows;
  }
  return undefined;
}

/** Lane and first unit of a row; undefined below the last one. */
export function rowAt(
  segments: readonly RowSegment[],
  row: number,
): { readonly lane: LaneId; readonly unit: number } | undefined {
  let first = 0;
  for (const { lane, size, rows } of segments) {
    if (row < first + rows) return { lane, unit: Math.ceil(((row - first) * size) / rows) };
    first += rows;
  }
  return undefined;
}

/** A value; `isOutside` says of a difference whether it is outside tolerance. */
export interface Cell {
  readonly value: number;
  readonly isOutside?: boolean;
}

/** A cell; undefined while it is not there. */
export function cellAt(pieces: readonly ValuePiece[], row: number, step: number): Cell | undefined {
  for (const { row: first, steps, data } of pieces) {
    const isInside =
      row >= first && row < first + data.rows && step >= steps.start && step < steps.end;
    if (!isInside) continue;
    const at = (row - first) * data.columns + step - steps.start;
    const value = data.values[at];
    return value === undefined ? undefined : { value, isOutside: data.outside[at] === 1 };
  }
  return undefined;
}

/** Columns that stand beside each other, without a gap between them. */
export function columnRuns(
  columns: readonly StripColumn[],
): { readonly first: number; readonly steps: readonly number[] }[] {
  const runs: { readonly first: number; readonly steps: number[] }[] = [];
  columns.forEach((step, at) => {
    const last = runs.at(-1);
    if (step === null) return;
    if (last !== undefined && last.first + last.steps.length === at) last.steps.push(step);
    else runs.push({ first: at, steps: [step] });
  });
  return runs;
}

/** Rows of a strip at some steps, in the order in which it shows them. */
export function cellsOf(
  pieces: readonly ValuePiece[],
  rows: number,
  steps: readonly number[],
  length: number,
): WindowData {
  const columns = steps.length;
  const [values, valid, outside] = [
    new Float32Array(rows * columns),
    new Uint8Array(rows * columns),
    new Uint8Array(rows * columns),
  ];
  steps.forEach((step, column) => {
    for (let row = 0; row < rows; row++) {
      const at = row * columns + column;
      const cell = cellAt(pieces, row, step);
      values[at] = cell?.value ?? 0;
      outside[at] = cell?.isOutside === true ? 1 : 0;
      valid[at] = step < length ? 1 : 0;
    }
  });
  return { rows, columns, values, valid, outside };
}
