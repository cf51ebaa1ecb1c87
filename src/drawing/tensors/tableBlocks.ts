/**
 * The blocks of values that a page of the table needs; no DOM.
 */
import { cover } from "../base/grid";
import type { Extent, Window } from "./slices";
import type { ListWindow } from "./virtualList";

/** Rows and columns that are asked for at once. */
const BLOCK = { rows: 64, columns: 16 } as const;

/** The blocks that cover some rows and columns of a slice, in reading order. */
export function tableBlocks(
  rows: Pick<ListWindow, "start" | "end">,
  columns: Pick<ListWindow, "start" | "end">,
  extent: Extent,
): Window[] {
  const across = cover(columns.start, columns.end, BLOCK.columns, extent.columns);
  return cover(rows.start, rows.end, BLOCK.rows, extent.rows).flatMap(([rowStart, rowEnd]) =>
    across.map(([columnStart, columnEnd]) => ({ rowStart, rowEnd, columnStart, columnEnd })),
  );
}

/** A block with the texts of its cells, row-major; undefined while they are fetched. */
export interface FilledBlock {
  readonly at: Window;
  readonly texts: readonly string[] | undefined;
}

/** The text of a cell; undefined while it is not here. */
export function textAt(
  blocks: readonly FilledBlock[],
  row: number,
  column: number,
): string | undefined {
  const block = blocks.find(
    ({ at }) =>
      row >= at.rowStart && row < at.rowEnd && column >= at.columnStart && column < at.columnEnd,
  );
  if (block === undefined) return undefined;
  const { rowStart, columnStart, columnEnd } = block.at;
  return block.texts?.[(row - rowStart) * (columnEnd - columnStart) + column - columnStart];
}
