/**
 * How much of a window is outside tolerance, and how that is marked; no DOM.
 */
import type { WindowData } from "../../protocol/run/windowMessages";

/** Where more than this is outside the frame says so, and lines over all of it would hide how much. */
const MOST_HATCHED = 0.5;

const known = new WeakMap<WindowData, number>();

/** Counted once for each window. */
function shareOf(data: WindowData): number {
  const share =
    known.get(data) ??
    data.outside.reduce((sum, each) => sum + each, 0) / Math.max(1, data.outside.length);
  known.set(data, share);
  return share;
}

/** The marks of what is outside tolerance: lines over it, or its frame alone; null where all is inside. */
export function outsideMark(data: WindowData): "hatched" | "framed" | null {
  const share = shareOf(data);
  if (share === 0) return null;
  return share <= MOST_HATCHED ? "hatched" : "framed";
}
