/**
 * How a difference is spread over a tensor, which tells rounding from mistakes: products of reduced precision, and weights
 * or inputs that were rounded to 16 bits.
 */
import { text, type Text } from "../core/text";
import type { ComparedBlock, DifferingTensor, Sums } from "./hints";

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
export function looksRounded(found: Spread | null): boolean {
  return found !== null && isEverywhere(found) && found.ofUnits <= 0.5;
}

function isEverywhere({ touched, largest, evenness }: Spread): boolean {
  return touched >= 0.6 && largest <= 12 && evenness <= 12;
}

/** The sentence about products of reduced precision in an output; null where the difference does not look like it. */
export function reducedPrecisionHint(found: Spread | null): Text | null {
  if (found === null) return null;
  const { ratio, ofUnits, ofOneUnit, carried } = found;
  const isOfSize = ratio <= reducedPrecision.most;
  // A wrong bias or weight shifts the mean of each unit; rounding does not.
  const isOfUnits = ofUnits > 0.5 || ofOneUnit > MOST_OF_ONE_UNIT;
  if (!isOfSize || !isEverywhere(found) || isOfUnits || !(carried >= LEAST_CARRIED)) return null;
  return text(
    "a difference of this size ({0} of the values, by their root mean squares), in nearly every value and of no one sign, looks like products in TF32, as recent GPUs take them by default, or in another reduced precision: make the reference with torch.backends.cuda.matmul.allow_tf32 = False and torch.backends.cudnn.allow_tf32 = False, or on the CPU",
    ratio.toExponential(1),
  );
}

/** How a difference is spread over a tensor. */
export interface Spread {
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

/** Of the differences of one unit. */
interface UnitMeter {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly counts: Float64Array;
}

class SpreadMeter {
  values = 0;
  touched = 0;
  squares = 0;
  largest = 0;
  /** By part, in each by unit. */
  readonly units: UnitMeter[] = [];
  readonly steps: number[] = [];
  /** The differences of the last step of each part, (B, units). */
  readonly before: Float64Array[] = [];
  /** Of the differences of two steps one after the other: their products, and the squares of either. */
  readonly pairs = { products: 0, earlier: 0, later: 0 };
}

/** Adds a block; padding, which is 0 on both sides, does not count. */
function measure(
  meter: SpreadMeter,
  block: ComparedBlock,
  { batchSize, noiseFloor }: DifferingTensor,
): void {
  const { part, units, ours } = block;
  meter.units[part] ??= {
    sums: new Float64Array(units),
    squares: new Float64Array(units),
    counts: new Float64Array(units),
  };
  const step = batchSize * units;
  for (let from = 0; from < ours.length; from += step) {
    measureStep(meter, block, { from, step, most: 4 * noiseFloor });
  }
}

/** Adds `step` values from `from` on: those of one step; `most` is what rounding makes of one. */
function measureStep(
  meter: SpreadMeter,
  { part, units, ours, reference }: ComparedBlock,
  { from, step, most }: { readonly from: number; readonly step: number; readonly most: number },
): void {
  const ofUnits = meter.units[part]!;
  const deltas = new Float64Array(step);
  let [values, touched, squares, largest] = [0, 0, 0, 0];
  for (let k = 0; k < step; k++) {
    const own = ours[from + k]!;
    const value = reference[from + k]!;
    if (own === 0 && value === 0) continue;
    const delta = own - value;
    const size = Math.abs(delta);
    deltas[k] = delta;
    values++;
    squares += delta * delta;
    largest = Math.max(largest, size);
    if (size > most) touched++;
    const unit = k % units;
    ofUnits.sums[unit]! += delta;
    ofUnits.squares[unit]! += delta * delta;
    ofUnits.counts[unit]!++;
  }
  measurePair(meter, part, deltas);
  if (values === 0) return;
  meter.values += values;
  meter.touched += touched;
  meter.squares += squares;
  meter.largest = Math.max(meter.largest, largest);
  meter.steps.push(squares / values);
}

/** Adds a step of a part beside the one before it. */
function measurePair({ before, pairs }: SpreadMeter, part: number, deltas: Float64Array): void {
  const earlier = before[part];
  before[part] = deltas;
  if (earlier === undefined) return;
  for (let k = 0; k < deltas.length; k++) {
    pairs.products += earlier[k]! * deltas[k]!;
    pairs.earlier += earlier[k]! * earlier[k]!;
    pairs.later += deltas[k]! * deltas[k]!;
  }
}

/** The spread of a difference of the size that rounding to fewer bits makes; null of another one, which nobody asks about. */
export function spreadOf(tensor: DifferingTensor, { differences, expected }: Sums): Spread | null {
  const ratio = Math.sqrt(differences / expected);
  if (!(ratio >= reducedPrecision.least && ratio <= MOST_ROUNDED)) return null;
  const meter = new SpreadMeter();
  for (const block of tensor.blocks()) measure(meter, block, tensor);
  const { values, touched, squares, largest, steps, pairs } = meter;
  const mean = squares / values;
  const units = meter.units.flatMap(({ sums, squares: ofUnit, counts }) =>
    Array.from(counts, (count, unit) => ({
      ...{ count, mean: sums[unit]! / count, size: Math.sqrt(ofUnit[unit]! / count) },
    })).filter(({ count }) => count > 0),
  );
  const ofUnits = units.reduce((sum, unit) => sum + unit.mean ** 2, 0) / units.length;
  const sizes = units.map(({ size }) => size).sort((a, b) => a - b);
  return {
    ratio,
    largest: largest / Math.sqrt(mean),
    touched: touched / values,
    ofUnits: ofUnits / mean,
    ofOneUnit: sizes.at(-1)! / sizes[Math.floor(sizes.length / 2)]!,
    evenness: Math.sqrt(largestOf(steps) / -largestOf(steps.map((step) => -step))),
    carried: pairs.products / Math.sqrt(pairs.earlier * pairs.later),
  };
}
