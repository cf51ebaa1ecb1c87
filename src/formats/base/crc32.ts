/**
 * CRC-32 as zip archives use it (polynomial 0x04c11db7, reflected; APPNOTE.TXT 4.4.7), and CRC-32C as TensorFlow does
 * (0x1edc6f41, reflected; RFC 3720).
 *
 * Four bytes at a time ("slicing by four"), because every weight of a stored archive passes through here.
 */

/** tables[k][b]: the remainder of byte b followed by k zero bytes. */
type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array];

const tables = makeTables(0xedb88320);
let tablesC: Tables | undefined;

/** The CRC-32 of `bytes`, as an unsigned number; `before` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return remainderOf(tables, bytes, before);
}

/** The same with the polynomial of CRC-32C. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  return remainderOf((tablesC ??= makeTables(0x82f63b78)), bytes, before);
}

function remainderOf(
  [first, second, third, fourth]: Tables,
  bytes: Uint8Array,
  before: number,
): number {
  const whole = bytes.length - (bytes.length % 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let remainder = ~before;
  for (let index = 0; index < whole; index += 4) {
    const word = remainder ^ view.getInt32(index, true);
    remainder =
      (fourth[word & 0xff] ?? 0) ^
      (third[(word >>> 8) & 0xff] ?? 0) ^
      (second[(word >>> 16) & 0xff] ?? 0) ^
      (first[word >>> 24] ?? 0);
  }
  for (let index = whole; index < bytes.length; index += 1) {
    remainder = (first[(remainder ^ view.getUint8(index)) & 0xff] ?? 0) ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
}

/** `polynomial` is reflected: its lowest power is the highest bit. */
function makeTables(polynomial: number): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = remainder & 1 ? polynomial ^ (remainder >>> 1) : remainder >>> 1;
    }
    return remainder;
  });
  const followedByZero = (table: Int32Array): Int32Array =>
    table.map((remainder) => (first[remainder & 0xff] ?? 0) ^ (remainder >>> 8));
  const second = followedByZero(first);
  const third = followedByZero(second);
  return [first, second, third, followedByZero(third)];
}
