/**
 * One bit of each of many elements, all 0 at first.
 */
export class Bits {
  readonly #bytes: Uint8Array;

  constructor(size: number) {
    this.#bytes = new Uint8Array(Math.ceil(size / 8));
  }

  set(index: number): void {
    // Shifts would cut an index to 32 bits.
    const byte = Math.floor(index / 8);
    this.#bytes[byte] = (this.#bytes[byte] ?? 0) | (1 << (index % 8));
  }

  has(index: number): boolean {
    return ((this.#bytes[Math.floor(index / 8)] ?? 0) & (1 << (index % 8))) !== 0;
  }
}
