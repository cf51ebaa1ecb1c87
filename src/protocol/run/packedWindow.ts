/**
 * A window of values as it is sent: most of them have no padding, and little or nothing that is outside tolerance.
 */
import type { WindowData } from "./windowMessages";

export interface PackedWindow extends Omit<WindowData, "outside" | "valid"> {
  /** A bit for each cell, the lowest of a byte first; null where all cells are inside tolerance. */
  readonly outside: Uint8Array | null;
  /** The columns before the padding, where it is whole columns at the end; else a byte for each cell. */
  readonly valid: number | Uint8Array;
}

export function packWindow(data: WindowData): PackedWindow {
  const { rows, columns, outside, valid } = data;
  const filled = valid.subarray(0, columns).lastIndexOf(1) + 1;
  const isFilled = filledColumns(rows * columns, columns, filled).every(
    (one, cell) => one === valid[cell],
  );
  return {
    ...data,
    outside: outside.includes(1) ? packBits(outside) : null,
    valid: isFilled ? filled : valid,
  };
}

export function unpackWindow(packed: PackedWindow): WindowData {
  const { rows, columns, outside, valid } = packed;
  const cells = rows * columns;
  return {
    ...packed,
    outside: outside === null ? new Uint8Array(cells) : unpackBits(outside, cells),
    valid: typeof valid === "number" ? filledColumns(cells, columns, valid) : valid,
  };
}

function packBits(marks: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(marks.length / 8));
  for (let at = 0; at < marks.length; at++)
    bits[at >> 3] = (bits[at >> 3] ?? 0) | ((marks[at] ?? 0) << (at & 7));
  return bits;
}

function unpackBits(bits: Uint8Array, count: number): Uint8Array {
  const marks = new Uint8Array(count);
  for (let at = 0; at < count; at++) marks[at] = ((bits[at >> 3] ?? 0) >> (at & 7)) & 1;
  return marks;
}

function filledColumns(cells: number, columns: number, filled: number): Uint8Array {
  const valid = new Uint8Array(cells);
  for (let first = 0; first < cells; first += columns) valid.fill(1, first, first + filled);
  return valid;
}
