/**
 * Some rows of a large slice, from all over it: a first picture of any window is made of them without reading more.
 */
import { noControl } from "../../core/control";
import { sliceExtent, type Slice } from "../../tensor/slice";
import type { TensorSource } from "../../tensor/source";
import type { Tensor } from "../../tensor/tensor";
import { readInBatches } from "./batches";
import type { Extent } from "./level";
import { blockMiddle, type Tile, type TileWindow } from "./tile";
import { readValues } from "./windows";
import { windowSums } from "./windowSums";

/** Rows and values that are kept, at most. */
const maxRows = 256;
const maxValues = 2 ** 23;

/** Rows of a slice that is not turned, each whole, in ascending order. */
export class SampledRows {
  readonly #indices: readonly number[];
  readonly #rows: readonly Tensor["data"][];

  /** `rows[i]` are the values of row `indices[i]`. */
  constructor(indices: readonly number[], rows: readonly Tensor["data"][]) {
    this.#indices = indices;
    this.#rows = rows;
  }

  /** A window as blocks; null where a row of blocks would have no values. */
  tile(window: TileWindow, blocks: Extent, isWide: boolean): Tile | null {
    const { rowStart, rowEnd, columnStart, columnEnd } = window;
    const extent = { rows: rowEnd - rowStart, columns: columnEnd - columnStart };
    const sums = windowSums(extent, blocks, isWide);
    for (const [at, index] of this.#indices.entries()) {
      if (index < rowStart || index >= rowEnd) continue;
      const values = this.#rows[at]!.subarray(columnStart, columnEnd);
      sums.add({ row: index - rowStart, column: 0, rows: 1, columns: values.length, values });
    }
    return sums.hasEmptyRow ? null : { ...sums.tile(window.aggregate), kind: "sampled" };
  }
}

/** Reads rows of a slice that is not turned; null where its rows are too long to be read whole. */
export async function readSampledRows(
  source: TensorSource,
  slice: Slice,
): Promise<SampledRows | null> {
  const { rows: height, columns } = sliceExtent(source.shape, slice);
  const count = Math.min(height, maxRows);
  if (count * columns > maxValues) return null;
  const indices = Array.from({ length: count }, (_, piece) => blockMiddle(piece, height, count));
  const rows = await readInBatches(indices, (row) => {
    const window = { rowStart: row, rowEnd: row + 1, columnStart: 0, columnEnd: columns };
    return readValues(source, slice, window, noControl);
  });
  return new SampledRows(indices, rows);
}
