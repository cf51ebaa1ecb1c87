/**
 * Likely causes of a difference: proven ones, such as permuted rows, and probable ones, such as low precision.
 */
import { grouped } from "../core/numeric";
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

/** Sums over all values of a tensor and its reference. */
export interface Sums {
  readonly values: number;
  /** Values of the reference that are NaN where the run's are not. */
  readonly notNumbers: number;
  /** Of the squares of ours, of the products of both, of the squares of the reference, and of the differences. */
  readonly own: number;
  readonly both: number;
  readonly expected: number;
  readonly differences: number;
}

/** Reads every value once: a long run computes them again for each reading. */
export function sumsOf({ blocks }: Pick<DifferingTensor, "blocks">): Sums {
  const sums = { values: 0, notNumbers: 0, own: 0, both: 0, expected: 0, differences: 0 };
  for (const { ours, reference } of blocks()) {
    let [own, both, expected, differences] = [0, 0, 0, 0];
    for (let at = 0; at < reference.length; at++) {
      const value = ours[at]!;
      const wanted = reference[at]!;
      const delta = value - wanted;
      own += value * value;
      both += value * wanted;
      expected += wanted * wanted;
      differences += delta * delta;
    }
    // NaN anywhere shows in the sums: only then it is looked for.
    if (Number.isNaN(expected)) sums.notNumbers += notNumbersOf(ours, reference);
    sums.values += reference.length;
    sums.own += own;
    sums.both += both;
    sums.expected += expected;
    sums.differences += differences;
  }
  return sums;
}

function notNumbersOf(ours: StateArray, reference: StateArray): number {
  let found = 0;
  for (let at = 0; at < reference.length; at++) {
    if (Number.isNaN(reference[at]!) && !Number.isNaN(ours[at]!)) found++;
  }
  return found;
}

/** The sentence about a reference of nothing but NaN. */
export const onlyNaNHint = text(
  "the reference holds nothing but NaN: there is nothing to compare with",
);

/** The sentence about values of the reference that are no numbers where the run's are; null where there are none. */
export function notANumberHint({ notNumbers, values }: Sums): Text | null {
  if (notNumbers === 0) return null;
  return notNumbers === values
    ? onlyNaNHint
    : text(
        "the reference has NaN at {0} of {1} values where the run has numbers: NaN never passes",
        grouped(notNumbers),
        grouped(values),
      );
}

/** A scaled reference leaves at most this part of its root mean square, and is off by many times as much. */
const [MOST_LEFT, LEAST_SCALED] = [2e-3, 20];

/** The sentence about a reference of nothing but zeros. */
export const zeroHint = text("the reference is 0 everywhere: was it written before the run?");

/** The sentence about a reference that is a multiple of the run, or nothing but zeros; null where it is neither. */
export function scaledHint({ own, both, expected }: Sums): Text | null {
  // Without values, or where both are 0 everywhere, there is nothing to tell.
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
