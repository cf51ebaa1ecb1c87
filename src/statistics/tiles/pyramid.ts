/**
 * A large slice at several resolutions: means, extremes and flags of cells, each level half of the one below.
 */
import type { RunControl } from "../../core/control";
import { sliceExtent, wholeWindow, type Slice } from "../../tensor/slice";
import type { TensorSource } from "../../tensor/source";
import { text } from "../../core/text";
import { CellSums } from "./cellSums";
import { halved, Level, type Extent } from "./level";
import { blockStart, zerosFor, type Tile, type TileWindow } from "./tile";
import { WorkProgress } from "../../core/workProgress";
import { readPatches } from "./windows";

/** Cells of the lowest level, at most: 2048 × 2048 of 8 × 8 for a slice of 16384 × 16384. */
const maxCells = 2 ** 22;

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
  const window = wholeWindow(source.shape, slice);
  await readPatches(source, slice, window, (patch) => sums.add(patch), progress);
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
