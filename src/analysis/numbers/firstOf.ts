/**
 * The first few of many by some order.
 */

/** Keeps at most `count` items, in their order; of equal ones those that came first. */
export class FirstOf<Item> {
  readonly items: Item[] = [];
  readonly #count: number;
  readonly #isBefore: (left: Item, right: Item) => boolean;

  constructor(count: number, isBefore: (left: Item, right: Item) => boolean) {
    this.#count = count;
    this.#isBefore = isBefore;
  }

  offer(item: Item): void {
    const { items } = this;
    const last = items[this.#count - 1];
    if (last !== undefined && !this.#isBefore(item, last)) return;
    const at = items.findIndex((other) => this.#isBefore(item, other));
    items.splice(at < 0 ? items.length : at, 0, item);
    if (items.length > this.#count) items.pop();
  }
}
