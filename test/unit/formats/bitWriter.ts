/** Writes deflated data bit by bit (RFC 1951, 3.1.1), for streams that no compressor writes. */
export class BitWriter {
  readonly #bits: number[] = [];

  /** A number of `count` bits, the lowest first. */
  bits(value: number, count: number): this {
    for (let bit = 0; bit < count; bit += 1) this.#bits.push((value >>> bit) & 1);
    return this;
  }

  /** A Huffman code, its first bit first. */
  code(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit -= 1) this.#bits.push((value >>> bit) & 1);
    return this;
  }

  /** The bits so far, the last byte filled up. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, index) => {
      bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (bit << (index & 7));
    });
    return bytes;
  }
}
