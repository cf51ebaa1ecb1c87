/**
 * Two fingers on a picture: how much farther apart they are, along each axis.
 */

/** Fingers nearer than this along an axis do not zoom it: their distance is chance. CSS pixels. */
const LEAST_APART = 48;

export interface PinchChange {
  /** Between the fingers, CSS pixels of the page. */
  readonly x: number;
  readonly y: number;
  /** Factors since the change before; 1 along an axis that is not zoomed. */
  readonly wider: number;
  readonly higher: number;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

function factor(before: number, now: number): number {
  return Math.min(before, now) < LEAST_APART ? 1 : now / before;
}

/** Follows the fingers on an element and tells each change; ends with the element. */
export class Pinch {
  readonly #fingers = new Map<number, Spot>();
  readonly #tell: (change: PinchChange) => void;

  constructor(tell: (change: PinchChange) => void) {
    this.#tell = tell;
  }

  attach(element: HTMLElement): void {
    element.addEventListener("pointerdown", this.#onDown);
    element.addEventListener("pointermove", this.#onMove);
    for (const name of ["pointerup", "pointercancel"] as const) {
      element.addEventListener(name, ({ pointerId }) => {
        this.#fingers.delete(pointerId);
      });
    }
  }

  readonly #onDown = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") return;
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };

  readonly #onMove = (event: PointerEvent): void => {
    const before = this.#fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    this.#fingers.set(event.pointerId, now);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined || this.#fingers.size !== 2) return;
    event.preventDefault();
    this.#tell({
      x: (now.x + other.x) / 2,
      y: (now.y + other.y) / 2,
      wider: factor(Math.abs(before.x - other.x), Math.abs(now.x - other.x)),
      higher: factor(Math.abs(before.y - other.y), Math.abs(now.y - other.y)),
    });
  };
}
