/**
 * The next value that is not finite, in reading order, found through aggregated tiles. No DOM.
 */
import type { Tile } from "../../../src/protocol/tensorMessages";
import { nextFlagged } from "./rasterizeTile";
import type { Cell, Extent, Window } from "./slices";

/** Reads a window, aggregated into at most so many rows and columns. */
export type ReadTile = (window: Window, maxRows: number, maxColumns: number) => Promise<Tile>;

/** Values behind one question: a moment's reading. */
const MAX_VALUES = 4_000_000;
/** Blocks that a window is cut into at each descent. */
const BLOCKS = 256;

/** Half-open range of what a block of a window stands for. */
function blockRange(start: number, end: number, blocks: number, block: number): [number, number] {
  const size = (end - start) / blocks;
  return [start + Math.floor(block * size), Math.min(end, start + Math.ceil((block + 1) * size))];
}

/** The first column of a row that is flagged, from `start` on; null when there is none. */
async function findColumn(
  read: ReadTile,
  row: number,
  [start, end]: readonly [number, number],
): Promise<number | null> {
  for (let from = start; from < end; from += MAX_VALUES) {
    const to = Math.min(end, from + MAX_VALUES);
    const blocks = Math.min(BLOCKS, to - from);
    const window = { rowStart: row, rowEnd: row + 1, columnStart: from, columnEnd: to };
    const hit = nextFlagged(await read(window, 1, blocks), 0);
    if (hit === null) continue;
    const [left, right] = blockRange(from, to, blocks, hit.column);
    if (right - left <= 1) return left;
    const found = await findColumn(read, row, [left, right]);
    if (found !== null) return found;
  }
  return null;
}

/** The first row that holds something flagged; null when there is none. */
async function findRow(
  read: ReadTile,
  columns: number,
  [start, end]: readonly [number, number],
): Promise<number | null> {
  const strip = Math.max(1, Math.floor(MAX_VALUES / Math.max(1, columns)));
  for (let from = start; from < end; from += strip) {
    const to = Math.min(end, from + strip);
    const blocks = Math.min(BLOCKS, to - from);
    const window = { rowStart: from, rowEnd: to, columnStart: 0, columnEnd: columns };
    const hit = nextFlagged(await read(window, blocks, 1), 0);
    if (hit === null) continue;
    const [top, bottom] = blockRange(from, to, blocks, hit.row);
    if (bottom - top <= 1) return top;
    const found = await findRow(read, columns, [top, bottom]);
    if (found !== null) return found;
  }
  return null;
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
