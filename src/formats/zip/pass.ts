/**
 * One pass over a compressed member, inflated block by block as far as a caller asks.
 *
 * Between two blocks, the state of a pass can be saved, and another pass can continue from there.
 */
import type { UnrollError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import { crc32 } from "../base/crc32";
import { excessBytes, historyBytes, Inflate, paddingBytes, type InflateState } from "./inflate";

/** The compressed bytes of a member, and what the directory says of the inflated ones. */
export interface Deflated {
  /** Where the member begins in the archive: what tells it from the others. */
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  /** Reads compressed bytes; `offset` 0 is the first one. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  /** The error of a problem with this member. */
  readonly damaged: (problem: Text) => UnrollError;
}

/** The saved state of a pass between two blocks; about 33 kB. */
export interface CheckPoint {
  /** Where its next block begins. */
  readonly position: number;
  readonly state: InflateState;
  /** The last output before `position`, and what was inflated beyond. */
  readonly output: Uint8Array;
  readonly beyond: number;
  /** Of everything before `position`. */
  readonly crc32: number;
}

/** The first read is for those who want the head of a member; each is twice as long as the one before. */
const firstReadBytes = 2 ** 14;
const maxReadBytes = 2 ** 18;

/** Holds its position in the compressed bytes and the last 32 KiB of output; it need not be disposed. */
export class InflatePass {
  readonly #member: Deflated;
  readonly #blockBytes: number;
  readonly #inflate: Inflate;
  /** Output before the block | the block | what is inflated beyond. */
  readonly #output: Uint8Array;
  /** Where the block begins in the output: 0 where there is one block alone. */
  readonly #blockStart: number;
  /** Where the output before the block begins. */
  #start: number;
  #beyond = 0;
  #position = 0;
  #crc32 = 0;
  #readBytes = firstReadBytes;

  /** Gives blocks of `blockBytes`, but for the last one; begins at the front, or where another pass stood. */
  constructor(member: Deflated, blockBytes: number, from?: CheckPoint) {
    this.#member = member;
    this.#blockBytes = Math.min(blockBytes, member.size);
    this.#inflate = new Inflate(member.damaged, from?.state);
    this.#blockStart = this.#blockBytes < member.size ? historyBytes : 0;
    this.#output = new Uint8Array(this.#blockStart + this.#blockBytes + 1 + excessBytes);
    this.#start = this.#blockStart;
    if (from === undefined) return;
    this.#start += from.beyond - from.output.length;
    this.#output.set(from.output, this.#start);
    this.#beyond = from.beyond;
    this.#position = from.position;
    this.#crc32 = from.crc32;
  }

  /** Where the next block begins. */
  get position(): number {
    return this.#position;
  }

  /** The next block; the last one comes once size and CRC-32 are known to be right. */
  async next(): Promise<Uint8Array> {
    const length = Math.min(this.#blockBytes, this.#member.size - this.#position);
    const end = this.#blockStart + length;
    const isLast = this.#position + length === this.#member.size;
    const output = {
      bytes: this.#output,
      start: this.#start,
      // What ends where it should ends before one byte more.
      limit: isLast ? end + 1 : end,
    };
    let at = this.#inflate.inflate(output, this.#blockStart + this.#beyond);
    while (at < output.limit && !this.#inflate.isDone) {
      await this.#feed();
      at = this.#inflate.inflate(output, at);
    }
    this.#assertLength(at - this.#blockStart, length, isLast);
    return this.#takeBlock(end, at);
  }

  /** Where the pass stands. */
  get checkPoint(): CheckPoint {
    const end = this.#blockStart + this.#beyond;
    return {
      position: this.#position,
      state: this.#inflate.state,
      output: this.#output.slice(Math.max(this.#start, end - historyBytes), end),
      beyond: this.#beyond,
      crc32: this.#crc32,
    };
  }

  #assertLength(inflated: number, length: number, isLast: boolean): void {
    const { size, damaged } = this.#member;
    if (inflated < length) {
      throw damaged(text("{0} bytes instead of {1}", this.#position + inflated, size));
    }
    if (isLast && inflated > length) throw damaged(text("more data than declared"));
  }

  /** The block as its own bytes; what is behind its last 32 KiB goes to the front. */
  #takeBlock(end: number, at: number): Uint8Array {
    const { size, damaged, crc32: expected } = this.#member;
    const isWhole = this.#blockStart === 0;
    const block = isWhole
      ? this.#output.subarray(0, end)
      : this.#output.slice(this.#blockStart, end);
    this.#position += block.length;
    this.#crc32 = crc32(block, this.#crc32);
    if (this.#position === size && this.#crc32 !== expected) {
      throw damaged(text("its CRC-32 does not match"));
    }
    if (!isWhole) {
      this.#beyond = at - end;
      this.#start = Math.max(0, this.#start - block.length);
      this.#output.copyWithin(0, block.length, at);
    }
    return block;
  }

  async #feed(): Promise<void> {
    const { compressedSize, read } = this.#member;
    const start = this.#inflate.byte;
    const length = Math.min(this.#readBytes, compressedSize - start);
    this.#readBytes = Math.min(2 * this.#readBytes, maxReadBytes);
    const bytes = new Uint8Array(length + paddingBytes);
    bytes.set(await read(start, length));
    this.#inflate.feed({ bytes, start, length, isEnd: start + length === compressedSize });
  }
}
