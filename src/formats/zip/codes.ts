/**
 * The codes of deflated blocks: tables that are filled from their lengths, and what their entries stand for.
 *
 * Spec: RFC 1951, 3.2.5 and 3.2.6.
 */
import {
  distanceTable,
  fillTable,
  kindMask,
  kinds,
  lengthCodeTable,
  literalTable,
  type CodeTable,
} from "./huffman";

/** A block with codes, by the lengths of these. */
export interface CodesBlock {
  readonly kind: "codes";
  readonly literals: Uint8Array;
  readonly distances: Uint8Array;
}

/** Repetitions that are shorter are copied sooner than a call is made. */
const leastMove = 32;

export const fixedCodes: CodesBlock = {
  kind: "codes",
  literals: Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
  distances: new Uint8Array(32).fill(5),
};

/** The order in which the lengths of the code of code lengths are written. */
export const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** By symbol of that code: those that repeat the length before, or that there is none. The others are lengths. */
export const repeats = [
  ...Array.from({ length: 16 }, () => undefined),
  { bits: 2, least: 3 },
  { bits: 3, least: 3 },
  { bits: 7, least: 11 },
];

/**
 * The codes of the block that was inflated last, shared by all streams: another stream that goes on fills them again. To
 * make tables for each stream takes longer than to inflate a small one.
 */
export const codes: {
  readonly literals: CodeTable;
  readonly distances: CodeTable;
  /** Of the code that the lengths of the other two are written in. */
  readonly lengths: CodeTable;
  /** Whose codes are in the first two. */
  block: CodesBlock | undefined;
} = {
  literals: literalTable(),
  distances: distanceTable(),
  lengths: lengthCodeTable(),
  block: undefined,
};

/** Fills the tables with the codes of a block, where they are not those of it; false where its lengths make no code. */
export function loadCodes(block: CodesBlock): boolean {
  if (codes.block === block) return true;
  codes.block = undefined;
  const isCode =
    fillTable(codes.literals, block.literals, true) &&
    fillTable(codes.distances, block.distances, true);
  if (isCode) codes.block = block;
  return isCode;
}

/** The entry of the code that `bits` begin with. */
export function lookUp(entries: Int32Array, bits: number, rootBits: number): number {
  const entry = entries[bits & ((1 << rootBits) - 1)] ?? 0;
  if ((entry & kindMask) !== kinds.link) return entry;
  const width = (entry >>> 4) & 15;
  return entries[(entry >>> 16) + ((bits >>> rootBits) & ((1 << width) - 1))] ?? 0;
}

/** A base and the extra bits that follow its code. */
export function valueOf(entry: number, bits: number): number {
  return (entry >>> 16) + (bits & ((1 << ((entry >>> 4) & 15)) - 1));
}

/** Writes `length` bytes that were written `distance` before; they may overlap those they are read from. */
export function repeatBytes(bytes: Uint8Array, at: number, distance: number, length: number): void {
  if (length >= leastMove && distance >= length) {
    bytes.copyWithin(at, at - distance, at - distance + length);
    return;
  }
  for (let to = at; to < at + length; to += 1) bytes[to] = bytes[to - distance] ?? 0;
}
