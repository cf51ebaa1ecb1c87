/**
 * How far returned values are from others, over valid steps and over padding, and whether that is rounding.
 */
import { difference } from "../../analysis/compare";
import { sameShape } from "../../tensor/tensor";
import { returnedNames, type Case, type Returned, type Values } from "../base/model";

/** What was found of returned values beside those of a reference. */
export interface Distance {
  /** False where a tensor has another shape; its values count as infinitely far then. */
  readonly hasShapes: boolean;
  /** Largest difference at valid steps. */
  readonly most: number;
  /** Mean difference at valid steps; Infinity where a value is not a number on one side alone. */
  readonly mean: number;
  /** Values at valid steps that are farther off than the tolerance, and values in all. */
  readonly outside: number;
  readonly count: number;
  /** Largest difference in the padding of `output`. */
  readonly padding: number;
}

/** A distance of which every value was measured. */
export interface MeasuredDistance extends Distance {
  /** Largest difference of the values that are not farther off than the tolerance. */
  readonly rest: number;
  /** Values that are NaN on both sides, which counts as no difference. */
  readonly bothNaN: number;
}

/** A distance while it is measured. */
class Meter {
  most = 0;
  sum = 0;
  outside = 0;
  count = 0;
  rest = 0;
  bothNaN = 0;
  padding = 0;
  hasShapes = true;

  add(ours: number, theirs: number, tolerance: number): void {
    const distance = distanceOf(ours, theirs);
    this.most = Math.max(this.most, distance);
    this.sum += distance;
    if (distance > tolerance) this.outside += 1;
    else if (distance > this.rest) this.rest = distance;
    if (Number.isNaN(ours) && Number.isNaN(theirs)) this.bothNaN += 1;
    this.count += 1;
  }

  finish(): MeasuredDistance {
    const { hasShapes, outside, count, rest, bothNaN, padding } = this;
    const most = hasShapes ? this.most : Infinity;
    const mean = hasShapes ? (count === 0 ? 0 : this.sum / count) : Infinity;
    return { hasShapes, most, mean, outside, count, rest, bothNaN, padding };
  }
}

/** |ours − theirs|; 0 for NaN beside NaN and for the same infinity, Infinity where one side alone is not finite. */
export function distanceOf(ours: number, theirs: number): number {
  const distance = Math.abs(difference(ours, theirs, true));
  return Number.isNaN(distance) ? Infinity : distance;
}

/** The distance of what is returned from every tensor that `target` has. */
export function distanceFrom(
  returned: Returned,
  target: Returned,
  the: Pick<Case, "model" | "hasPadding">,
  tolerance: number,
): MeasuredDistance {
  const meter = new Meter();
  for (const name of returnedNames) {
    const theirs = target[name];
    if (theirs === null) continue;
    const ours = returned[name];
    if (ours === null || !sameShape(ours.shape, theirs.shape)) {
      meter.hasShapes = false;
      continue;
    }
    const isPadding = name === "output" && the.hasPadding ? paddingOf(the, theirs) : null;
    if (isPadding === null) addAll(meter, ours.data, theirs.data, tolerance);
    else addValid(meter, { ours: ours.data, theirs: theirs.data, tolerance }, isPadding);
  }
  return meter.finish();
}

function addAll(meter: Meter, ours: Float64Array, theirs: Float64Array, tolerance: number): void {
  for (let k = 0; k < theirs.length; k++) meter.add(ours[k]!, theirs[k]!, tolerance);
}

interface Beside {
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
  readonly tolerance: number;
}

function addValid(
  meter: Meter,
  { ours, theirs, tolerance }: Beside,
  isPadding: (index: number) => boolean,
): void {
  for (let k = 0; k < theirs.length; k++) {
    if (!isPadding(k)) meter.add(ours[k]!, theirs[k]!, tolerance);
    else meter.padding = Math.max(meter.padding, distanceOf(ours[k]!, theirs[k]!));
  }
}

/** Tells the padding of an output in the layout of the run; null for one in another layout. */
function paddingOf(
  { model }: Pick<Case, "model">,
  { shape }: Values,
): ((index: number) => boolean) | null {
  const { config, seqLength: T, batchSize: B, lengths } = model;
  const [first = 0, second = 0, width = 1] = shape;
  if (shape.length !== 3) return null;
  const [steps, rows] = config.batchFirst ? [second, first] : [first, second];
  if (steps !== T || rows !== B) return null;
  return (index) => {
    const place = Math.floor(index / width);
    const [t, row] = config.batchFirst
      ? [place % T, Math.floor(place / T)]
      : [Math.floor(place / B), place % B];
    return t >= lengths[row]!;
  };
}

/** The largest magnitude of returned values at valid steps, 1 at least. */
export function scaleOf(returned: Returned, the: Pick<Case, "model" | "hasPadding">): number {
  let most = 1;
  for (const name of returnedNames) {
    const values = returned[name];
    if (values === null) continue;
    const isPadding = name === "output" && the.hasPadding ? paddingOf(the, values) : null;
    values.data.forEach((value, index) => {
      const magnitude = Math.abs(value);
      if (magnitude <= most || magnitude === Infinity || isPadding?.(index) === true) return;
      if (!Number.isNaN(magnitude)) most = magnitude;
    });
  }
  return most;
}

/** Rounding moves values by at most this many times what it was measured to. */
export const NOISE_FACTOR = 32;
/** Rounding that is allowed in any run, relative to the largest magnitude. */
const LEAST_TOLERANCE = 3e-6;

/** What counts as rounding: `noise` is the distance of a float32 run from its float64 run. */
export function toleranceOf(noise: number, scale: number): number {
  return Math.max(NOISE_FACTOR * noise, LEAST_TOLERANCE * scale);
}
