/**
 * Comparisons of numbers that may be NaN.
 */

/** The value of larger magnitude, NaN before all; of two as large the positive one, whichever comes first. */
export function largerMagnitude(left: number, right: number): number {
  if (Number.isNaN(left)) return left;
  const [own, other] = [Math.abs(left), Math.abs(right)];
  if (own === other) return Math.max(left, right);
  return other < own ? left : right;
}
