/**
 * Likely causes of a difference: proven ones, such as permuted rows, and probable ones, such as low precision.
 */
import type { StateArray } from "../engine/base/engine";
import { text, type Text } from "../core/text";
import { allowedDifference, type Tolerance } from "./compare";

/** Part of a compared tensor, ours beside the reference: (outer, B, units). */
export interface ComparedBlock {
  /** Which direction of an output; 0 for states. */
  readonly part: number;
  readonly units: number;
  readonly ours: StateArray;
  readonly reference: StateArray;
}

/** A tensor that differs from its reference. */
export interface DifferingTensor {
  readonly batchSize: number;
  readonly lengths: readonly number[] | null;
  readonly tolerance: Tolerance;
  /** How far rounding alone moves the run. */
  readonly noiseFloor: number;
  /** Reads all values; the arrays of a block are valid until the next block. */
  readonly blocks: () => Iterable<ComparedBlock>;
}

/** Largest batch whose rows are compared, since the number of pairs grows with its square. */
const maxRows = 256;
/** The largest noise floor of a run at which equal rows can be recognised for certain. */
const maxNoise = 1e-4;

/** The reference's rows in the run: `order[row]` of the run is `row` of the reference; null when that is not proved. */
function rowOrder(tensor: DifferingTensor): readonly number[] | null {
  const { batchSize, noiseFloor } = tensor;
  if (batchSize < 2 || batchSize > maxRows || !(noiseFloor <= maxNoise)) return null;
  // For each row of the reference, the rows of the run that agree with it so far.
  let agreeing = Array.from({ length: batchSize }, () =>
    Array.from({ length: batchSize }, (_, row) => row),
  );
  for (const block of tensor.blocks()) {
    agreeing = agreeing.map((rows, row) => rows.filter((own) => agrees(tensor, block, own, row)));
    if (agreeing.some((rows) => rows.length === 0)) return null;
  }
  // Rows that agree with the same row agree with each other, so any of them can be taken.
  const taken = new Set<number>();
  const order = agreeing.map((rows) => {
    const row = rows.find((each) => !taken.has(each)) ?? -1;
    taken.add(row);
    return row;
  });
  return order.includes(-1) || order.every((own, row) => own === row) ? null : order;
}

function agrees(
  { batchSize, tolerance, noiseFloor }: DifferingTensor,
  { units, ours, reference }: ComparedBlock,
  own: number,
  row: number,
): boolean {
  const step = batchSize * units;
  for (let from = 0; from < ours.length; from += step) {
    for (let unit = 0; unit < units; unit++) {
      const value = reference[from + row * units + unit]!;
      const delta = Math.abs(ours[from + own * units + unit]! - value);
      if (!(delta <= allowedDifference(tolerance, value, noiseFloor))) return false;
    }
  }
  return true;
}

/** The sentence about rows in another order; null where it is not proved. */
export function rowOrderHint(tensor: DifferingTensor): Text | null {
  const order = rowOrder(tensor);
  if (order === null) return null;
  const shown = order.slice(0, 12).join(", ") + (order.length > 12 ? ", …" : "");
  return isSortedByLength(order, tensor.lengths)
    ? text(
        "the reference's rows are this run's in another order, the longest sequence first: they are its rows {0}. Packing sorts a batch so; put the reference back with unsorted_indices",
        shown,
      )
    : text(
        "the reference's rows are this run's in another order: they are its rows {0}. Give both the same order",
        shown,
      );
}

function isSortedByLength(order: readonly number[], lengths: readonly number[] | null): boolean {
  if (lengths === null) return false;
  const sorted = order.map((row) => lengths[row] ?? 0);
  return sorted.every((length, row) => row === 0 || length <= (sorted[row - 1] ?? 0));
}

/** The sentence about a reference of nothing but NaN. */
export const onlyNaNHint = text(
  "the reference holds nothing but NaN: there is nothing to compare with",
);

