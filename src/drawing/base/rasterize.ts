/**
 * A window of values to pixels, one pixel a cell; no DOM.
 *
 * Cells without a colour (not finite, or padding) stay transparent and are listed by `irregularCells`, for glyphs
 * and hatches are drawn at screen resolution.
 */
import { clamp } from "../../core/numeric";
import type { WindowData } from "../../protocol/run/windowMessages";
import { tableOffset, type ColourScale } from "./colourScale";
import { irregularKind, type Irregular } from "./irregular";
import { cellPixels, countCells, maskPixels } from "./pixels";

export interface IrregularCell {
  readonly kind: Irregular;
  readonly row: number;
  readonly column: number;
}

/** More marks than this are no longer told apart, and cost time. */
const MAX_IRREGULAR = 20_000;

function assertWindow(data: WindowData): number {
  return countCells("window", data, [data.values, data.outside, data.valid]);
}

/**
 * Colours of a window as RGBA bytes, row-major. With `onlyOutside` a cell inside tolerance gets the colour of 0:
 * in a difference, what agrees is quiet.
 */
export function rasterize(
  data: WindowData,
  scale: ColourScale,
  onlyOutside = false,
): Uint8ClampedArray<ArrayBuffer> {
  const { values, outside, valid } = data;
  return cellPixels(assertWindow(data), scale.table, (cell) => {
    const value = values[cell]!;
    if (valid[cell] === 0 || !Number.isFinite(value)) return -1;
    return tableOffset(scale, onlyOutside && outside[cell] === 0 ? 0 : value);
  });
}

/** Opaque where a cell holds an element outside tolerance, as RGBA bytes; null where none does. */
export function rasterizeOutside(data: WindowData): Uint8ClampedArray<ArrayBuffer> | null {
  assertWindow(data);
  return maskPixels(data.outside, 1);
}

/** Opaque in the padding, as RGBA bytes; null where every step is valid. */
export function rasterizePadding(data: WindowData): Uint8ClampedArray<ArrayBuffer> | null {
  assertWindow(data);
  return maskPixels(data.valid, 0);
}

/** The cells of valid steps that are not finite, in reading order. */
export function irregularCells(data: WindowData): IrregularCell[] {
  const count = assertWindow(data);
  const cells: IrregularCell[] = [];
  for (let cell = 0; cell < count && cells.length < MAX_IRREGULAR; cell++) {
    const kind = data.valid[cell] === 0 ? null : irregularKind(data.values[cell]!);
    if (kind === null) continue;
    cells.push({ kind, row: Math.floor(cell / data.columns), column: cell % data.columns });
  }
  return cells;
}

/** Half-open ranges. */
export type Runs = readonly (readonly [start: number, end: number])[];

function runsOf(count: number, isIn: (index: number) => boolean): Runs {
  const runs: [number, number][] = [];
  for (let index = 0; index < count; index++) {
    if (!isIn(index)) continue;
    const last = runs.at(-1);
    if (last?.[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  }
  return runs;
}

/** The columns that hold an element outside tolerance. */
export function outsideColumns(data: WindowData): Runs {
  assertWindow(data);
  const { rows, columns, outside } = data;
  const isIn = new Uint8Array(columns);
  for (let cell = 0; cell < rows * columns; cell++) isIn[cell % columns]! |= outside[cell]!;
  return runsOf(columns, (column) => isIn[column] === 1);
}

/** The rows that hold an element outside tolerance in the columns [start, end). */
export function outsideRows(data: WindowData, start: number, end: number): Runs {
  assertWindow(data);
  const { rows, columns, outside } = data;
  return runsOf(rows, (row) =>
    outside.subarray(row * columns + start, row * columns + end).includes(1),
  );
}

/** A side of a cell, in cell coordinates. */
export type Edge = readonly [fromColumn: number, fromRow: number, toColumn: number, toRow: number];

/** Into how many rows and columns a window is gathered. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** The largest grid whose cells have at least `smallest` pixels; an even number of rows stays even. */
export function markGrid(
  { rows, columns }: Grid,
  { width, height }: { readonly width: number; readonly height: number },
  smallest: number,
): Grid {
  const most = (count: number, length: number): number =>
    clamp(Math.floor(length / smallest), 1, count);
  const fitting = most(rows, height);
  // The halves of the output meet between two rows.
  const isOdd = rows % 2 === 0 && fitting % 2 === 1 && fitting > 1;
  return { rows: isOdd ? fitting - 1 : fitting, columns: most(columns, width) };
}

/** 1 in each cell of a grid over the window that holds an element outside tolerance. */
function gatherOutside({ rows, columns, outside }: WindowData, grid: Grid): Uint8Array {
  if (grid.rows === rows && grid.columns === columns) return outside;
  const gathered = new Uint8Array(grid.rows * grid.columns);
  for (let row = 0; row < rows; row++) {
    const first = Math.floor((row * grid.rows) / rows) * grid.columns;
    for (let column = 0; column < columns; column++) {
      if (outside[row * columns + column] === 0) continue;
      gathered[first + Math.floor((column * grid.columns) / columns)] = 1;
    }
  }
  return gathered;
}

/**
 * The outline of what is outside tolerance: the sides between a cell of the grid that is and one that is not, in
 * cells of the grid.
 */
export function outsideEdges(data: WindowData, grid: Grid = data): Edge[] {
  assertWindow(data);
  const { rows, columns } = grid;
  const outside = gatherOutside(data, grid);
  const isOutside = (row: number, column: number): boolean =>
    row >= 0 &&
    row < rows &&
    column >= 0 &&
    column < columns &&
    outside[row * columns + column] !== 0;
  const edges: Edge[] = [];
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) {
      const here = isOutside(row, column);
      if (here !== isOutside(row - 1, column)) edges.push([column, row, column + 1, row]);
      if (here !== isOutside(row, column - 1)) edges.push([column, row, column, row + 1]);
    }
  }
  return edges;
}
