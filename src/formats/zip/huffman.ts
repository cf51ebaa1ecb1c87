/**
 * Huffman codes of deflate: from code lengths to a table that is indexed by the next bits.
 *
 * Spec:    RFC 1951, 3.2.2 and 3.2.5; what is no code is refused as zlib refuses it (inftrees.c).
 * Layout:  an entry is value << 16 | kind << 8 | extra bits << 4 | bits of the code. Codes longer than the root are
 *          found in a second table behind it: its place is the value, and extra bits is how many bits choose in it.
 */
import { clamp } from "../../core/numeric";

export const kinds = {
  literal: 0,
  /** A length or distance: the value, and extra bits to be added. */
  base: 1 << 8,
  /** No byte and no length: see `special`. */
  special: 2 << 8,
  link: 3 << 8,
} as const;
export const kindMask = 3 << 8;

/** Values of special entries. */
export const special = { endOfBlock: 0, nothing: 1 } as const;

const nothing = (special.nothing << 16) | kinds.special;

export const maxCodeBits = 15;

/** A table for one alphabet, filled once for each block. */
export interface CodeTable {
  readonly entries: Int32Array;
  /** Bits that the first lookup takes at most. */
  readonly maxRootBits: number;
  /** Bits that the first lookup takes for the code at hand. */
  rootBits: number;
  /** What each symbol means: an entry without the bits of its code. */
  readonly meanings: Int32Array;
}

/** Lengths and distances: groups of bases whose extra bits grow by one. */
function bases(
  first: number,
  groups: readonly (readonly [count: number, extra: number])[],
): number[] {
  let base = first;
  return groups.flatMap(([count, extra]) =>
    Array.from({ length: count }, () => {
      const entry = (base << 16) | kinds.base | (extra << 4);
      base += 1 << extra;
      return entry;
    }),
  );
}

const literalMeanings = Int32Array.from([
  ...Array.from({ length: 256 }, (_, byte) => byte << 16),
  (special.endOfBlock << 16) | kinds.special,
  // The last length has a symbol of its own, though the one before it could say it as well.
  ...bases(3, [[8, 0], ...[1, 2, 3, 4].map((extra) => [4, extra] as const), [4, 5]]),
  (258 << 16) | kinds.base,
  nothing,
  nothing,
]);

const distanceMeanings = Int32Array.from([
  ...bases(1, [[4, 0], ...Array.from({ length: 13 }, (_, index) => [2, index + 1] as const)]),
  nothing,
  nothing,
]);

/** The largest second tables that these alphabets can have fit as well (zlib's examples/enough.c: 1334 and 402). */
export function literalTable(): CodeTable {
  return makeTable(2048, 10, literalMeanings);
}

export function distanceTable(): CodeTable {
  return makeTable(512, 8, distanceMeanings);
}

/** The code in which the lengths of the others are written; a symbol means itself. */
export function lengthCodeTable(): CodeTable {
  return makeTable(
    128,
    7,
    Int32Array.from({ length: 19 }, (_, symbol) => symbol << 16),
  );
}

function makeTable(size: number, maxRootBits: number, meanings: Int32Array): CodeTable {
  return { entries: new Int32Array(size), maxRootBits, rootBits: 0, meanings };
}

/**
 * Fills a table with the code whose lengths these are, by symbol; 0 is a symbol that does not occur. False when there is
 * no such code: it has more codes than bits allow, or fewer and `mayBeSparse` does not allow one alone or none.
 */
export function fillTable(table: CodeTable, lengths: Uint8Array, mayBeSparse: boolean): boolean {
  const counts = new Uint16Array(maxCodeBits + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  let maxBits = maxCodeBits;
  while (maxBits > 0 && counts[maxBits] === 0) maxBits -= 1;
  if (!isCode(counts, maxBits, mayBeSparse)) return false;
  table.rootBits = clamp(table.maxRootBits, 1, maxBits);
  table.entries.fill(nothing, 0, 1 << table.rootBits);
  placeCodes(table, lengths, { counts, maxBits });
  return true;
}

function isCode(counts: Uint16Array, maxBits: number, mayBeSparse: boolean): boolean {
  let left = 1;
  for (let bits = 1; bits <= maxCodeBits; bits += 1) {
    left = 2 * left - (counts[bits] ?? 0);
    if (left < 0) return false;
  }
  return left === 0 || (mayBeSparse && maxBits <= 1);
}

interface Lengths {
  /** The number of codes of each length, counted down; entry 0 is ignored. */
  readonly counts: Uint16Array;
  readonly maxBits: number;
}

/** Codes of one length follow one another in the order of the symbols, shorter ones come first. */
function placeCodes(table: CodeTable, lengths: Uint8Array, { counts, maxBits }: Lengths): void {
  const { entries, rootBits, meanings } = table;
  const rootSize = 1 << rootBits;
  let end = rootSize;
  let second = { prefix: -1, at: 0, size: 0 };
  // The code with its first bit lowest, as it comes in the stream.
  let bits = 0;
  for (const symbol of byLength(lengths, counts)) {
    const length = lengths[symbol] ?? 0;
    const entry = (meanings[symbol] ?? nothing) | length;
    if (length <= rootBits) {
      fillEvery(entries, { from: bits, step: 1 << length, end: rootSize }, entry);
    } else {
      const prefix = bits & (rootSize - 1);
      if (prefix !== second.prefix) {
        const width = secondBits(counts, length, rootBits, maxBits);
        second = { prefix, at: end, size: 1 << width };
        end += second.size;
        entries[prefix] = (second.at << 16) | kinds.link | (width << 4);
      }
      const from = second.at + (bits >>> rootBits);
      const step = 1 << (length - rootBits);
      fillEvery(entries, { from, step, end: second.at + second.size }, entry);
    }
    counts[length] = (counts[length] ?? 0) - 1;
    bits = following(bits, length);
  }
}

/** The symbols that occur, by length and then by number. */
function byLength(lengths: Uint8Array, counts: Uint16Array): Uint16Array {
  const next = new Uint16Array(counts.length);
  for (let length = 2; length < counts.length; length += 1) {
    next[length] = (next[length - 1] ?? 0) + (counts[length - 1] ?? 0);
  }
  const symbols = new Uint16Array((next[maxCodeBits] ?? 0) + (counts[maxCodeBits] ?? 0));
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const at = next[length] ?? 0;
    symbols[at] = symbol;
    next[length] = at + 1;
  }
  return symbols;
}

interface Places {
  readonly from: number;
  readonly step: number;
  readonly end: number;
}

function fillEvery(entries: Int32Array, { from, step, end }: Places, entry: number): void {
  for (let at = from; at < end; at += step) entries[at] = entry;
}

/** How many bits the second table takes that begins with a code of this length: until its codes fill it. */
function secondBits(
  counts: Uint16Array,
  length: number,
  rootBits: number,
  maxBits: number,
): number {
  let bits = length;
  let left = 1 << (bits - rootBits);
  while (bits < maxBits) {
    left -= counts[bits] ?? 0;
    if (left <= 0) break;
    bits += 1;
    left *= 2;
  }
  return bits - rootBits;
}

/** The next code of `length` bits, where the first bit is the lowest: one is added at the other end. */
function following(bits: number, length: number): number {
  let bit = 1 << (length - 1);
  while ((bits & bit) !== 0) bit >>>= 1;
  return bit === 0 ? 0 : (bits & (bit - 1)) | bit;
}
