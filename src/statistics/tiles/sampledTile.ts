/**
 * A quick first picture of a large slice, from a part of each block.
 */
import { noControl } from "../../core/control";
import { byteWidth } from "../../tensor/dtype";
import type { TensorSource } from "../../tensor/source";
import { text } from "../../core/text";
import { blockStart, BlockSums, type Tile, type TileWindow } from "./tile";
import { WorkProgress } from "../../core/workProgress";
import { readPatches } from "./windows";

/** Limits of a sample: bytes, separate reads, and rows, each of which is a read at least. */
const maxBytes = 2 ** 23;
const maxReads = 512;
const maxRows = 128;

/**
 * One run of values of every block of a window. Where rows lie too far apart for that many reads, the tile has fewer rows
 * and columns than wanted.
 */
export async function sampledTile(
  source: TensorSource,
  window: TileWindow,
  wanted: { readonly rows: number; readonly columns: number },
  isWide: boolean,
): Promise<Tile> {
  const { rowStart, rowEnd, columnStart, columnEnd, slice, aggregate } = window;
  const height = rowEnd - rowStart;
  const width = columnEnd - columnStart;
  const rows = Math.min(wanted.rows, maxRows);
  const runBytes = maxBytes / rows;
  const isWhole = width * byteWidth(source.dtype) <= runBytes;
  const columns = isWhole
    ? wanted.columns
    : Math.min(wanted.columns, Math.max(1, Math.floor(maxReads / rows)));
  const run = Math.max(1, Math.floor(runBytes / columns / byteWidth(source.dtype)));
  const sums = new BlockSums(height, width, rows, columns);
  for (let r = 0; r < rows; r += 1) {
    const from = blockStart(r, height, rows);
    const row = Math.floor((from + blockStart(r + 1, height, rows)) / 2);
    for (let c = 0; c < (isWhole ? 1 : columns); c += 1) {
      const start = isWhole ? 0 : blockStart(c, width, columns);
      const end = isWhole ? width : Math.min(blockStart(c + 1, width, columns), start + run);
      const part = {
        rowStart: rowStart + row,
        rowEnd: rowStart + row + 1,
        columnStart: columnStart + start,
        columnEnd: columnStart + end,
      };
      const progress = new WorkProgress(noControl, text("Reading {0}", source.name));
      const shift = { row, column: start };
      await readPatches(
        source,
        slice,
        part,
        (patch) => {
          sums.add({ ...patch, row: patch.row + shift.row, column: patch.column + shift.column });
        },
        progress,
      );
    }
  }
  return { ...sums.tile(aggregate, isWide), kind: "sampled" };
}
