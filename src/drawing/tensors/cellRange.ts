/**
 * The range of values of aggregated cells, which is narrower than that of single values. No DOM.
 */
import { niceLimit } from "../base/colourScale";
import type { Domain } from "./domain";

export type Range = readonly [low: number, high: number];

/** The finite cells of a tile. */
interface Cells {
  readonly values: Float64Array | Float32Array;
}

/** Share of the cells of a tile beyond either end: 99 % lie between. */
const TAIL = 0.005;
/** Cells of a tile that are looked at. */
const MOST_CELLS = 8192;
/** A range of at least this share of that of all values is no gain. */
const ABOUT_ALL = 0.8;

/** Where 99 % of the finite ones lie; null when none is finite. */
function spreadOf({ values }: Cells): Range | null {
  // An odd stride reaches every column, because tiles are powers of two wide.
  const stride = Math.ceil(values.length / MOST_CELLS) | 1;
  const cells: number[] = [];
  for (let index = 0; index < values.length; index += stride) {
    const value = values[index]!;
    if (Number.isFinite(value)) cells.push(value);
  }
  if (cells.length === 0) return null;
  const sorted = Float64Array.from(cells).sort();
  const beyond = Math.floor(TAIL * sorted.length);
  return [sorted[beyond]!, sorted[sorted.length - 1 - beyond]!];
}

/** The range of what has been on screen: it only grows while the picture is of the same kind, so that panning keeps colours. */
export class CellRanges {
  readonly #spreads = new WeakMap<Cells, Range | null>();
  #kind = "";
  #range: Range | null = null;

  /** Takes in tiles of a picture; `kind` tells pictures apart whose cells are no measure for each other. */
  include(kind: string, tiles: readonly Cells[]): Range | null {
    if (kind !== this.#kind) this.#range = null;
    this.#kind = kind;
    for (const tile of tiles) this.#grow(this.#spreadOf(tile));
    return this.#range;
  }

  #grow(spread: Range | null): void {
    if (spread === null) return;
    const [low, high] = this.#range ?? spread;
    const isInside = this.#range !== null && low <= spread[0] && high >= spread[1];
    if (!isInside) this.#range = [Math.min(low, spread[0]), Math.max(high, spread[1])];
  }

  #spreadOf(tile: Cells): Range | null {
    const known = this.#spreads.get(tile);
    if (known !== undefined) return known;
    const spread = spreadOf(tile);
    this.#spreads.set(tile, spread);
    return spread;
  }
}

/** The colours of cells in a range, coloured as all values are: from 0 where those have both signs; null where nothing is gained. */
export function domainOfCells(range: Range | null, whole: Domain): Domain | null {
  if (range === null) return null;
  const { isDiverging } = whole;
  const limit = niceLimit([range]);
  const [low, high] = isDiverging ? [-limit, limit] : range;
  const isEmpty = isDiverging ? range[0] === 0 && range[1] === 0 : !(low < high);
  if (isEmpty || high - low >= ABOUT_ALL * (whole.high - whole.low)) return null;
  return { low, high, isDiverging };
}
