/**
 * Keeps what is looked at in its place while lanes become higher or lower.
 */
import { boxOf, type UnrolledLayout } from "../../../src/drawing/run/layout";
import { rowOfUnit } from "../../../src/drawing/run/sortedUnits";
import { anchorAt, scrollToAnchor, type RowAnchor } from "../../../src/drawing/run/zoom/rowZoom";
import { laneIdOf } from "../../../src/drawing/run/places";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";

/** Where the lane that has the whole height begins, CSS pixels. */
const FILLED_AT = 24;

function cursorAnchor(
  layout: UnrolledLayout,
  { cursor }: ViewState,
  top: number,
): RowAnchor | null {
  const box = boxOf(layout, laneIdOf(cursor));
  if (box === undefined) return null;
  const y = box.top + ((rowOfUnit(box.info, cursor.unit) + 0.5) / box.info.units) * box.height;
  return anchorAt(layout, y, top);
}

/** Holds the place that was pointed at, and where to scroll next. Made by the unrolled view, and ends with it. */
export class RowZoomKeeper {
  /** What stays where it is while lanes become higher; null where the cursor does. */
  #anchor: RowAnchor | null = null;
  /** What was kept by the last change. */
  #last: RowAnchor | null = null;
  /** Where to scroll once the content has its height; null where it stays. */
  #scrollTo: number | null = null;
  /** The lane that has the whole height. */
  #filled: string | null = null;

  /** The next zoom keeps what is at this height of the content. */
  hold(layout: UnrolledLayout, y: number, top: number): void {
    this.#anchor = anchorAt(layout, y, top);
  }

  /** Finds where to scroll for a new layout; `top` is what the old one is scrolled to. */
  change(before: UnrolledLayout, now: UnrolledLayout, state: ViewState, top: number): void {
    const { rowZoom } = state;
    const filled = typeof rowZoom === "object" ? rowZoom.fill : null;
    const isSame = before.rowZoom === now.rowZoom && filled === this.#filled;
    this.#filled = filled;
    if (isSame && before.contentHeight === now.contentHeight) return;
    const pointed = this.#anchor ?? (isSame ? this.#lastOf(before, top) : null);
    const held = pointed ?? cursorAnchor(before, state, top);
    this.#last = held;
    this.#anchor = null;
    const anchor = filled === null ? held : { lane: filled, share: 0, at: FILLED_AT };
    this.#scrollTo = anchor === null ? null : scrollToAnchor(now, anchor);
  }

  /** Where the view gets another height, what was kept last stays, unless it has been scrolled away. */
  #lastOf(before: UnrolledLayout, top: number): RowAnchor {
    const last = this.#last;
    const kept = last === null ? null : scrollToAnchor(before, last);
    return last !== null && kept !== null && Math.abs(kept - top) < 2
      ? last
      : anchorAt(before, top, top);
  }

  /** Scrolls to where the zoom has led, and tells the store how far the zoom goes. */
  follow(scroller: HTMLElement, store: Store, layout: UnrolledLayout): void {
    if (this.#scrollTo !== null) scroller.scrollTop = this.#scrollTo;
    this.#scrollTo = null;
    const { rowZoom, rowZoomShown } = store.state;
    if (rowZoomShown === layout.rowZoom) return;
    const isBeyond = typeof rowZoom === "number" && rowZoom > layout.mostRowZoom;
    const cut = isBeyond ? { rowZoom: layout.mostRowZoom } : {};
    store.update({ rowZoomShown: layout.rowZoom, ...cut });
  }
}

/** The zoom over units, and the place of a lane at the top of the view; null where all lanes fit. */
export function rowsAt(
  layout: UnrolledLayout | undefined,
  top: number,
): { readonly zoom: number; readonly lane: string; readonly share: number } | null {
  if (layout === undefined || layout.rowZoom === 1) return null;
  const { lane, share } = anchorAt(layout, top, top);
  return { zoom: layout.rowZoom, lane, share };
}
