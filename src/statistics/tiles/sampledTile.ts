/**
 * A quick first picture of a large slice, from a part of each block.
 */
import { noControl } from "../../core/control";
import { byteWidth } from "../../tensor/dtype";
import type { TensorSource } from "../../tensor/source";
import { readInBatches } from "./batches";
import type { Extent } from "./level";
import { blockMiddle, blockStart, type Tile, type TileWindow } from "./tile";
import { readValues } from "./windows";
import { windowSums } from "./windowSums";

/** Limits of a sample: bytes, and separate reads. */
const maxBytes = 2 ** 23;
const maxReads = 512;

/** Blocks along an axis: each row of them is a read at least, and all of them travel to the page before it has a picture. */
const maxBlocks = 128;

/** Values of one row of a window, from a row and a column of it on. */
interface SampledPart {
  readonly row: number;
  readonly column: number;
  readonly length: number;
}

/** What a sample can have of the rows and columns that are wanted. */
export function sampledExtent({ rows, columns }: Extent): Extent {
  return { rows: Math.min(rows, maxBlocks), columns: Math.min(columns, maxBlocks) };
}

/**
 * One run of values of every block of a window. Where rows lie too far apart for that many reads, the tile has fewer rows
 * and columns than wanted.
 */
export async function sampledTile(
  source: TensorSource,
  window: TileWindow,
  wanted: Extent,
  isWide: boolean,
): Promise<Tile> {
  const { rowStart, rowEnd, columnStart, columnEnd, slice, aggregate } = window;
  const height = rowEnd - rowStart;
  const width = columnEnd - columnStart;
  const most = sampledExtent(wanted);
  const { rows } = most;
  const runBytes = maxBytes / rows;
  const isWhole = width * byteWidth(source.dtype) <= runBytes;
  const columns = isWhole
    ? most.columns
    : Math.min(most.columns, Math.max(1, Math.floor(maxReads / rows)));
  const run = Math.max(1, Math.floor(runBytes / columns / byteWidth(source.dtype)));
  const sums = windowSums({ rows: height, columns: width }, { rows, columns }, isWide);
  const parts: SampledPart[] = [];
  for (let r = 0; r < rows; r += 1) {
    const row = blockMiddle(r, height, rows);
    for (let c = 0; c < (isWhole ? 1 : columns); c += 1) {
      const column = isWhole ? 0 : blockStart(c, width, columns);
      const end = isWhole ? width : Math.min(blockStart(c + 1, width, columns), column + run);
      parts.push({ row, column, length: end - column });
    }
  }
  await readInBatches(parts, async ({ row, column, length }) => {
    const first = { rowStart: rowStart + row, columnStart: columnStart + column };
    const part = { ...first, rowEnd: first.rowStart + 1, columnEnd: first.columnStart + length };
    const values = await readValues(source, slice, part, noControl);
    sums.add({ row, column, rows: 1, columns: length, values });
  });
  return { ...sums.tile(aggregate), kind: "sampled" };
}
