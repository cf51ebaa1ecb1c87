/**
 * A window of a slice for a picture: each value, or blocks of values that hide no NaN.
 */
import {
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
  type Slice,
  type Window,
} from "../../tensor/slice";
import type { Tensor } from "../../tensor/tensor";

export interface TileWindow extends Window {
  readonly slice: Slice;
  /** Most rows and columns wanted; a larger window is aggregated into that many blocks. */
  readonly maxRows: number;
  readonly maxColumns: number;
  /** What an aggregated cell shows of the finite values of its block: their mean, or the one of largest magnitude. */
  readonly aggregate: "mean" | "extreme";
  /** `sample` answers at once when reading every value would take long; the default is `exact`. */
  readonly effort?: "sample" | "exact";
}

/** Values of a window, row-major. */
export interface Tile {
  /** `sampled` when not every value was read: a block may hold values that it does not show. */
  readonly kind: "exact" | "sampled";
  /**
   * Block r of `rows` is rows ⌊r·n / rows⌋ … ⌊(r+1)·n / rows⌋ of the n of the window, and alike for columns. A slice
   * that is too large to be read anew is put together out of cells of 2^j × 2^k: a cell on the edge of two blocks counts
   * in both (in a mean by how much of it lies there), so only blocks of 2^m from a multiple of 2^m on are exact to the
   * element.
   */
  readonly rows: number;
  readonly columns: number;
  /** NaN where a block has no finite value. Float64Array where float32 would not hold them. */
  readonly values: Float32Array | Float64Array;
  /** A byte a cell: `TILE_…` bits. */
  readonly flags: Uint8Array;
}

export type Values = Tensor["data"];

/** Rows by columns of values, some of a window's. */
export interface Patch {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly values: Values;
}

/** Where a window of `length` elements is cut into `blocks`. */
export function blockStart(block: number, length: number, blocks: number): number {
  return Math.floor((block * length) / blocks);
}

/** The element in the middle of a block. */
export function blockMiddle(block: number, length: number, blocks: number): number {
  return Math.floor(
    (blockStart(block, length, blocks) + blockStart(block + 1, length, blocks)) / 2,
  );
}

/** The `TILE_…` bit of a non-finite value. */
export function flagOf(value: number): number {
  if (value === Infinity) return TILE_POSITIVE_INFINITY;
  return value === -Infinity ? TILE_NEGATIVE_INFINITY : TILE_NAN;
}

/** Zeros of the kind that holds the values of a dtype. */
export function zerosFor(isWide: boolean, length: number): Values {
  return isWide ? new Float64Array(length) : new Float32Array(length);
}

/** A tile of single values; it takes over `values`. */
export function plainTile(rows: number, columns: number, values: Values): Tile {
  const flags = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value - value === 0) continue;
    // Each value is a block of its own; the flag marks infinities.
    flags[index] = flagOf(value);
    values[index] = NaN;
  }
  return { kind: "exact", rows, columns, values, flags };
}

/** Rows and columns exchanged. */
export function turnedTile(tile: Tile): Tile {
  const { rows, columns } = tile;
  const values = zerosFor(tile.values instanceof Float64Array, tile.values.length);
  const flags = new Uint8Array(tile.flags.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const to = column * rows + row;
      values[to] = tile.values[row * columns + column]!;
      flags[to] = tile.flags[row * columns + column]!;
    }
  }
  return { ...tile, rows: columns, columns: rows, values, flags };
}
