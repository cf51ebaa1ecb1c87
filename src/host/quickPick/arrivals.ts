/**
 * What is shown of values that arrive in another order than they were asked for: a list that only grows at its end.
 */

/** Holds the values of one list while it fills. Owned by the scan that fills it, and ends with it. */
export class Arrivals<Value> {
  readonly #shown: Value[] = [];
  /** Values behind one that is still waited for; undefined where there will be none. */
  readonly #held = new Map<number, Value | undefined>();
  #next = 0;

  /** In the order in which they were asked for; one that the others did not wait for stands behind those that came before it. */
  get shown(): readonly Value[] {
    return this.#shown;
  }

  /** A value, by its place in the order; undefined says that there is none, or that the others no longer wait for it. */
  settle(place: number, value: Value | undefined): void {
    if (place < this.#next) {
      if (value !== undefined) this.#shown.push(value);
      return;
    }
    this.#held.set(place, value);
    while (this.#held.has(this.#next)) {
      const next = this.#held.get(this.#next);
      this.#held.delete(this.#next);
      this.#next++;
      if (next !== undefined) this.#shown.push(next);
    }
  }
}
