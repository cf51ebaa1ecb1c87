/**
 * Rectangles of texts, by which later texts avoid drawing over them; no DOM.
 */

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What canvases tell of a text, as distances from where it is written. */
interface Extent {
  readonly actualBoundingBoxLeft: number;
  readonly actualBoundingBoxRight: number;
  readonly actualBoundingBoxAscent: number;
  readonly actualBoundingBoxDescent: number;
}

/** Air around a text, CSS pixels. */
const AIR = 2;

/** The box of a text that was written at a point, with air around it. */
export function boxOfText(extent: Extent, x: number, y: number): Rect {
  return {
    x: x - extent.actualBoundingBoxLeft - AIR,
    y: y - extent.actualBoundingBoxAscent - AIR,
    width: extent.actualBoundingBoxLeft + extent.actualBoundingBoxRight + 2 * AIR,
    height: extent.actualBoundingBoxAscent + extent.actualBoundingBoxDescent + 2 * AIR,
  };
}

/** True when two boxes have some area in common. */
export function overlaps(one: Rect, other: Rect): boolean {
  const isBeside = one.x >= other.x + other.width || other.x >= one.x + one.width;
  const isAbove = one.y >= other.y + other.height || other.y >= one.y + one.height;
  return !isBeside && !isAbove;
}
