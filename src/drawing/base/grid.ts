/**
 * The grid of tiles of a picture: fixed places, aggregated in powers of two, so that tiles can be reused. No DOM.
 */

/** Cells along a side of a tile: a few tiles fill a screen, one answers quickly. */
export const TILE_SIDE = 256;

/** Smallest power of two that is at least `value`, and at least 1. */
function powerOfTwoFrom(value: number): number {
  return value <= 1 ? 1 : 2 ** Math.ceil(Math.log2(value));
}

/**
 * How many items share a cell.
 *
 * Never fewer than the screen can show: a block that is smaller than a device pixel would be dropped by chance, and
 * with it the one value that is wrong.
 */
export function blockSize(devicePixelsPerItem: number): number {
  return powerOfTwoFrom(1 / devicePixelsPerItem);
}

/** The half-open ranges of a grid of `size` items that cover [start, end) of `count` items. */
export function cover(
  start: number,
  end: number,
  size: number,
  count: number,
): readonly (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = [];
  const first = Math.floor(Math.max(0, start) / size) * size;
  for (let at = first; at < Math.min(count, end); at += size) {
    ranges.push([at, Math.min(count, at + size)]);
  }
  return ranges;
}
