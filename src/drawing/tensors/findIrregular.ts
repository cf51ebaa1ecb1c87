/**
 * Finds the next non-finite value in reading order with aggregated tiles. No DOM.
 */
import type { Tile } from "../../protocol/archive/messages";
import { nextFlagged } from "./rasterizeTile";
import type { Cell, Extent, Window } from "./slices";

/** Reads a window, aggregated into at most so many rows and columns. */
export type ReadTile = (window: Window, maxRows: number, maxColumns: number) => Promise<Tile>;

/** Blocks that a range is cut into at each descent. */
const BLOCKS = 256;

/** Rows of a slice, or columns of one of its rows. */
interface Line {
  readonly start: number;
  readonly end: number;
  /** Reads the blocks of a part of the line. */
  readonly read: (start: number, end: number, blocks: number) => Promise<Tile>;
}

/** The first flagged place of a line; null when there is none. */
async function findOnLine({ start, end, read }: Line): Promise<number | null> {
  if (end <= start) return null;
  const blocks = Math.min(BLOCKS, end - start);
  const tile = await read(start, end, blocks);
  const size = (end - start) / blocks;
  for (let block = 0; block < blocks; block++) {
    if (nextFlagged(tile, block, block + 1) === null) continue;
    const from = start + Math.floor(block * size);
    const to = Math.min(end, start + Math.ceil((block + 1) * size));
    if (to - from <= 1) return from;
    // A block may be flagged for a neighbour at its edge.
    const found = await findOnLine({ start: from, end: to, read });
    if (found !== null) return found;
  }
  return null;
}

function findColumn(
  read: ReadTile,
  row: number,
  [start, end]: readonly [number, number],
): Promise<number | null> {
  return findOnLine({
    start,
    end,
    read: (from, to, blocks) =>
      read({ rowStart: row, rowEnd: row + 1, columnStart: from, columnEnd: to }, 1, blocks),
  });
}

function findRow(
  read: ReadTile,
  columns: number,
  [start, end]: readonly [number, number],
): Promise<number | null> {
  return findOnLine({
    start,
    end,
    read: (from, to, blocks) =>
      read({ rowStart: from, rowEnd: to, columnStart: 0, columnEnd: columns }, blocks, 1),
  });
}

async function findIn(
  read: ReadTile,
  columns: number,
  rows: readonly [number, number],
): Promise<Cell | null> {
  const row = await findRow(read, columns, rows);
  if (row === null) return null;
  const column = await findColumn(read, row, [0, columns]);
  return column === null ? null : { row, column };
}

/** The next one behind `from`, from the start again when the end was reached; null when there is none. */
export async function findNext(
  read: ReadTile,
  from: Cell,
  { rows, columns }: Extent,
): Promise<Cell | null> {
  const behind = await findColumn(read, from.row, [from.column + 1, columns]);
  if (behind !== null) return { row: from.row, column: behind };
  const below = await findIn(read, columns, [from.row + 1, rows]);
  if (below !== null) return below;
  const above = await findIn(read, columns, [0, from.row]);
  if (above !== null) return above;
  const before = await findColumn(read, from.row, [0, from.column + 1]);
  return before === null ? null : { row: from.row, column: before };
}
