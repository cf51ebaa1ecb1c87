/** Numbers of the WASM binary format, read and written. */

/** A cursor over bytes. */
export class Bytes {
  #bytes;
  position;

  constructor(bytes, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  byte() {
    this.position += 1;
    return this.#bytes[this.position - 1];
  }

  take(length) {
    this.position += length;
    return this.#bytes.subarray(this.position - length, this.position);
  }

  /** LEB128. */
  unsigned() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  skipNumbers(count) {
    for (let left = count; left > 0; left -= 1) while (this.byte() >= 0x80);
  }
}

/** The bytes of a number in LEB128. */
export function unsigned(value) {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)];
}
