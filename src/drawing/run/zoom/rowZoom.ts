/**
 * The effect of zooming over units: which units of a lane are on screen, and what stays where it is; no DOM.
 */
import { clamp } from "../../../core/numeric";
import type { Band, LaneBox, LaneStack } from "../laneStack";

/** Part of the content that is on screen, CSS pixels. */
export interface Scrolled {
  readonly top: number;
  readonly height: number;
}

/** Half-open range of the units of a band that are on screen; empty where it is not. */
export function unitsOnScreen(
  { top, height }: Pick<Band, "top" | "height">,
  units: number,
  screen: Scrolled,
): readonly [from: number, to: number] {
  const at = (y: number): number => clamp(((y - top) / height) * units, 0, units);
  return [Math.floor(at(screen.top)), Math.ceil(at(screen.top + screen.height))];
}

/** A point of a lane, and its place on screen, which it keeps while lanes become higher. */
export interface RowAnchor {
  readonly lane: string;
  /** 0 at the top of the lane, 1 at its end; beyond them in the gaps beside it. */
  readonly share: number;
  /** CSS pixels from the top of the view. */
  readonly at: number;
}

/** The lane at a height of the content, or the nearest one. */
export function anchorAt({ boxes }: Pick<LaneStack, "boxes">, y: number, top: number): RowAnchor {
  const distance = (box: LaneBox): number => Math.max(box.top - y, y - box.top - box.height, 0);
  const [nearest] = [...boxes].sort((a, b) => distance(a) - distance(b));
  if (nearest === undefined) return { lane: "", share: 0, at: y - top };
  return { lane: nearest.info.id, share: (y - nearest.top) / nearest.height, at: y - top };
}

/** Where to scroll so that the point is where it was; null where its lane is not shown. */
export function scrollToAnchor(
  { boxes }: Pick<LaneStack, "boxes">,
  { lane, share, at }: RowAnchor,
): number | null {
  const box = boxes.find(({ info }) => info.id === lane);
  return box === undefined ? null : Math.max(0, box.top + share * box.height - at);
}