/** The sentence about values of the reference that are no numbers where the run's are; null where there are none. */
export function notANumberHint({ blocks }: DifferingTensor): Text | null {
  let [found, total] = [0, 0];
  for (const { ours, reference } of blocks()) {
    reference.forEach((value, at) => {
      if (Number.isNaN(value) && !Number.isNaN(ours[at]!)) found++;
    });
    total += reference.length;
  }
  if (found === 0) return null;
  return found === total
    ? onlyNaNHint
    : text(
        "the reference has NaN at {0} of {1} values where the run has numbers: NaN never passes",
        found,
        total,
      );
}

/** A scaled reference leaves at most this part of its root mean square, and is off by many times as much. */
const [MOST_LEFT, LEAST_SCALED] = [2e-3, 20];

/** The sentence about a reference of nothing but zeros. */
export const zeroHint = text("the reference is 0 everywhere: was it written before the run?");

/** The sentence about a reference that is a multiple of the run, or nothing but zeros; null where it is neither. */
export function scaledHint({ blocks }: Pick<DifferingTensor, "blocks">): Text | null {
  let [own, both, expected] = [0, 0, 0];
  for (const { ours, reference } of blocks()) {
    reference.forEach((value, at) => {
      own += ours[at]! * ours[at]!;
      both += ours[at]! * value;
      expected += value * value;
    });
  }
  // Without blocks, or where both are 0 everywhere, there is nothing to tell.
  if (own === 0) return null;
  if (expected === 0) return zeroHint;
  const factor = both / own;
  const left = Math.sqrt(Math.max(0, expected - factor * both) / expected);
  const isScaled = left <= MOST_LEFT && Math.abs(factor - 1) > LEAST_SCALED * left;
  if (!isScaled || !(Math.abs(factor - 1) > 1e-4)) return null;
  return text(
    "the reference is about {0} times the run's values, all of them: one of the two was scaled after the network",
    Number(factor.toPrecision(4)),
  );
}

/**
 * A difference as large as this against the values, by their root mean squares, may be one of products in TF32, each
 * factor of which is off by up to 2^-11 of itself.
 */
const reducedPrecision = { least: 2 ** -16, most: 2 ** -10 } as const;
/** Rounding of products stays in the states, so that a difference is like that of the step before; added noise is not. */
const LEAST_CARRIED = 0.2;
/** One wrong bias or row of weights moves its own unit more than this many times as far as a usual one. */
const MOST_OF_ONE_UNIT = 4;

/** A difference as large as this against the values may be one of weights or inputs that were rounded to 16 bits. */
const MOST_ROUNDED = 2 ** -6;

/** True for a difference as weights or inputs make it that were rounded to 16 bits: small, everywhere, of no one sign. */
export function looksRounded(tensor: DifferingTensor): boolean {
  const found = spreadOf(tensor);
  if (found === null || found.ratio < reducedPrecision.least || found.ratio > MOST_ROUNDED) {
    return false;
  }
  return isEverywhere(found) && found.ofUnits <= 0.5;
}

function isEverywhere({ touched, largest, evenness }: Spread): boolean {
  return touched >= 0.6 && largest <= 12 && evenness <= 12;
}

/** The sentence about products of reduced precision in an output; null where the difference does not look like it. */
export function reducedPrecisionHint(tensor: DifferingTensor): Text | null {
  const found = spreadOf(tensor);
  if (found === null) return null;
  const { ratio, ofUnits, ofOneUnit, carried } = found;
  const isOfSize = ratio >= reducedPrecision.least && ratio <= reducedPrecision.most;
  // A wrong bias or weight shifts the mean of each unit; rounding does not.
  const isOfUnits = ofUnits > 0.5 || ofOneUnit > MOST_OF_ONE_UNIT;
  if (!isOfSize || !isEverywhere(found) || isOfUnits || !(carried >= LEAST_CARRIED)) return null;
  return text(
    "a difference of this size ({0} of the values, by their root mean squares), in nearly every value and of no one sign, looks like products in TF32, as recent GPUs take them by default, or in another reduced precision: make the reference with torch.backends.cuda.matmul.allow_tf32 = False and torch.backends.cudnn.allow_tf32 = False, or on the CPU",
    ratio.toExponential(1),
  );
}

