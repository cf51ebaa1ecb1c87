/**
 * Encodes fields of protocol buffers.
 *
 * Spec: protobuf.dev, "Encoding".
 */
import { WIRE } from "../base/varints";
import { concat } from "./encode";

/** A varint of a whole number; negative ones take ten bytes, as int64 does. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** An integer. */
export function intField(number: number, value: number): Uint8Array {
  return concat([varint(number * 8 + WIRE.varint), varint(value)]);
}

/** A float of 32 bits. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat([varint(number * 8 + WIRE.fixed32), bytes]);
}

/** A string. */
export function stringField(number: number, value: string): Uint8Array {
  return messageField(number, [new TextEncoder().encode(value)]);
}

/** A message, of its fields. */
export function messageField(number: number, fields: readonly Uint8Array[]): Uint8Array {
  const content = concat(fields);
  return concat([bytesHead(number, content.length), content]);
}

/** What stands before `length` bytes of a message, or of plain bytes, that come later. */
export function bytesHead(number: number, length: number): Uint8Array {
  return concat([varint(number * 8 + WIRE.bytes), varint(length)]);
}
