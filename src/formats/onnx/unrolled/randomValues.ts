/** Numbers of about unit size from a seed, the same in every run. */

/** Spread over −1 … 1 by a linear congruential generator (Numerical Recipes, "quick and dirty"). */
export function randomValues(count: number, seed: number): Float64Array {
  let state = (seed * 2_654_435_761) >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
