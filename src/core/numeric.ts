/**
 * Comparisons of numbers that may be NaN, rounding, and the length of a vector.
 */

/** The value of larger magnitude, NaN before all; of two as large the positive one, whichever comes first. */
export function largerMagnitude(left: number, right: number): number {
  if (Number.isNaN(left)) return left;
  const [own, other] = [Math.abs(left), Math.abs(right)];
  if (own === other) return Math.max(left, right);
  return other < own ? left : right;
}

/** The larger one; NaN when one is NaN. */
export function largerOrNaN(largest: number, value: number): number {
  return Number.isNaN(largest) || value <= largest ? largest : value;
}

/** The nearest value between two; `low` where they are the wrong way round. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** The nearest index of `count` items. */
export function clampIndex(index: number, count: number): number {
  return clamp(index, 0, count - 1);
}

/** All digits of a number as short as that goes: `1.3e-6`, `0.25`. */
export function shortest(value: number): string {
  const [plain, power] = [String(value), value.toExponential()];
  return power.length < plain.length ? power : plain;
}

/** The number with so many significant digits, without zeros at its end. */
export function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** A count, or a number of few digits: `20,480,000`, `1,234.5`. Steps and other indices have no commas. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
}

/** `47.9 %` of a whole; what is neither none nor all never reads as 0 or 100. */
export function percentOf(part: number, total: number): string {
  if (part === 0 || total === 0) return "0 %";
  if (part === total) return "100 %";
  const percent = (100 * part) / total;
  if (percent < 0.1) return "< 0.1 %";
  return percent > 99.9 ? "> 99.9 %" : `${percent.toFixed(1)} %`;
}

/** A likeness just below 1, by what it lacks: `1 − 2.5e-9`; null for any other number. */
export function belowOne(value: number): string | null {
  return value < 1 && value > 1 - 1e-5 ? `1 − ${(1 - value).toExponential(1)}` : null;
}

/** ‖v‖₂, scaled by the largest element, so that neither tiny nor huge values leave the range of float64. */
export function norm(values: Float64Array): number {
  let largest = 0;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (!(magnitude <= largest)) largest = magnitude;
    if (Number.isNaN(value)) return Number.NaN;
  }
  if (largest === 0 || largest === Infinity) return largest;
  let sum = 0;
  for (const value of values) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}
