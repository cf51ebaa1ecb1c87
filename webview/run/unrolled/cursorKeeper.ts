/**
 * Keeps the cursor on screen while lanes are scrolled.
 */
import { boxOf, scrollToReveal, type UnrolledLayout } from "../../../src/drawing/run/layout";
import { laneIdOf } from "../../../src/drawing/run/places";
import type { ViewState } from "../store/state";

/** Holds where the cursor was brought on screen last. Made by the unrolled view, and ends with it. */
export class CursorKeeper {
  #revealed = { lane: "", unit: 0 };

  /** Scrolls the cursor's lane into view when the cursor entered another one, or a link led into it. */
  follow(scroller: HTMLElement, { cursor, logit, jumps }: ViewState, layout: UnrolledLayout): void {
    const { id, unit } =
      logit === null
        ? { id: laneIdOf(cursor), unit: cursor.unit }
        : { id: "logits", unit: logit.unit };
    const box = boxOf(layout, id);
    const lane = `${id} ${jumps}`;
    const before = this.#revealed;
    this.#revealed = { lane, unit };
    // Where lanes are higher than the view, its unit may leave the view as well.
    const isUnitMoved = layout.rowZoom > 1 && unit !== before.unit;
    if (box === undefined || (lane === before.lane && !isUnitMoved)) return;
    const room = { top: scroller.scrollTop, height: scroller.clientHeight };
    scroller.scrollTop = scrollToReveal(box, unit, room);
  }
}
