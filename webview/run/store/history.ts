/**
 * The places that jumps started from, as a browser keeps pages.
 */
import type { Place } from "../../../src/protocol/run/messages";

/** Older places are forgotten. */
const MAX_PLACES = 100;

/** Holds places of the cursor. Owned by the store. */
export class History {
  readonly #past: Place[] = [];
  #future: Place[] = [];

  /** Remembers a place that a jump leaves. */
  leave(place: Place): void {
    this.#future = [];
    this.#past.push(place);
    if (this.#past.length > MAX_PLACES) this.#past.shift();
  }

  /** True where there is a place to go to. */
  has(way: "back" | "forward"): boolean {
    return (way === "back" ? this.#past : this.#future).length > 0;
  }

  /** The place before or after, with the current one kept for the way back; undefined at the end. */
  go(way: "back" | "forward", current: Place): Place | undefined {
    const [from, to] = way === "back" ? [this.#past, this.#future] : [this.#future, this.#past];
    const place = from.pop();
    if (place !== undefined) to.push(current);
    return place;
  }
}