/** How a difference is spread over a tensor. */
interface Spread {
  /** Root mean square of the differences over that of the reference's values. */
  readonly ratio: number;
  /** Largest difference, in root mean squares. */
  readonly largest: number;
  /** Share of the values that differ by more than rounding. */
  readonly touched: number;
  /** Mean square of each unit's mean difference, over the mean square of all. */
  readonly ofUnits: number;
  /** The largest root mean square of a unit over the one in the middle. */
  readonly ofOneUnit: number;
  /** The largest root mean square of a step over the smallest one. */
  readonly evenness: number;
  /** Correlation of the differences with those one step before, -1…1; NaN of a single step. */
  readonly carried: number;
}

function largestOf(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), -Infinity);
}

class SpreadMeter {
  values = 0;
  touched = 0;
  squares = 0;
  largest = 0;
  ofReference = 0;
  /** By part and unit. */
  readonly units: { sum: number; squares: number; count: number }[][] = [];
  readonly steps: number[] = [];
  /** The differences of the last step of each part, (B, units). */
  readonly before: Float64Array[] = [];
  /** Of the differences of two steps one after the other: their products, and the squares of either. */
  readonly pairs = { products: 0, earlier: 0, later: 0 };
}

/** Adds a block; padding, which is 0 on both sides, does not count. */
function measure(
  meter: SpreadMeter,
  { part, units, ours, reference }: ComparedBlock,
  { batchSize, noiseFloor }: DifferingTensor,
): void {
  const ofUnits = (meter.units[part] ??= Array.from({ length: units }, () => ({
    sum: 0,
    squares: 0,
    count: 0,
  })));
  const step = batchSize * units;
  for (let from = 0; from < ours.length; from += step) {
    const before = [meter.squares, meter.values] as const;
    for (let k = from; k < from + step; k++) {
      const [own, value] = [ours[k]!, reference[k]!];
      if (own === 0 && value === 0) continue;
      const delta = own - value;
      meter.values++;
      meter.squares += delta * delta;
      meter.ofReference += value * value;
      meter.largest = Math.max(meter.largest, Math.abs(delta));
      if (Math.abs(delta) > 4 * noiseFloor) meter.touched++;
      const unit = ofUnits[k % units]!;
      unit.sum += delta;
      unit.squares += delta * delta;
      unit.count++;
    }
    const deltas = Float64Array.from(
      { length: step },
      (_, k) => ours[from + k]! - reference[from + k]!,
    );
    measurePair(meter, part, deltas);
    const [squares, values] = before;
    if (meter.values > values)
      meter.steps.push((meter.squares - squares) / (meter.values - values));
  }
}

/** Adds a step of a part beside the one before it. */
function measurePair({ before, pairs }: SpreadMeter, part: number, deltas: Float64Array): void {
  before[part]?.forEach((earlier, k) => {
    const later = deltas[k]!;
    pairs.products += earlier * later;
    pairs.earlier += earlier * earlier;
    pairs.later += later * later;
  });
  before[part] = deltas;
}

function spreadOf(tensor: DifferingTensor): Spread | null {
  const meter = new SpreadMeter();
  for (const block of tensor.blocks()) measure(meter, block, tensor);
  const { values, touched, squares, largest, ofReference, steps, pairs } = meter;
  if (values === 0 || !Number.isFinite(squares) || ofReference === 0) return null;
  const mean = squares / values;
  const units = meter.units.flat().filter(({ count }) => count > 0);
  const ofUnits = units.reduce((sum, unit) => sum + (unit.sum / unit.count) ** 2, 0) / units.length;
  const sizes = units.map((unit) => Math.sqrt(unit.squares / unit.count)).sort((a, b) => a - b);
  return {
    ratio: Math.sqrt(squares / ofReference),
    largest: largest / Math.sqrt(mean),
    touched: touched / values,
    ofUnits: ofUnits / mean,
    ofOneUnit: sizes.at(-1)! / sizes[Math.floor(sizes.length / 2)]!,
    evenness: Math.sqrt(largestOf(steps) / -largestOf(steps.map((step) => -step))),
    carried: pairs.products / Math.sqrt(pairs.earlier * pairs.later),
  };
}
