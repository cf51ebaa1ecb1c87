/**
 * The memory that kernels work in: a stack of blocks that are freed together.
 */
import type { StateArray } from "../base/engine";
import { cacheLineBytes, firstBlock } from "./kernel/layout/memory";
import { outOfMemory } from "../base/traceMemory";

const pageBytes = 2 ** 16;

/** The range of 32-bit addresses. */
const maxPages = 2 ** 16;

export const addressableBytes = maxPages * pageBytes;

/** Memory grows by at least this. */
const growthPages = 64;

export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly bytesPerValue: 4 | 8;
  #end = firstBlock;
  #words: Uint32Array;
  #values: StateArray;

  /**
   * `bytes` is the expected size; `shared` is true for memory that threads share.
   * @throws RangeError when the system does not provide that much.
   */
  constructor(bytes: number, bytesPerValue: 4 | 8, shared: boolean) {
    const initial = Math.min(maxPages, Math.ceil((firstBlock + bytes) / pageBytes));
    this.memory = new WebAssembly.Memory({ initial, maximum: maxPages, shared });
    this.bytesPerValue = bytesPerValue;
    this.#words = new Uint32Array(this.memory.buffer);
    this.#values = this.values(0, this.memory.buffer.byteLength / bytesPerValue);
  }

  /**
   * Address of a new block of zeros, at a cache line.
   * @throws UnsupportedError when there is no more memory.
   */
  reserve(bytes: number): number {
    const address = this.#end;
    const end = address + Math.ceil(bytes / cacheLineBytes) * cacheLineBytes;
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      const left = maxPages - this.memory.buffer.byteLength / pageBytes;
      this.#grow(Math.max(missing, Math.min(left, growthPages)));
      this.#words = new Uint32Array(this.memory.buffer);
      this.#values = this.values(0, this.memory.buffer.byteLength / this.bytesPerValue);
    }
    this.#end = end;
    return address;
  }

  #grow(pages: number): void {
    try {
      this.memory.grow(pages);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw outOfMemory(pages * pageBytes, error);
    }
  }

  /** All of the memory as words. Do not keep it: growing replaces it. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Writes words of what lies at an address: pairs of their offset in bytes and their value. */
  writeWords(address: number, words: readonly (readonly [offset: number, value: number])[]): void {
    for (const [offset, value] of words) this.#words[(address + offset) / 4] = value;
  }

  /** Writes values. */
  write(address: number, values: StateArray): void {
    this.#values.set(values, address / this.bytesPerValue);
  }

  /** A view of values. When the memory grows, it stays valid only if threads share it. */
  values(address: number, length: number): StateArray {
    return this.bytesPerValue === 4
      ? new Float32Array(this.memory.buffer, address, length)
      : new Float64Array(this.memory.buffer, address, length);
  }
}
