/**
 * Pointer, wheel and pinch on the heatmap: readout, cursor, zoom, scrolling.
 */
import { DRAG_FROM, WHEEL_PER_DOUBLING, wheelPixels } from "../../shared/pictures/pointer";
import { currentZoom, setZoom, zoomBy } from "../store/actions";
import type { Frame } from "../../../src/drawing/tensors/frame";
import type { Cell } from "../../../src/drawing/tensors/slices";
import { cellAt, panBy, type Zoom } from "../../../src/drawing/tensors/viewport";
import type { TensorStore } from "../store/store";

const DOUBLE_CLICK_ZOOM = 2;

/** The cell under the pointer, and where that is on the heatmap. */
export interface Hover {
  readonly cell: Cell;
  readonly x: number;
  readonly y: number;
}

interface Press {
  readonly x: number;
  readonly y: number;
  readonly zoom: Zoom;
  isDrag: boolean;
}

/** The part of the heatmap that the gestures use. */
export interface HeatTarget {
  readonly store: TensorStore | undefined;
  readonly frame: Frame | undefined;
  readonly surface: HTMLElement | null;
  hover: Hover | null;
}

/** Holds the pointers that are down and where the press began. Made by the heatmap, and ends with it. */
export class HeatGestures {
  readonly #view: HeatTarget;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #press: Press | null = null;

  constructor(view: HeatTarget) {
    this.#view = view;
  }

  attach(surface: HTMLElement): void {
    // Not passive: the page and the window would scroll and zoom.
    surface.addEventListener("wheel", this.#onWheel, { passive: false });
    surface.addEventListener("pointerdown", this.#onDown);
    surface.addEventListener("pointermove", this.#onMove);
    surface.addEventListener("pointerup", this.#onUp);
    surface.addEventListener("pointercancel", this.#onUp);
    surface.addEventListener("dblclick", this.#onDoubleClick);
    surface.addEventListener("pointerleave", () => {
      this.#view.hover = null;
    });
  }

  /** The point in the plot. */
  #at(event: MouseEvent): readonly [number, number] {
    const { surface, frame } = this.#view;
    const box = surface?.getBoundingClientRect();
    const left = (box?.left ?? 0) + (frame?.left ?? 0);
    const top = (box?.top ?? 0) + (frame?.top ?? 0);
    return [event.clientX - left, event.clientY - top];
  }

  readonly #onWheel = (event: WheelEvent): void => {
    const { store, frame } = this.#view;
    if (store === undefined || frame === undefined) return;
    event.preventDefault();
    const [x, y] = [wheelPixels(event, event.deltaX), wheelPixels(event, event.deltaY)];
    const isSideways = Math.abs(x) > Math.abs(y);
    if (!event.ctrlKey && (event.shiftKey || isSideways)) {
      const byX = event.shiftKey && x === 0 ? y : x;
      setZoom(store, panBy(frame.plot, currentZoom(store, frame.plot), byX, 0));
      return;
    }
    // A pinch on a touchpad arrives as small steps with Ctrl.
    const perDoubling = event.ctrlKey ? WHEEL_PER_DOUBLING / 4 : WHEEL_PER_DOUBLING;
    zoomBy(store, 2 ** (-y / perDoubling), this.#at(event));
  };

  readonly #onDown = (event: PointerEvent): void => {
    const { store, frame } = this.#view;
    if (event.button !== 0 || store === undefined || frame === undefined) return;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const zoom = currentZoom(store, frame.plot);
    this.#press = { x: event.clientX, y: event.clientY, zoom, isDrag: false };
  };

  readonly #onMove = (event: PointerEvent): void => {
    const { store, frame, surface } = this.#view;
    if (store === undefined || frame === undefined || surface === null) return;
    if (this.#pointers.size === 2 && this.#pointers.has(event.pointerId)) {
      this.#pinch(store, event);
      return;
    }
    if (event.buttons === 0) this.#press = null;
    const press = this.#press;
    if (press === null) {
      this.#hover(store, frame, event);
      return;
    }
    const [x, y] = [event.clientX - press.x, event.clientY - press.y];
    if (!press.isDrag && Math.hypot(x, y) <= DRAG_FROM) return;
    if (!press.isDrag) surface.setPointerCapture(event.pointerId);
    press.isDrag = true;
    surface.classList.add("dragging");
    this.#view.hover = null;
    setZoom(store, panBy(frame.plot, press.zoom, -x, -y));
  };

  readonly #onUp = (event: PointerEvent): void => {
    const press = this.#press;
    this.#press = null;
    this.#pointers.delete(event.pointerId);
    const { store, frame, surface } = this.#view;
    surface?.classList.remove("dragging");
    if (press === null || press.isDrag || store === undefined || frame === undefined) return;
    if (event.type !== "pointerup") return;
    const cell = cellAt(frame.plot, currentZoom(store, frame.plot), ...this.#at(event));
    if (cell !== null) store.moveTo(cell);
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const { store } = this.#view;
    if (store !== undefined) zoomBy(store, DOUBLE_CLICK_ZOOM, this.#at(event));
  };

  #hover(store: TensorStore, frame: Frame, event: PointerEvent): void {
    const [x, y] = this.#at(event);
    const cell = cellAt(frame.plot, currentZoom(store, frame.plot), x, y);
    this.#view.hover = cell === null ? null : { cell, x: x + frame.left, y: y + frame.top };
  }

  /** Two fingers: the distance between them scales, about their middle. */
  #pinch(store: TensorStore, event: PointerEvent): void {
    const before = [...this.#pointers.values()];
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const now = [...this.#pointers.values()];
    const spread = (points: typeof now): number => {
      const [a, b] = points;
      return a === undefined || b === undefined ? 1 : Math.hypot(a.x - b.x, a.y - b.y);
    };
    if (this.#press !== null) this.#press.isDrag = true;
    if (spread(before) > 0) zoomBy(store, spread(now) / spread(before), this.#at(event));
  }
}
