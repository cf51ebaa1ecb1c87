/**
 * Encodes NaN and infinities for `postMessage` between host and view, whose JSON turns them into null.
 */

export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

/** A number as a message or a JSON report carries it. */
export function encodeNumber(value: number): WireNumber {
  if (Number.isFinite(value)) return value;
  return String(value) as WireNumber;
}

/** The number that `encodeNumber` was given. */
export function decodeNumber(value: WireNumber): number {
  return Number(value);
}
