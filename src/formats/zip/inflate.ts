/**
 * Inflates deflated data, and can save its state so that inflating continues from there later.
 *
 * Resuming needs only the saved state and the last 32 KiB of output.
 *
 * Spec:    RFC 1951. Data that zlib refuses is refused.
 * Decodes: it stops between two symbols, when the output is full or the available input is used up.
 */
import type { UnrollError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import {
  codes,
  fixedCodes,
  lengthOrder,
  loadCodes,
  lookUp,
  repeats,
  repeatBytes,
  valueOf,
  type CodesBlock,
} from "./codes";
import { fillTable, kindMask, kinds, maxCodeBits, special } from "./huffman";

/** How far back deflated data may refer, in bytes. */
export const historyBytes = 2 ** 15;

/** Bytes that may be written beyond the requested end: the longest repetition except its first byte. */
export const excessBytes = 257;

/** Bytes of padding behind the input, with any value, because bits are read four bytes at a time. */
export const paddingBytes = 8;

/**
 * Input that has to be at hand, in bytes, before the end of the data: the longest head of a block takes 14 bits, 19
 * lengths of 3 and 316 of 14. Shorter inputs are the last ones.
 */
const leastInputBytes = 600;

/** A part of the deflated data. */
export interface Input {
  /** Its bytes with `paddingBytes` behind them. */
  readonly bytes: Uint8Array;
  /** Where it begins in the deflated data, in bytes. */
  readonly start: number;
  /** Without the padding. */
  readonly length: number;
  /** True when the data end with it. */
  readonly isEnd: boolean;
}

/** Where to write: as many bytes before the position as there are, and `excessBytes` behind the limit. */
export interface Output {
  readonly bytes: Uint8Array;
  /** Where the output that is remembered begins. */
  readonly start: number;
  readonly limit: number;
}

/** Between two symbols. */
export interface InflateState {
  /** Place in the deflated data, in bits. */
  readonly bit: number;
  readonly block: Block;
  readonly isLast: boolean;
}

/** The block that a state is in; "head" before the next one. */
type Block =
  | { readonly kind: "head" | "end" }
  | { readonly kind: "stored"; readonly left: number }
  | CodesBlock;

const head: Block = { kind: "head" };
const end: Block = { kind: "end" };

const maxLiterals = 286;
const maxDistances = 30;
const endOfBlock = 256;

/** Inflates one stream of deflated data. */
export class Inflate {
  readonly #damaged: (problem: Text) => UnrollError;
  #block: Block;
  #isLast: boolean;
  /** In the input at hand. */
  #bit = 0;
  #input: Input = { bytes: new Uint8Array(paddingBytes), start: 0, length: 0, isEnd: false };
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** `damaged` makes the error of a problem; a state is gone on with. */
  constructor(
    damaged: (problem: Text) => UnrollError,
    { bit, block, isLast }: InflateState = { bit: 0, block: head, isLast: false },
  ) {
    this.#damaged = damaged;
    this.#block = block;
    this.#isLast = isLast;
    this.#bit = bit;
  }

  /** True when the data are at their end. */
  get isDone(): boolean {
    return this.#block.kind === "end";
  }

  /** The byte at which the next input should begin. */
  get byte(): number {
    return this.#input.start + Math.floor(this.#bit / 8);
  }

  get state(): InflateState {
    return { bit: 8 * this.#input.start + this.#bit, block: this.#block, isLast: this.#isLast };
  }

  /** Takes the next part of the data; it begins at `byte`. */
  feed(input: Input): void {
    this.#bit = 8 * (this.#input.start - input.start) + this.#bit;
    this.#input = input;
    this.#view = new DataView(input.bytes.buffer, input.bytes.byteOffset, input.bytes.byteLength);
  }

  /**
   * Writes from `position` on, and returns the position behind: at or behind the limit, unless the data are at their
   * end or the input is used up.
   * @throws what `damaged` makes of data that zlib would refuse.
   */
  inflate(output: Output, position: number): number {
    const { length, isEnd } = this.#input;
    let at = position;
    while (at < output.limit && !this.isDone) {
      if (!isEnd && this.#bit >= 8 * (length - leastInputBytes)) break;
      if (isEnd && this.#bit >= 8 * length) throw this.#endsEarly();
      const block = this.#block;
      if (block.kind === "stored") at = this.#copyStored(block.left, output, at);
      else if (block.kind === "codes") at = this.#decode(block, output, at);
      else this.#block = this.#readHead();
      if (this.#bit > 8 * length) throw this.#endsEarly();
    }
    return at;
  }

  #readHead(): Block {
    this.#isLast = this.#take(1) === 1;
    switch (this.#take(2)) {
      case 0:
        return this.#readStoredHead();
      case 1:
        return fixedCodes;
      case 2:
        return this.#readCodes();
      default:
        throw this.#damaged(text("its compressed data have a block of an unknown kind"));
    }
  }

  #readStoredHead(): Block {
    this.#take(-this.#bit & 7);
    const left = this.#take(16);
    if (this.#take(16) !== (left ^ 0xffff)) {
      throw this.#damaged(text("its compressed data give two lengths to one block"));
    }
    return left === 0 ? this.#next() : { kind: "stored", left };
  }

  #copyStored(left: number, { bytes, limit }: Output, position: number): number {
    const from = this.#bit / 8;
    const length = Math.min(left, limit - position, this.#input.length - from);
    bytes.set(this.#input.bytes.subarray(from, from + length), position);
    this.#bit += 8 * length;
    this.#block = length === left ? this.#next() : { kind: "stored", left: left - length };
    return position + length;
  }

  #readCodes(): Block {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const lengthCodes = this.#take(4) + 4;
    if (literals > maxLiterals || distances > maxDistances) throw this.#noCode();
    const lengths = new Uint8Array(lengthOrder.length);
    for (const symbol of lengthOrder.slice(0, lengthCodes)) lengths[symbol] = this.#take(3);
    const all = this.#readLengths(lengths, literals + distances);
    if (all[endOfBlock] === 0) throw this.#noCode();
    const block: Block = {
      kind: "codes",
      literals: all.subarray(0, literals),
      distances: all.subarray(literals),
    };
    this.#load(block);
    return block;
  }

  /** Lengths of codes, which are written in a code of their own. */
  #readLengths(codeLengths: Uint8Array, count: number): Uint8Array {
    const table = codes.lengths;
    if (!fillTable(table, codeLengths, false)) throw this.#noCode();
    const lengths = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const entry = table.entries[this.#peek() & ((1 << table.rootBits) - 1)] ?? 0;
      this.#take(entry & maxCodeBits);
      const symbol = entry >>> 16;
      const repeat = repeats[symbol];
      if (repeat === undefined) {
        lengths[at] = symbol;
        at += 1;
        continue;
      }
      const end = at + repeat.least + this.#take(repeat.bits);
      if (end > count || (symbol === 16 && at === 0)) throw this.#noCode();
      if (symbol === 16) lengths.fill(lengths[at - 1] ?? 0, at, end);
      at = end;
    }
    return lengths;
  }

  #load(block: CodesBlock): void {
    if (!loadCodes(block)) throw this.#noCode();
  }

  /** Literals and repetitions, up to the end of the block, the limit, or the end of what is safe to read. */
  #decode(block: CodesBlock, { bytes, start, limit }: Output, position: number): number {
    this.#load(block);
    const { entries: literals, rootBits: literalBits } = codes.literals;
    const { entries: distances, rootBits: distanceBits } = codes.distances;
    const view = this.#view;
    const literalMask = (1 << literalBits) - 1;
    const { length: inputLength, isEnd } = this.#input;
    const stop = 8 * (isEnd ? inputLength : inputLength - leastInputBytes);
    let bit = this.#bit;
    let at = position;
    while (bit < stop && at < limit) {
      // 25 bits at least: a length with its extra bits takes 20, a distance 28.
      let bits = view.getUint32(bit >>> 3, true) >>> (bit & 7);
      let entry = lookUp(literals, bits, literalBits);
      bit += entry & maxCodeBits;
      if ((entry & kindMask) === kinds.literal) {
        bytes[at] = entry >>> 16;
        at += 1;
        // Literals mostly come in rows: the bits at hand are enough for a second one with a short code.
        entry = literals[(bits >>> (entry & maxCodeBits)) & literalMask] ?? 0;
        if ((entry & kindMask) !== kinds.literal) continue;
        bytes[at] = entry >>> 16;
        at += 1;
        bit += entry & maxCodeBits;
        continue;
      }
      if ((entry & kindMask) === kinds.special) {
        if (entry >>> 16 === special.nothing) throw this.#noSymbol();
        this.#block = this.#next();
        break;
      }
      const length = valueOf(entry, bits >>> (entry & maxCodeBits));
      bit += (entry >>> 4) & 15;
      bits = view.getUint32(bit >>> 3, true) >>> (bit & 7);
      entry = lookUp(distances, bits, distanceBits);
      if ((entry & kindMask) === kinds.special) throw this.#noSymbol();
      bit += entry & maxCodeBits;
      const distance = valueOf(entry, view.getUint32(bit >>> 3, true) >>> (bit & 7));
      bit += (entry >>> 4) & 15;
      if (distance > at - start) throw this.#tooFar();
      repeatBytes(bytes, at, distance, length);
      at += length;
    }
    this.#bit = bit;
    return at;
  }

  /** Handles the end of a block. */
  #next(): Block {
    return this.#isLast ? end : head;
  }

  #peek(): number {
    return this.#view.getUint32(this.#bit >>> 3, true) >>> (this.#bit & 7);
  }

  /** The next bits, at most 16. */
  #take(count: number): number {
    if (this.#bit + count > 8 * this.#input.length) throw this.#endsEarly();
    const bits = this.#peek() & ((1 << count) - 1);
    this.#bit += count;
    return bits;
  }

  #endsEarly(): UnrollError {
    return this.#damaged(text("its compressed data end too early"));
  }

  #noCode(): UnrollError {
    return this.#damaged(text("its compressed data have lengths of codes that make no code"));
  }

  #noSymbol(): UnrollError {
    return this.#damaged(text("its compressed data have a code without a meaning"));
  }

  #tooFar(): UnrollError {
    return this.#damaged(text("its compressed data repeat what is before their beginning"));
  }
}
