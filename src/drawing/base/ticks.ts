/**
 * Places of labels on an axis of integers; no DOM.
 */

/** Multiples of 1, 2 or 5 times a power of ten within start … end, both included: about `count`, which is at least 1. */
export function wholeTicks(start: number, end: number, count: number): number[] {
  const wanted = (end - start) / count;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const ratio = wanted / power;
  // The factor whose ratio to what is wanted is the smallest: the limits are geometric means of neighbours.
  const factor =
    [1, 2, 5, 10].find(
      (each, index) => ratio < Math.sqrt(each * ([2, 5, 10][index] ?? Infinity)),
    ) ?? 10;
  const step = Math.max(1, factor * power);
  const ticks: number[] = [];
  for (let index = Math.ceil(start / step); index * step <= end; index++) ticks.push(index * step);
  // A single label may fall between two multiples.
  return ticks.length === 0 && count < 2 ? wholeTicks(start, end, 2 * count) : ticks;
}
