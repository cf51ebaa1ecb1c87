/**
 * How many pairs of a value and its reference lie where: counts over a plane, gathered in one pass.
 */

/** Counts over a plane; cells that hold nothing are left out. */
export interface Density {
  /** Column, row, pairs, and pairs of them outside tolerance: four numbers a cell. */
  readonly cells: Float64Array;
}

/** The sizes of differences by the magnitude of their reference, both on a logarithmic scale. */
export interface ErrorDensity extends Density {
  readonly magnitudes: LogBins;
  readonly errors: LogBins;
}

/** Values by their references, in cells of the same size around 0. */
export interface PairDensity extends Density {
  /** Columns (reference) and rows (ours) of the plane, which reaches from −half to half. */
  readonly size: number;
  readonly half: number;
  /** Pairs with a value that is not finite, which lie nowhere. */
  readonly irregular: number;
}

/** Bins of equal ratio from 10^low to 10^high; the first one holds what is smaller, the last what is larger or no number. */
export interface LogBins {
  readonly low: number;
  readonly high: number;
  readonly perDecade: number;
}

const PER_DECADE = 4;
const MAGNITUDES: LogBins = { low: -12, high: 6, perDecade: PER_DECADE };
const ERRORS: LogBins = { low: -18, high: 6, perDecade: PER_DECADE };

/** Columns and rows of the plane of pairs; even, so that 0 lies between two. */
const PAIR_SIZE = 48;
/** The plane starts this narrow and doubles until a pair fits. */
const FIRST_HALF = 2 ** -20;

/** Counts of cells in a plane. */
class Plane {
  readonly columns: number;
  readonly counts: Float64Array;
  readonly outside: Float64Array;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.counts = new Float64Array(columns * rows);
    this.outside = new Float64Array(columns * rows);
  }

  add(column: number, row: number, isOutside: boolean): void {
    const cell = row * this.columns + column;
    this.counts[cell]!++;
    if (isOutside) this.outside[cell]!++;
  }

  cells(): Float64Array {
    const found: number[] = [];
    this.counts.forEach((count, cell) => {
      if (count === 0) return;
      const column = cell % this.columns;
      found.push(column, (cell - column) / this.columns, count, this.outside[cell]!);
    });
    return Float64Array.from(found);
  }
}

function binCount({ low, high, perDecade }: LogBins): number {
  return (high - low) * perDecade + 2;
}

function binOf(magnitude: number, bins: LogBins): number {
  const { low, perDecade } = bins;
  if (magnitude === 0) return 0;
  const bin = 1 + Math.floor((Math.log10(magnitude) - low) * perDecade);
  const last = binCount(bins) - 1;
  return bin <= last ? Math.max(0, bin) : last;
}

/** Gathers sizes of differences. */
export class ErrorPlane {
  readonly #plane = new Plane(binCount(MAGNITUDES), binCount(ERRORS));

  add(reference: number, size: number, isOutside: boolean): void {
    const column = binOf(Math.abs(reference), MAGNITUDES);
    this.#plane.add(column, binOf(size, ERRORS), isOutside);
  }

  finish(): ErrorDensity {
    return { magnitudes: MAGNITUDES, errors: ERRORS, cells: this.#plane.cells() };
  }
}

/** Gathers pairs in a plane that becomes as wide as they need: where one does not fit, four cells become one. */
export class PairPlane {
  #half = FIRST_HALF;
  #plane = new Plane(PAIR_SIZE, PAIR_SIZE);
  #irregular = 0;

  add(ours: number, reference: number, isOutside: boolean): void {
    const most = Math.max(Math.abs(ours), Math.abs(reference));
    if (!Number.isFinite(most)) {
      this.#irregular++;
      return;
    }
    while (most >= this.#half) this.#widen();
    this.#plane.add(this.#cellOf(reference), this.#cellOf(ours), isOutside);
  }

  finish(): PairDensity {
    const cells = this.#plane.cells();
    return { size: PAIR_SIZE, half: this.#half, irregular: this.#irregular, cells };
  }

  #cellOf(value: number): number {
    const cell = Math.floor((value / this.#half + 1) * (PAIR_SIZE / 2));
    return Math.min(PAIR_SIZE - 1, cell);
  }

  #widen(): void {
    const before = this.#plane;
    this.#plane = new Plane(PAIR_SIZE, PAIR_SIZE);
    this.#half *= 2;
    const middle = PAIR_SIZE / 2;
    const halved = (index: number): number => Math.floor((index - middle) / 2) + middle;
    for (let row = 0; row < PAIR_SIZE; row++) {
      for (let column = 0; column < PAIR_SIZE; column++) {
        const from = row * PAIR_SIZE + column;
        if (before.counts[from] === 0) continue;
        const to = halved(row) * PAIR_SIZE + halved(column);
        this.#plane.counts[to]! += before.counts[from]!;
        this.#plane.outside[to]! += before.outside[from]!;
      }
    }
  }
}
