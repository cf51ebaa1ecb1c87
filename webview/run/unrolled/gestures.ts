/**
 * Pointer and wheel on the unrolled view: readout, cursor, zoom, scrolling along time.
 */
import { DRAG_FROM, WHEEL_PER_DOUBLING, wheelPixels } from "../../shared/pointer";
import { stateSize } from "../../../src/model/config";
import { directionOfUnit } from "../../../src/model/directions";
import type { Place, RunView } from "../../../src/protocol/run/messages";
import { showSteps } from "../store/actions";
import { lastProcessedStep } from "../../../src/drawing/run/finals";
import { stepAt, type Hit, type UnrolledLayout } from "../../../src/drawing/run/layout";
import { panRange, zoomRange } from "../../../src/drawing/run/navigate";
import type { Store } from "../store/store";
import type { Pointer } from "./readout";

interface Press {
  readonly x: number;
  readonly steps: readonly [number, number];
  isDrag: boolean;
}

/** The part of the unrolled view that the gestures use. */
export interface GestureTarget {
  readonly store: Store | undefined;
  readonly layout: UnrolledLayout | undefined;
  readonly scroller: HTMLElement | null;
  pointer: Pointer | null;
  hitAt(clientX: number, clientY: number): Hit | null;
}

/** The place of a hit; lanes without one of their own give the step only. */
function placeOf({ info, step, unit, area }: Hit, view: RunView, batch: number): Partial<Place> {
  const { layer, direction } = info;
  if (layer !== null && direction !== null) {
    const last = lastProcessedStep(info, view.seqLength, view.lengths?.[batch]);
    return { layer, direction, unit, step: area === "final" ? last : step };
  }
  if (info.isFinal === true) return {};
  if (info.id !== "output" || view.config === null) return { step };
  const units = stateSize(view.config);
  return {
    step,
    layer: view.config.numLayers - 1,
    unit: unit % units,
    direction: directionOfUnit(view.config, unit, units),
  };
}

/** Holds the press that is under way. Made by the unrolled view, and ends with it. */
export class UnrolledGestures {
  readonly #view: GestureTarget;
  #press: Press | null = null;

  constructor(view: GestureTarget) {
    this.#view = view;
  }

  attach(scroller: HTMLElement): void {
    // Not passive: Ctrl + wheel would zoom the whole window.
    scroller.addEventListener("wheel", this.#onWheel, { passive: false });
    scroller.addEventListener("pointerdown", this.#onDown);
    scroller.addEventListener("pointermove", this.#onMove);
    scroller.addEventListener("pointerup", this.#onUp);
    scroller.addEventListener("pointercancel", this.#onUp);
    scroller.addEventListener("pointerleave", () => {
      this.#view.pointer = null;
    });
  }

  readonly #onWheel = (event: WheelEvent): void => {
    const { store, layout, scroller } = this.#view;
    const view = store?.state.view;
    if (store === undefined || view == null || layout === undefined || scroller === null) return;
    const { steps } = store.state;
    const x = event.clientX - scroller.getBoundingClientRect().left;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const factor = 2 ** (wheelPixels(event, event.deltaY) / WHEEL_PER_DOUBLING);
      store.update({ steps: zoomRange(steps, view.seqLength, factor, stepAt(layout, x)) });
      return;
    }
    const along = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (along === 0 || steps === null) return;
    event.preventDefault();
    const by = wheelPixels(event, along) / layout.columnWidth;
    store.update({ steps: panRange(steps, view.seqLength, by) });
  };

  readonly #onDown = (event: PointerEvent): void => {
    const { store, layout } = this.#view;
    if (event.button !== 0 || store === undefined || layout === undefined) return;
    this.#press = { x: event.clientX, steps: layout.steps, isDrag: false };
  };

  readonly #onMove = (event: PointerEvent): void => {
    const press = this.#press;
    const { store, layout, scroller } = this.#view;
    if (store === undefined || layout === undefined || scroller === null) return;
    if (press !== null && event.buttons === 0) this.#press = null;
    const moved = press === null ? 0 : event.clientX - press.x;
    const isPan = store.state.steps !== null && press !== null;
    if (isPan && (press.isDrag || Math.abs(moved) > DRAG_FROM)) {
      if (!press.isDrag) scroller.setPointerCapture(event.pointerId);
      press.isDrag = true;
      const by = -moved / layout.columnWidth;
      showSteps(store, press.steps[0] + by, press.steps[1] + by);
      this.#view.pointer = null;
      return;
    }
    this.#hover(event, scroller);
  };

  readonly #onUp = (event: PointerEvent): void => {
    const press = this.#press;
    this.#press = null;
    const { store } = this.#view;
    if (press === null || press.isDrag || store === undefined || event.type !== "pointerup") return;
    const hit = this.#view.hitAt(event.clientX, event.clientY);
    const { view, cursor } = store.state;
    if (hit !== null && view !== null) store.visit(placeOf(hit, view, cursor.batch));
  };

  #hover(event: PointerEvent, scroller: HTMLElement): void {
    const hit = this.#view.hitAt(event.clientX, event.clientY);
    const box = scroller.getBoundingClientRect();
    const spot = { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width };
    this.#view.pointer = hit === null ? null : { hit, ...spot };
  }
}
