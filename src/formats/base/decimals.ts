/**
 * Numbers written in decimals: what is exact, and what is the print of a float32.
 */

/** Powers of ten up to 10^22 are exact, so that one division rounds as reading the digits does (Clinger 1990). */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, exponent) =>
  Number(`1e${exponent}`),
);

/** Nine digits distinguish all float32 values: a number with at most nine is taken for a printed float32. */
export const float32Digits = 9;

/** Smallest normal and largest finite float32. */
const float32Range = [2 ** -126, (2 - 2 ** -23) * 2 ** 127] as const;

/** True for sizes that a float32 has with its full precision. */
export function isFloat32Size(magnitude: number): boolean {
  return magnitude >= float32Range[0] && magnitude <= float32Range[1];
}
