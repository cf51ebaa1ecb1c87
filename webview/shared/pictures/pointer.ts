/**
 * Pointer and wheel gestures that all pictures share.
 */

/** A press that moves farther than this is a drag, CSS pixels. */
export const DRAG_FROM = 4;
/** Wheel distance, in CSS pixels, that doubles or halves what is shown. */
export const WHEEL_PER_DOUBLING = 240;
const LINE_PIXELS = 16;

/** A distance of the wheel in CSS pixels. */
export function wheelPixels({ deltaMode }: WheelEvent, delta: number): number {
  return deltaMode === WheelEvent.DOM_DELTA_PIXEL ? delta : delta * LINE_PIXELS;
}
