/**
 * CRC-32 as zip archives use it (polynomial 0x04c11db7, reflected; APPNOTE.TXT 4.4.7), and CRC-32C as TensorFlow does
 * (0x1edc6f41, reflected; RFC 3720).
 *
 * Sixteen bytes at a time ("slicing by sixteen"; Kounavis and Berry, 2005), because every weight of a stored archive
 * passes through here.
 */

const SLICE = 16;
const BYTES = 256;

/** The remainder of byte b that k zero bytes follow is at 256 k + b. */
const table = makeTable(0xedb88320);
let tableC: Int32Array | undefined;

/** The CRC-32 of `bytes`, as an unsigned number; `before` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return remainderOf(table, bytes, before);
}

/** The same with the polynomial of CRC-32C. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  return remainderOf((tableC ??= makeTable(0x82f63b78)), bytes, before);
}

function remainderOf(of: Int32Array, bytes: Uint8Array, before: number): number {
  const whole = bytes.length - (bytes.length % SLICE);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let remainder = ~before;
  for (let index = 0; index < whole; index += SLICE) {
    remainder =
      wordIn(of, 12, remainder ^ view.getInt32(index, true)) ^
      wordIn(of, 8, view.getInt32(index + 4, true)) ^
      wordIn(of, 4, view.getInt32(index + 8, true)) ^
      wordIn(of, 0, view.getInt32(index + 12, true));
  }
  for (let index = whole; index < bytes.length; index += 1) {
    remainder = (of[(remainder ^ view.getUint8(index)) & 0xff] ?? 0) ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
}

/** The remainder of four bytes, the first of them the lowest, that `zeros` zero bytes follow. */
function wordIn(of: Int32Array, zeros: number, word: number): number {
  const last = zeros * BYTES;
  return (
    (of[last + 3 * BYTES + (word & 0xff)] ?? 0) ^
    (of[last + 2 * BYTES + ((word >>> 8) & 0xff)] ?? 0) ^
    (of[last + BYTES + ((word >>> 16) & 0xff)] ?? 0) ^
    (of[last + (word >>> 24)] ?? 0)
  );
}

/** `polynomial` is reflected: its lowest power is the highest bit. */
function makeTable(polynomial: number): Int32Array {
  const all = new Int32Array(SLICE * BYTES);
  for (let byte = 0; byte < BYTES; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = remainder & 1 ? polynomial ^ (remainder >>> 1) : remainder >>> 1;
    }
    all[byte] = remainder;
  }
  for (let index = BYTES; index < all.length; index += 1) {
    const remainder = all[index - BYTES] ?? 0;
    all[index] = (all[remainder & 0xff] ?? 0) ^ (remainder >>> 8);
  }
  return all;
}
