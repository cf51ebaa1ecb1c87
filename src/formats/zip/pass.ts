/**
 * A compressed member of a zip archive in one pass: inflated as far as somebody has asked for, block by block.
 */
import { text, type TextArgument } from "../../text";
import type { FileEntry } from "./library";

/** Why a member could not be inflated. */
export interface InflateFailure {
  readonly problem: TextArgument;
  readonly cause: unknown;
}

/** Blocks are kept one by one; a smaller one would be looked up more often, a larger one be kept for less. */
export const blockBytes = 2 ** 20;

/** A pass that stands still wherever nobody asks for more. */
export class InflatePass {
  readonly #size: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort = new AbortController();
  /** Settles with the library's work, which checks the CRC-32 at the end. */
  readonly #work: Promise<unknown>;
  /** Never resolves. */
  readonly #failure: Promise<never>;
  #left: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(entry: FileEntry) {
    this.#size = entry.uncompressedSize;
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#reader = readable.getReader();
    this.#work = entry.getData(writable, { checkCrc32: true, signal: this.#abort.signal });
    this.#failure = this.#work.then(() => new Promise<never>(() => undefined));
    // It is looked at by who asks for a block; nobody may.
    this.#failure.catch(() => undefined);
  }

  /** Where the next block begins. */
  get position(): number {
    return this.#position;
  }

  /** The next block: a whole one, but for the last, which comes once the member is known to be right. */
  async next(): Promise<Uint8Array | InflateFailure> {
    const block = new Uint8Array(Math.min(blockBytes, this.#size - this.#position));
    let filled = 0;
    while (filled < block.length) {
      if (this.#left.length === 0) {
        const chunk = await this.#chunk();
        if (chunk === undefined) return this.#tooShort(this.#position + filled);
        this.#left = chunk;
      }
      const part = this.#left.subarray(0, block.length - filled);
      block.set(part, filled);
      filled += part.length;
      this.#left = this.#left.subarray(part.length);
    }
    this.#position += block.length;
    if (this.#position < this.#size) return block;
    return (await this.#excess()) ?? block;
  }

  /** Ends the pass before its end. */
  dispose(): void {
    this.#abort.abort();
    this.#reader.cancel().catch(() => undefined);
  }

  async #chunk(): Promise<Uint8Array | undefined> {
    const { value } = await Promise.race([this.#reader.read(), this.#failure]);
    return value;
  }

  async #excess(): Promise<InflateFailure | undefined> {
    const more = this.#left.length > 0 ? this.#left : await this.#chunk();
    if (more !== undefined) return { problem: text("more data than declared"), cause: undefined };
    await this.#work;
    return undefined;
  }

  #tooShort(length: number): InflateFailure {
    return { problem: text("{0} bytes instead of {1}", length, this.#size), cause: undefined };
  }
}
