/**
 * The progress of a forward, reported block by block.
 */
import { text } from "../../core/text";
import type { RunControl } from "../../core/control";

const activity = text("Running the forward");

/** Counts and reports the finished work of one forward, which owns it, and checks for cancellation. */
export class ForwardProgress {
  readonly #control: RunControl;
  readonly #total: number;
  #done = 0;

  constructor(control: RunControl, total: number) {
    this.#control = control;
    this.#total = Math.max(1, total);
  }

  /** @throws CancelledError when the user asked to stop. */
  advance(count: number): void {
    this.#done += count;
    this.pause(0);
  }

  /**
   * Reports a part of the work that will be advanced next.
   * @throws CancelledError when the user asked to stop.
   */
  pause(part: number): void {
    const fraction = Math.min(1, (this.#done + part) / this.#total);
    this.#control.check();
    this.#control.report(fraction, activity);
  }
}
