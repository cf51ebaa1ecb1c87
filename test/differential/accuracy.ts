/**
 * How far results are from float64, and how far they may be.
 *
 * The rule: the error of ours is at most twice that of PyTorch's own float32, and an error below `floorOf` counts as
 * the floor. How large PyTorch's error is depends on the order of its sums: the same network with its units in another
 * order has an error two times as large in one of a hundred cases, four times in one of a thousand. So a run that is
 * farther off is judged again, where it can be, against PyTorch's largest error over many orders, and against that of
 * the equations in float32 with every sum added up one term after another: PyTorch adds up a long sum in parts, which
 * errs less whatever the order, and in a network of one unit it has no other sums.
 */
import assert from "node:assert/strict";
import type { Precision } from "../../src/engine/base/engine";
import type { Tensor } from "../../src/tensor/tensor";

type Values = Pick<Tensor, "data">;

/** Tensors by name. */
export type Results = ReadonlyMap<string, Values>;

/** Errors of one run at one precision. */
export interface Errors {
  readonly precision: Precision;
  /** Largest |ours − PyTorch's float64|. */
  readonly ours: number;
  /** The same of PyTorch's own arithmetic in this precision. */
  readonly theirs: number;
  /** ours over theirs, each at least the floor. */
  readonly ratio: number;
}

/** Distances from 1 to the next number. */
const epsilon: Readonly<Record<Precision, number>> = {
  f64: 2 ** -52,
  f32: 2 ** -23,
  f16: 2 ** -10,
  bf16: 2 ** -7,
};

/** In float64 it is the distance of two rounded results, and so no measure of either. */
const allowedRatio: Readonly<Record<Precision, number>> = { f32: 2, f16: 2, bf16: 2, f64: 16 };

/** True for a run that is farther off than the rule allows. */
export function breaksRule({ ratio, precision }: Errors): boolean {
  return !(ratio <= allowedRatio[precision]);
}

/** Errors of ours and of PyTorch, whose results may come several times; the first ones say where NaN belongs. */
export function errorsOf(
  precision: Precision,
  ours: Results,
  theirs: readonly [Results, ...Results[]],
  exact: Results,
  largestSum: number,
): Errors {
  const [reference] = theirs;
  const floor = floorOf([...exact.values()], precision, largestSum);
  // One that overflows elsewhere than the first says nothing about rounding.
  const measures = theirs.map((each) => largestError(each, exact, reference));
  const errors = {
    ours: largestError(ours, exact, reference),
    theirs: Math.max(...measures.filter(Number.isFinite)),
  };
  return {
    precision,
    ...errors,
    ratio: Math.max(errors.ours, floor) / Math.max(errors.theirs, floor),
  };
}

/**
 * Largest |found − exact|; Infinity where NaN or an infinity of the reference is not one of ours as well, or ours not
 * one of the reference.
 */
export function largestError(found: Results, exact: Results, reference: Results): number {
  let largest = 0;
  assert.deepEqual([...found.keys()], [...exact.keys()]);
  for (const [name, { data }] of exact) {
    const ours = found.get(name)?.data ?? [];
    const theirs = reference.get(name)?.data ?? [];
    assert.equal(ours.length, data.length, name);
    for (const [index, value] of data.entries()) {
      largest = Math.max(largest, errorAt(ours[index] ?? NaN, value, theirs[index] ?? NaN));
    }
  }
  return largest;
}

function errorAt(found: number, exact: number, reference: number): number {
  if (!Number.isFinite(reference) || !Number.isFinite(found)) {
    return Object.is(found, reference) ? 0 : Infinity;
  }
  // What overflows in this precision only has no error that says something.
  return Number.isFinite(exact) ? Math.abs(found - exact) : 0;
}

/** Errors below this say nothing: one unit in the last place of the largest value, or of the largest sum before it. */
export function floorOf(
  tensors: readonly Values[],
  precision: Precision,
  largestSum: number,
): number {
  let largest = Math.max(1, largestSum);
  for (const { data } of tensors) {
    for (const value of data) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    }
  }
  return epsilon[precision] * largest;
}
