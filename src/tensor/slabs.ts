/**
 * Cuts a box into pieces of bounded size, in row-major order.
 */
import type { Box } from "./raw";
import { elementCount, type Shape } from "./tensor";

/**
 * Cuts a box into consecutive boxes of at most `maxElements` in row-major order. It cuts at the edges of chunks where
 * possible, because a chunk that is cut must be unpacked twice.
 */
export function* slabsOf(box: Box, maxElements: number, chunks: Shape | null): Generator<Box> {
  const { start, size } = box;
  const axis = size.findIndex((_, index) => elementCount(size.slice(index + 1)) <= maxElements);
  if (axis < 0) {
    yield box;
    return;
  }
  const inner = elementCount(size.slice(axis + 1));
  const most = Math.max(1, Math.floor(maxElements / Math.max(1, inner)));
  for (const outer of indices(size.slice(0, axis))) {
    const end = start[axis]! + size[axis]!;
    for (let from = start[axis]!; from < end;) {
      const to = cutAtEdge(from, Math.min(from + most, end), { end, chunk: chunks?.[axis] ?? 1 });
      yield {
        start: [...outer.map((at, index) => start[index]! + at), from, ...start.slice(axis + 1)],
        size: [...outer.map(() => 1), to - from, ...size.slice(axis + 1)],
      };
      from = to;
    }
  }
}

/** `to`, or the last edge of a chunk before it if that is after `from`. */
export function cutAtEdge(
  from: number,
  to: number,
  { end, chunk }: { end: number; chunk: number },
): number {
  const edge = to - (to % chunk);
  return to === end || edge <= from ? to : edge;
}

/** All indices below `sizes` in row-major order. */
function* indices(sizes: Shape): Generator<number[]> {
  const count = elementCount(sizes);
  const index = sizes.map(() => 0);
  for (let done = 0; done < count; done += 1) {
    yield [...index];
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < sizes[axis]!) break;
      index[axis] = 0;
    }
  }
}
