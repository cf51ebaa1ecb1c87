/**
 * A large slice at several resolutions: means, extremes and flags of cells, each level half of the one below.
 */
import type { RunControl } from "../../core/control";
import { sliceExtent, wholeWindow, type Slice } from "../../tensor/slice";
import type { TensorSource } from "../../tensor/source";
import type { Tensor } from "../../tensor/tensor";
import { text } from "../../core/text";
import { blockStart, flagOf, zerosFor, type Patch, type Tile, type TileWindow } from "./tile";
import { WorkProgress } from "../../core/workProgress";
import { readPatches } from "./windows";

/** Cells of the lowest level, at most: 2048 × 2048 of 8 × 8 for a slice of 16384 × 16384. */
const maxCells = 2 ** 22;

interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** Cells of equal size, the last ones of a row and column smaller. */
class Level {
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

/** All levels of a slice that is not turned. */
export class Pyramid {
  readonly #levels: readonly Level[];
  readonly #isWide: boolean;
  readonly byteLength: number;

  constructor(levels: readonly Level[], isWide: boolean) {
    this.#levels = levels;
    this.#isWide = isWide;
    this.byteLength = levels.reduce((sum, level) => sum + level.byteLength, 0);
  }

  /** The blocks of a window; null when they are smaller than the cells. */
  tile(window: TileWindow, rows: number, columns: number): Tile | null {
    const height = (window.rowEnd - window.rowStart) / rows;
    const width = (window.columnEnd - window.columnStart) / columns;
    const fits = ({ cell }: Level, share: number): boolean =>
      cell.rows <= Math.max(1, height * share) && cell.columns <= Math.max(1, width * share);
    const [lowest] = this.#levels;
    if (lowest === undefined || !fits(lowest, 1)) return null;
    // Cells of half a block at most, so that the edges between blocks are nearly in place.
    const level = this.#levels.filter((each) => fits(each, 0.5)).at(-1) ?? lowest;
    return gather(level, window, { rows, columns }, this.#isWide);
  }
}

/**
 * Reads a slice that is not turned, once.
 * @throws CancelledError when `control` says so; what reading throws.
 */
export async function buildPyramid(
  source: TensorSource,
  slice: Slice,
  isWide: boolean,
  control: RunControl,
): Promise<Pyramid> {
  const extent = sliceExtent(source.shape, slice);
  const lowest = new Level(extent, cellOf(extent), isWide);
  const sums = new CellSums(lowest);
  const progress = new WorkProgress(control, text("Reading {0}", source.name));
  const take = (patch: Patch): void => {
    sums.addPatch(patch);
  };
  await readPatches(source, slice, wholeWindow(source.shape, slice), take, progress);
  sums.writeMeans();
  const levels = [lowest];
  for (let level = lowest; level.rows > 1 || level.columns > 1; levels.push(level)) {
    level = halved(level, extent, isWide);
  }
  return new Pyramid(levels, isWide);
}

/** The cell size with few enough cells: the axis with more cells gets wider ones. */
function cellOf({ rows, columns }: Extent): Extent {
  const cell = { rows: 1, columns: 1 };
  for (;;) {
    const down = Math.ceil(rows / cell.rows);
    const across = Math.ceil(columns / cell.columns);
    if (down * across <= maxCells) return cell;
    if (down > across) cell.rows *= 2;
    else cell.columns *= 2;
  }
}

/** Fills the lowest level. */
class CellSums {
  readonly #level: Level;
  readonly #sums: Float64Array;

  constructor(level: Level) {
    this.#level = level;
    this.#sums = new Float64Array(level.counts.length);
  }

  addPatch({ row, column, rows, columns, values }: Patch): void {
    const { cell, columns: across } = this.#level;
    const first = Math.floor(column / cell.columns);
    for (let r = 0; r < rows; r += 1) {
      const end = (r + 1) * columns;
      let at = r * columns;
      let next = Math.min(end, at + (first + 1) * cell.columns - column);
      for (let index = first + Math.floor((row + r) / cell.rows) * across; at < end; index += 1) {
        this.#addCell(index, values, at, next);
        at = next;
        next = Math.min(end, at + cell.columns);
      }
    }
  }

  writeMeans(): void {
    const { means, counts } = this.#level;
    for (let cell = 0; cell < means.length; cell += 1) {
      means[cell] = this.#sums[cell]! / counts[cell]!;
    }
  }

