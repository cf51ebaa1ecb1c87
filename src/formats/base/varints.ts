/**
 * Varints of protocol buffers: tags, lengths and integers.
 *
 * Spec: protobuf.dev, "Encoding": seven bits a byte, the lowest first; a set eighth bit says that another byte follows.
 */

/** Wire types of fields. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads varints one after another. The last one that was read is kept as two halves of 32 bits. */
export class VarintReader {
  readonly bytes: Uint8Array;
  /** Index of the byte that is read next. */
  at = 0;
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads a varint; false, and nothing is read, where the bytes end within it or it has more than ten. */
  next(): boolean {
    const first = this.bytes[this.at];
    if (first === undefined) return false;
    if (first >= 0x80) return this.#long();
    this.at += 1;
    this.low = first;
    this.high = 0;
    return true;
  }

  #long(): boolean {
    const { bytes } = this;
    let { at } = this;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0x80;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return this.#keep(at, low, 0);
    }
    // The bits of the fifth byte are in both halves.
    const fifth = bytes[at++] ?? 0x80;
    low |= fifth << 28;
    let high = (fifth & 0x7f) >>> 4;
    if (fifth < 0x80) return this.#keep(at, low, high);
    for (let shift = 3; shift < 32; shift += 7) {
      const byte = bytes[at++] ?? 0x80;
      high |= (byte & 0x7f) << shift;
      if (byte < 0x80) return this.#keep(at, low, high);
    }
    return false;
  }

  #keep(at: number, low: number, high: number): true {
    this.at = at;
    this.low = low >>> 0;
    this.high = high >>> 0;
    return true;
  }

  /** The last varint as an unsigned integer; beyond 2^53 the nearest number. */
  get unsigned(): number {
    return this.high * 2 ** 32 + this.low;
  }

  /** The last varint as a signed 64-bit integer; beyond 2^53 the nearest number. */
  get signed(): number {
    return (this.high | 0) * 2 ** 32 + this.low;
  }

  /** The last varint as a signed 64-bit integer, exact. */
  get int64(): bigint {
    return (BigInt(this.high | 0) << 32n) | BigInt(this.low);
  }
}
