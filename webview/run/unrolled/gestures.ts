/**
 * Pointer and wheel on the unrolled view: readout, cursor, zoom, scrolling along time.
 */
import { DRAG_FROM, WHEEL_PER_DOUBLING, wheelPixels } from "../../shared/pictures/pointer";
import { stateSize } from "../../../src/model/config";
import { directionOfUnit } from "../../../src/model/directions";
import type { Place, RunView } from "../../../src/protocol/run/messages";
import { showSteps, zoomRows } from "../store/actions";
import { lastProcessedStep } from "../../../src/drawing/run/requests/finals";
import { stepAt, type Hit, type UnrolledLayout } from "../../../src/drawing/run/layout";
import { panRange, zoomRange } from "../../../src/drawing/run/navigate";
import type { Store } from "../store/store";
import { Pinch, type PinchChange } from "./pinch";
import type { Pointer } from "./readout";

interface Press {
  readonly x: number;
  readonly y: number;
  readonly steps: readonly [number, number];
  readonly scrollTop: number;
  isDrag: boolean;
}

/** The part of the unrolled view that the gestures use. */
export interface GestureTarget {
  readonly store: Store | undefined;
  readonly layout: UnrolledLayout | undefined;
  readonly scroller: HTMLElement | null;
  pointer: Pointer | null;
  hitAt(clientX: number, clientY: number): Hit | null;
  holdAt(clientY: number): void;
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

/** How many times as many steps a turn of the wheel shows. */
function zoomFactor(event: WheelEvent): number {
  // With Alt, some systems turn the wheel by 90°.
  const turned = event.deltaY === 0 ? event.deltaX : event.deltaY;
  return 2 ** (wheelPixels(event, turned) / WHEEL_PER_DOUBLING);
}

/** Holds the press that is under way. Made by the unrolled view, and ends with it. */
export class UnrolledGestures {
  readonly #view: GestureTarget;
  readonly #pinch: Pinch;
  #press: Press | null = null;

  constructor(view: GestureTarget) {
    this.#view = view;
    this.#pinch = new Pinch((change) => {
      this.#onPinch(change);
    });
  }

  attach(scroller: HTMLElement): void {
    // Not passive: Ctrl + wheel would zoom the whole window.
    scroller.addEventListener("wheel", this.#onWheel, { passive: false });
    scroller.addEventListener("pointerdown", this.#onDown);
    scroller.addEventListener("pointermove", this.#onMove);
    scroller.addEventListener("pointerup", this.#onUp);
    scroller.addEventListener("pointercancel", this.#onUp);
    this.#pinch.attach(scroller);
    scroller.addEventListener("pointerleave", () => {
      this.#view.pointer = null;
    });
  }

  readonly #onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) this.#onWheelZoom(event);
    else this.#onWheelPan(event);
  };

  #onWheelZoom(event: WheelEvent): void {
    const { store, layout, scroller } = this.#view;
    const view = store?.state.view;
    if (store === undefined || view == null || layout === undefined || scroller === null) return;
    event.preventDefault();
    if (event.altKey) keepFromMenu();
    const x = event.clientX - scroller.getBoundingClientRect().left;
    const factor = zoomFactor(event);
    // Beside the steps stand the units, and their axis is what the wheel is over.
    const isBeside = x < layout.plotLeft || x > layout.plotLeft + layout.plotWidth;
    if (event.altKey || isBeside) {
      this.#zoomRows(store, 1 / factor, event.clientY);
    } else {
      const around = stepAt(layout, x);
      store.update({ steps: zoomRange(store.state.steps, view.seqLength, factor, around) });
    }
  }

  #onWheelPan(event: WheelEvent): void {
    const { store, layout } = this.#view;
    const { view, steps } = store?.state ?? { view: null, steps: null };
    const along = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (store === undefined || view === null || layout === undefined) return;
    if (along === 0 || steps === null) return;
    event.preventDefault();
    const by = wheelPixels(event, along) / layout.columnWidth;
    store.update({ steps: panRange(steps, view.seqLength, by) });
  }

  #zoomRows(store: Store, factor: number, clientY: number): void {
    this.#view.holdAt(clientY);
    zoomRows(store, factor);
  }

  /** Two fingers: those beside each other zoom over time, those above each other over units. */
  #onPinch({ x, y, wider, higher }: PinchChange): void {
    const { store, layout, scroller } = this.#view;
    const view = store?.state.view;
    if (store === undefined || view == null || layout === undefined || scroller === null) return;
    this.#press = null;
    const around = stepAt(layout, x - scroller.getBoundingClientRect().left);
    const { steps } = store.state;
    if (wider !== 1) store.update({ steps: zoomRange(steps, view.seqLength, 1 / wider, around) });
    if (higher !== 1) this.#zoomRows(store, higher, y);
  }

  readonly #onDown = (event: PointerEvent): void => {
    const { store, layout, scroller } = this.#view;
    if (event.button !== 0 || store === undefined || layout === undefined) return;
    const { clientX: x, clientY: y } = event;
    const scrollTop = scroller?.scrollTop ?? 0;
    this.#press = { x, y, steps: layout.steps, scrollTop, isDrag: false };
  };

  readonly #onMove = (event: PointerEvent): void => {
    const press = this.#press;
    const { store, layout, scroller } = this.#view;
    if (store === undefined || layout === undefined || scroller === null) return;
    if (press !== null && event.buttons === 0) this.#press = null;
    if (press !== null && this.#press !== null && this.#isDrag(press, event, layout)) {
      if (!press.isDrag) scroller.setPointerCapture(event.pointerId);
      press.isDrag = true;
      const by = (press.x - event.clientX) / layout.columnWidth;
      if (store.state.steps !== null) showSteps(store, press.steps[0] + by, press.steps[1] + by);
      // A finger scrolls by itself.
      if (event.pointerType !== "touch")
        scroller.scrollTop = press.scrollTop + press.y - event.clientY;
      this.#view.pointer = null;
      return;
    }
    this.#hover(event, scroller);
  };

  /** A drag moves along the axes that are zoomed. */
  #isDrag(press: Press, event: PointerEvent, { rowZoom }: UnrolledLayout): boolean {
    if (press.isDrag) return true;
    const isAlong = Math.abs(event.clientX - press.x) > DRAG_FROM;
    const isAcross = rowZoom > 1 && Math.abs(event.clientY - press.y) > DRAG_FROM;
    return isAcross || (isAlong && this.#view.store?.state.steps !== null);
  }

  readonly #onUp = (event: PointerEvent): void => {
    const press = this.#press;
    this.#press = null;
    const { store } = this.#view;
    if (press === null || press.isDrag || store === undefined || event.type !== "pointerup") return;
    const hit = this.#view.hitAt(event.clientX, event.clientY);
    const { view, cursor } = store.state;
    if (hit === null || view === null) return;
    store.visit(placeOf(hit, view, cursor.batch));
    const { info, unit } = hit;
    if (info.id !== "logits") return;
    store.update({ logit: { step: info.isFinal === true ? 0 : hit.step, unit } });
  };

  #hover(event: PointerEvent, scroller: HTMLElement): void {
    const hit = this.#view.hitAt(event.clientX, event.clientY);
    const box = scroller.getBoundingClientRect();
    const spot = { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width };
    this.#view.pointer = hit === null ? null : { hit, ...spot };
  }
}

/** The editor takes Alt for a key of its menu, unless it hears of another key while Alt is down; it hears of no wheel. */
function keepFromMenu(): void {
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", altKey: true }));
}
