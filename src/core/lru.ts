/**
 * Bounded memory of what was used last.
 */

/** Bytes of a reference, a number or an object's own fields, about. */
const SLOT_BYTES = 16;

/** Bytes that a value takes, about: buffers by their length, strings with two bytes a character. */
export function bytesOf(value: unknown): number {
  if (typeof value === "string") return SLOT_BYTES + 2 * value.length;
  if (typeof value !== "object" || value === null) return SLOT_BYTES;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return SLOT_BYTES + value.byteLength;
  let bytes = SLOT_BYTES;
  for (const part of Object.values(value)) bytes += bytesOf(part);
  return bytes;
}

/**
 * Values by key, as many as weigh no more than `most` together: the ones used least recently are forgotten first. The
 * value set last stays, whatever it weighs. Holds nothing else; its owner clears it when what it was made of is gone.
 */
export class Lru<Key, Value> {
  readonly #most: number;
  readonly #weightOf: (value: Value) => number;
  /** The one used least recently first. */
  readonly #entries = new Map<Key, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  constructor(most: number, weightOf: (value: Value) => number) {
    this.#most = most;
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What all values weigh together. */
  get weight(): number {
    return this.#weight;
  }

  /** A value, which counts as used. */
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const weight = this.#weightOf(value);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const old of this.#entries.keys()) {
      if (this.#weight <= this.#most || old === key) return;
      this.delete(old);
    }
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }

  /** All values with their keys, the one used least recently first. */
  *entries(): Generator<readonly [Key, Value]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }
}
