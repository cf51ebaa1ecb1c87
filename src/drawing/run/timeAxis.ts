/**
 * The labels of the time axis, spaced so that they can be read; no DOM.
 */
import { wholeTicks } from "../base/ticks";
import type { UnrolledLayout } from "./layout";

/** Narrower labels stand no closer than this, CSS pixels. */
const CLOSEST = 22;
/** Width of a digit, and what stays free between two labels. */
const DIGIT = 7;
const BETWEEN = 10;
/** More labels than this are no help in finding a step. */
const MOST = 24;

/** Steps that get a label, in their order. */
export function labelledSteps(
  { steps: [start, end], plotWidth, columnWidth }: UnrolledLayout,
  seqLength: number,
): number[] {
  const room = Math.max(CLOSEST, String(seqLength - 1).length * DIGIT + BETWEEN);
  const count = Math.max(1, Math.floor(plotWidth / room));
  if (end - start <= count) {
    const first = Math.max(0, Math.floor(start));
    const last = Math.min(seqLength, Math.ceil(end));
    return Array.from({ length: last - first }, (_, index) => first + index);
  }
  // A number of ticks is taken as a wish: there may be more, which would run into each other.
  for (let wish = Math.min(count, MOST); ; wish--) {
    const ticks = wholeTicks(start, end, wish);
    const [first = 0, second = Infinity] = ticks;
    if (wish > 1 && (second - first) * columnWidth < room) continue;
    return ticks.filter((step) => step >= 0 && step < seqLength);
  }
}
