/**
 * How far work is that goes through a known number of elements.
 */
import type { RunControl } from "./control";
import type { Text } from "./text";

/** Tells how many elements were gone through, and notices that work should stop. */
export class WorkProgress {
  readonly #control: RunControl;
  readonly #activity: Text;
  #total: number;
  #done = 0;

  constructor(control: RunControl, activity: Text, total = 0) {
    this.#control = control;
    this.#activity = activity;
    this.#total = total;
  }

  /** So many elements more are to be gone through. */
  expect(count: number): void {
    this.#total += count;
  }

  /** @throws CancelledError when the user asked to stop. */
  advance(count: number): void {
    this.#done += count;
    this.pause(0);
  }

  /**
   * Tells of a part of what is going to be advanced.
   * @throws CancelledError when the user asked to stop.
   */
  pause(part: number): void {
    this.#control.check();
    this.#control.report(
      Math.min(1, (this.#done + part) / Math.max(1, this.#total)),
      this.#activity,
    );
  }
}
