/**
 * A slice as cells of one size: what is kept of the values of each.
 */
import type { Tensor } from "../../tensor/tensor";
import { zerosFor } from "./tile";

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** Cells of equal size, the last ones of a row and column smaller. */
export class Level {
  readonly cell: Extent;
  readonly rows: number;
  readonly columns: number;
  /** Finite values of each cell. */
  readonly counts: Float32Array;
  readonly means: Tensor["data"];
  readonly extremes: Tensor["data"];
  readonly flags: Uint8Array;

  constructor(extent: Extent, cell: Extent, isWide: boolean) {
    this.cell = cell;
    this.rows = Math.ceil(extent.rows / cell.rows);
    this.columns = Math.ceil(extent.columns / cell.columns);
    const length = this.rows * this.columns;
    this.counts = new Float32Array(length);
    this.means = zerosFor(isWide, length);
    this.extremes = zerosFor(isWide, length);
    this.flags = new Uint8Array(length);
  }

  get byteLength(): number {
    return 5 * this.flags.length + 2 * this.means.byteLength;
  }
}

/** The level above: twice as large cells. */
export function halved(below: Level, extent: Extent, isWide: boolean): Level {
  const rowScale = below.rows > 1 ? 2 : 1;
  const columnScale = below.columns > 1 ? 2 : 1;
  const cell = {
    rows: below.cell.rows * rowScale,
    columns: below.cell.columns * columnScale,
  };
  const level = new Level(extent, cell, isWide);
  const sums = new Float64Array(level.counts.length);
  for (let row = 0, from = 0; row < below.rows; row += 1) {
    const first = Math.floor(row / rowScale) * level.columns;
    for (let column = 0; column < below.columns; column += 1, from += 1) {
      const to = first + Math.floor(column / columnScale);
      level.flags[to]! |= below.flags[from]!;
      const count = below.counts[from]!;
      if (count === 0) continue;
      level.counts[to]! += count;
      sums[to]! += count * below.means[from]!;
      if (Math.abs(below.extremes[from]!) > Math.abs(level.extremes[to]!)) {
        level.extremes[to] = below.extremes[from]!;
      }
    }
  }
  for (let to = 0; to < sums.length; to += 1) level.means[to] = sums[to]! / level.counts[to]!;
  return level;
}