  /** Values `from` … `to` of one cell. */
  #addCell(index: number, values: Tensor["data"], from: number, to: number): void {
    let sum = 0;
    let largest = 0;
    let smallest = 0;
    for (let at = from; at < to; at += 1) {
      const value = values[at]!;
      sum += value;
      if (value > largest) largest = value;
      else if (value < smallest) smallest = value;
    }
    // A finite sum means that every value is finite; otherwise the values are checked one by one.
    if (sum - sum !== 0) {
      this.#addOneByOne(index, values.subarray(from, to));
      return;
    }
    const { extremes, counts } = this.#level;
    const extreme = largest > -smallest ? largest : smallest;
    if (Math.abs(extreme) > Math.abs(extremes[index]!)) extremes[index] = extreme;
    counts[index]! += to - from;
    this.#sums[index]! += sum;
  }

  #addOneByOne(index: number, values: Tensor["data"]): void {
    const { extremes, counts, flags } = this.#level;
    for (const value of values) {
      if (value - value !== 0) {
        flags[index]! |= flagOf(value);
        continue;
      }
      counts[index]! += 1;
      this.#sums[index]! += value;
      if (Math.abs(value) > Math.abs(extremes[index]!)) extremes[index] = value;
    }
  }
}

/** The level above: twice as large cells. */
function halved(below: Level, extent: Extent, isWide: boolean): Level {
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

/** Cells first … last of a block along one axis, and how much of each is the block's. */
interface Cover {
  readonly first: number;
  readonly shares: readonly number[];
}

function covers(start: number, length: number, blocks: number, cell: number): Cover[] {
  return Array.from({ length: blocks }, (_, block) => {
    const from = start + blockStart(block, length, blocks);
    const to = start + blockStart(block + 1, length, blocks);
    const first = Math.floor(from / cell);
    const shares: number[] = [];
    for (let at = first; at * cell < to; at += 1) {
      shares.push((Math.min(to, (at + 1) * cell) - Math.max(from, at * cell)) / cell);
    }
    return { first, shares };
  });
}

function gather(
  level: Level,
  window: TileWindow,
  { rows, columns }: Extent,
  isWide: boolean,
): Tile {
  const { rowStart, rowEnd, columnStart, columnEnd } = window;
  const down = covers(rowStart, rowEnd - rowStart, rows, level.cell.rows);
  const across = covers(columnStart, columnEnd - columnStart, columns, level.cell.columns);
  const values = zerosFor(isWide, rows * columns);
  const flags = new Uint8Array(rows * columns);
  const block = { value: 0, flags: 0 };
  const take = window.aggregate === "mean" ? takeMean : takeExtreme;
  for (let row = 0, to = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, to += 1) {
      take(level, down[row]!, across[column]!, block);
      values[to] = block.value;
      flags[to] = block.flags;
    }
  }
  return { kind: "exact", rows, columns, values, flags };
}

interface Taken {
  value: number;
  flags: number;
}

function takeMean(level: Level, down: Cover, across: Cover, block: Taken): void {
  let sum = 0;
  let weight = 0;
  let flags = 0;
  for (let r = 0; r < down.shares.length; r += 1) {
    const first = (down.first + r) * level.columns + across.first;
    for (let c = 0; c < across.shares.length; c += 1) {
      flags |= level.flags[first + c]!;
      const count = level.counts[first + c]! * down.shares[r]! * across.shares[c]!;
      if (count === 0) continue;
      weight += count;
      sum += count * level.means[first + c]!;
    }
  }
  block.value = sum / weight;
  block.flags = flags;
}

function takeExtreme(level: Level, down: Cover, across: Cover, block: Taken): void {
  let extreme = NaN;
  let flags = 0;
  for (let r = 0; r < down.shares.length; r += 1) {
    const first = (down.first + r) * level.columns + across.first;
    for (let c = 0; c < across.shares.length; c += 1) {
      flags |= level.flags[first + c]!;
      const count = level.counts[first + c]!;
      if (count === 0) continue;
      const value = level.extremes[first + c]!;
      if (!(Math.abs(value) <= Math.abs(extreme))) extreme = value;
    }
  }
  block.value = extreme;
  block.flags = flags;
}
