/**
 * Distances in units in the last place.
 */
import type { Precision } from "../../engine/base/engine";

/** Bits of a significand without the leading one, and the exponent of the smallest normal number. */
const formats: Readonly<Record<Precision, readonly [mantissaBits: number, minExponent: number]>> = {
  f16: [10, -14],
  bf16: [7, -126],
  f32: [23, -126],
  f64: [52, -1022],
};

const bits = new DataView(new ArrayBuffer(8));

/** ⌊log₂ x⌋ of a normal number; less than every exponent of a format for zero and subnormal float64 numbers. */
function exponentOf(magnitude: number): number {
  bits.setFloat64(0, magnitude);
  return ((bits.getUint32(0) >>> 20) & 0x7ff) - 1023;
}

/**
 * How many numbers of the format lie between two values, one of them included: the distance of their ordered bits.
 * Values below `floor` are counted by the spacing at `floor`, since a sum that cancels to nearly zero has the error of
 * its terms. NaN where one is NaN or infinite and the other is not the same.
 */
export function ulpDistance(ours: number, reference: number, { floor, precision }: Ulps): number {
  if (ours === reference) return 0;
  if (!Number.isFinite(ours) || !Number.isFinite(reference)) return Number.NaN;
  const [mantissaBits, minExponent] = formats[precision];
  const lowest = Math.max(minExponent, exponentOf(floor));
  const left = placeOf(Math.abs(ours), lowest, mantissaBits);
  const right = placeOf(Math.abs(reference), lowest, mantissaBits);
  const side = ours < 0 === reference < 0 ? -1 : 1;
  // Steps and binades apart, since their sum would be too large for float64 to count single steps of float64 in.
  const steps = left.steps + side * right.steps;
  const binades = left.binades + side * right.binades;
  return Math.abs(steps + binades * 2 ** mantissaBits);
}

/** How distances are counted. */
export interface Ulps {
  /** Magnitude below which the spacing no longer gets smaller. */
  readonly floor: number;
  readonly precision: Precision;
}

/** Position of a magnitude among the numbers of a format: steps from zero, and whole binades of 2^mantissaBits steps. */
function placeOf(
  magnitude: number,
  lowest: number,
  mantissaBits: number,
): { readonly steps: number; readonly binades: number } {
  const exponent = Math.max(lowest, exponentOf(magnitude));
  return { steps: magnitude / 2 ** (exponent - mantissaBits), binades: exponent - lowest };
}
