/**
 * Sums, extremes and flags of the blocks of a window, from its patches in any order.
 */
import { CellSums } from "./cellSums";
import { Level, type Extent } from "./level";
import {
  blockStart,
  flagOf,
  zerosFor,
  type Patch,
  type Tile,
  type TileWindow,
  type Values,
} from "./tile";

export interface WindowSums {
  /** Adds values; rows and columns count from the start of the window. */
  add(patch: Patch): void;
  /** True where a row of blocks has no values: the patches left it out. */
  readonly hasEmptyRow: boolean;
  tile(aggregate: TileWindow["aggregate"]): Tile;
}

/** Sums for a window that is cut into `blocks`. */
export function windowSums(window: Extent, blocks: Extent, isWide: boolean): WindowSums {
  const isEven = window.rows % blocks.rows === 0 && window.columns % blocks.columns === 0;
  return isEven
    ? new EqualBlocks(window, blocks, isWide)
    : new UnequalBlocks(window, blocks, isWide);
}

/** Blocks of one size. */
class EqualBlocks implements WindowSums {
  readonly #level: Level;
  readonly #sums: CellSums;

  constructor(window: Extent, blocks: Extent, isWide: boolean) {
    const [rows, columns] = [window.rows / blocks.rows, window.columns / blocks.columns];
    this.#level = new Level(window, { rows, columns }, isWide);
    this.#sums = new CellSums(this.#level);
  }

  add(patch: Patch): void {
    this.#sums.add(patch);
  }

  get hasEmptyRow(): boolean {
    return isRowEmpty(this.#level);
  }

  tile(aggregate: TileWindow["aggregate"]): Tile {
    const { rows, columns, counts, means, extremes, flags } = this.#level;
    this.#sums.writeMeans();
    const values =
      aggregate === "mean"
        ? means
        : extremes.map((extreme, block) => (counts[block] === 0 ? NaN : extreme));
    return { kind: "exact", rows, columns, values, flags };
  }
}

/** Blocks whose sizes differ by one. */
class UnequalBlocks implements WindowSums {
  readonly #blocks: Extent;
  readonly #isWide: boolean;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #extremes: Float64Array;
  readonly #flags: Uint8Array;
  readonly #rowBlock: Uint32Array;
  readonly #columnBlock: Uint32Array;
  /** The first column after each block. */
  readonly #columnEnds: Uint32Array;

  constructor(window: Extent, blocks: Extent, isWide: boolean) {
    const { rows, columns } = blocks;
    const length = rows * columns;
    this.#blocks = blocks;
    this.#isWide = isWide;
    this.#counts = new Float64Array(length);
    this.#sums = new Float64Array(length);
    this.#extremes = new Float64Array(length);
    this.#flags = new Uint8Array(length);
    this.#rowBlock = blockOfEach(window.rows, rows);
    this.#columnBlock = blockOfEach(window.columns, columns);
    this.#columnEnds = new Uint32Array(columns).map((_, block) =>
      blockStart(block + 1, window.columns, columns),
    );
  }

  add({ row, column, rows, columns, values }: Patch): void {
    for (let r = 0; r < rows; r += 1) {
      const first = this.#rowBlock[row + r]! * this.#blocks.columns;
      const line = r * columns;
      for (let c = 0; c < columns;) {
        const block = this.#columnBlock[column + c]!;
        const end = Math.min(columns, this.#columnEnds[block]! - column);
        this.#take(first + block, values, line + c, line + end);
        c = end;
      }
    }
  }

  get hasEmptyRow(): boolean {
    return isRowEmpty({ ...this.#blocks, counts: this.#counts, flags: this.#flags });
  }

  tile(aggregate: TileWindow["aggregate"]): Tile {
    const [counts, sums, extremes] = [this.#counts, this.#sums, this.#extremes];
    const values = zerosFor(this.#isWide, counts.length);
    for (let block = 0; block < values.length; block += 1) {
      const count = counts[block]!;
      const value = aggregate === "mean" ? sums[block]! / count : extremes[block]!;
      values[block] = count === 0 ? NaN : value;
    }
    return { kind: "exact", ...this.#blocks, values, flags: this.#flags };
  }

  /** Takes values that lie one after another, all of one block. */
  #take(block: number, values: Values, from: number, to: number): void {
    let sum = 0;
    let extreme = this.#extremes[block]!;
    for (let index = from; index < to; index += 1) {
      const value = values[index]!;
      sum += value;
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    // A finite sum means that every value is finite; otherwise the values are checked one by one.
    if (sum - sum !== 0) {
      for (const value of values.subarray(from, to)) this.#takeOne(block, value);
      return;
    }
    this.#counts[block]! += to - from;
    this.#sums[block]! += sum;
    this.#extremes[block] = extreme;
  }

  #takeOne(block: number, value: number): void {
    if (value - value !== 0) {
      this.#flags[block]! |= flagOf(value);
      return;
    }
    this.#counts[block]! += 1;
    this.#sums[block]! += value;
    if (Math.abs(value) > Math.abs(this.#extremes[block]!)) this.#extremes[block] = value;
  }
}

/** The block of each of `length` elements. */
function blockOfEach(length: number, blocks: number): Uint32Array {
  const block = new Uint32Array(length);
  for (let index = 0; index < blocks; index += 1) {
    block.fill(index, blockStart(index, length, blocks), blockStart(index + 1, length, blocks));
  }
  return block;
}

/** True where a row of blocks has neither values nor flags. */
function isRowEmpty({
  rows,
  columns,
  counts,
  flags,
}: Extent & Pick<Level, "flags"> & { readonly counts: ArrayLike<number> }): boolean {
  for (let first = 0; first < rows * columns; first += columns) {
    if (counts[first] === 0 && flags[first] === 0) return true;
  }
  return false;
}
