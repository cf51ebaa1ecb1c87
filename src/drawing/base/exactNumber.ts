/**
 * Numbers as precise text: significant digits, signs. No DOM.
 */
import { irregularGlyph } from "./irregular";

/** Digits that tell any two float32 values apart. */
export const FLOAT32_DIGITS = 9;

/** Digits of the parts of a sum: enough to follow it, few enough to read it. */
export const PART_DIGITS = 6;

/** Below this the zeros after the point would have to be counted. */
const SMALLEST_DECIMAL = 1e-3;

/** The value with so many significant digits; ASCII signs, so that it can be pasted into code. */
export function significant(value: number, digits: number): string {
  const glyph = irregularGlyph(value);
  if (glyph !== null) return glyph;
  if (value === 0) return "0";
  if (Math.abs(value) < SMALLEST_DECIMAL) return value.toExponential(digits - 1);
  return value.toPrecision(digits);
}

/** `+ 0.0312` or `- 0.2204`, as a further term of a sum. */
export function signedTerm(value: number, digits: number): string {
  const isNegative = value < 0 || Object.is(value, -0);
  if (Math.abs(value) === Infinity) return isNegative ? "- ∞" : "+ ∞";
  return `${isNegative ? "-" : "+"} ${significant(Math.abs(value), digits)}`;
}

/** True when |Δ| is within what is allowed; NaN is not, unless both values are NaN and that counts as equal. */
export function isWithin(delta: number, allowed: number, nanCountsAsEqual: boolean): boolean {
  return nanCountsAsEqual || Math.abs(delta) <= allowed;
}

/** True where more is allowed than by the tolerance: the rounding noise that was measured at this place. */
export function isNoise(
  reference: number,
  allowed: number,
  { rtol, atol }: { readonly rtol: number; readonly atol: number },
): boolean {
  return allowed > atol + rtol * (Number.isFinite(reference) ? Math.abs(reference) : 0);
}
