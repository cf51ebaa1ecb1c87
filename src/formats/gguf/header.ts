/**
 * The header of a GGUF file: its tensors, and what is passed over.
 *
 * Spec:    github.com/ggml-org/ggml, docs/gguf.md, versions 1 to 3, little-endian.
 * Layout:  "GGUF" | version (u32) | tensors (u64) | keys (u64) | (key, type, value)… |
 *          (name, axes (u32), sizes (u64), type (u32), offset (u64))… | data, aligned. Version 1 has u32 for u64.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import { ByteReader, type ByteSource } from "../base/bytes";
import { maxDepth, maxEntries } from "../base/limits";
import { startsWith } from "../base/refused";

/** `GGUF` */
const magic = [0x47, 0x47, 0x55, 0x46] as const;

/** ggml has four axes at most. */
const maxSizes = 4;

/** A vocabulary of a quarter of a million words takes some 10 MB; more than this is none. */
const maxHeaderBytes = 2 ** 28;
const firstWindowBytes = 2 ** 18;
const windowGrowth = 8;

const defaultAlignment = 32;
const alignmentKey = "general.alignment";

/** Bytes of a value by its type; strings (8) and lists (9) say their own. */
const valueBytes: ReadonlyMap<number, number> = new Map([
  ...[0, 1, 7].map((type) => [type, 1] as const),
  ...[2, 3].map((type) => [type, 2] as const),
  ...[4, 5, 6].map((type) => [type, 4] as const),
  ...[10, 11, 12].map((type) => [type, 8] as const),
]);
const stringType = 8;
const listType = 9;
const uint32Type = 4;

/** A tensor as the header has it; nothing of it has been checked yet. */
export interface GgufTensor {
  readonly name: string;
  /** The axis that changes fastest first. */
  readonly sizes: readonly bigint[];
  readonly type: number;
  /** From the beginning of the data, in bytes. */
  readonly offset: bigint;
}

export interface GgufHeader {
  readonly tensors: readonly GgufTensor[];
  /** Where the data begin in the file, in bytes. */
  readonly dataOffset: number;
}

/** True when bytes begin as a GGUF file does. */
export function looksLikeGguf(head: Uint8Array): boolean {
  return startsWith(head, magic);
}

/**
 * Reads the header, with more and more of the file until it is whole.
 * @throws FormatError when it is damaged, UnsupportedError for another version, LimitError when it passes a bound.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const most = Math.min(source.size, maxHeaderBytes);
  for (let window = Math.min(most, firstWindowBytes); ;) {
    const reader = new HeaderReader(source.name, await source.read(0, window));
    try {
      return reader.header();
    } catch (error) {
      if (!reader.needsMore || window === most) throw error;
      window = Math.min(most, windowGrowth * window);
    }
  }
}

class HeaderReader {
  readonly #file: string;
  readonly #reader: ByteReader;
  #isFirstVersion = false;

  constructor(file: string, bytes: Uint8Array) {
    this.#file = file;
    this.#reader = new ByteReader(file, bytes);
  }

  /** True when it broke off for want of bytes. */
  get needsMore(): boolean {
    return this.#reader.missing > 0;
  }

  header(): GgufHeader {
    this.#reader.bytes(magic.length);
    this.#version();
    const tensorCount = this.#count("tensor-count");
    const keyCount = this.#count("key-count");
    let alignment = defaultAlignment;
    for (let left = keyCount; left > 0; left -= 1) {
      const key = this.#string();
      const type = this.#reader.uint32();
      if (key === alignmentKey && type === uint32Type) alignment = this.#reader.uint32();
      else this.#skipValue(type, 0);
    }
    if (alignment === 0 || alignment > firstWindowBytes) {
      throw this.#error(text("its data are aligned to {0} bytes", alignment));
    }
    const tensors = Array.from({ length: tensorCount }, () => this.#tensor());
    const { offset } = this.#reader;
    return { tensors, dataOffset: Math.ceil(offset / alignment) * alignment };
  }

  #version(): void {
    const version = this.#reader.uint32();
    this.#isFirstVersion = version === 1;
    if (version >= 1 && version <= 3) return;
    throw new UnsupportedError(
      this.#file,
      version % 2 ** 16 === 0
        ? text("a GGUF file with the bytes of each number in big-endian order is not read")
        : text("version {0} of GGUF is not known", version),
    );
  }

  #tensor(): GgufTensor {
    const name = this.#string();
    const axes = this.#reader.uint32();
    if (axes > maxSizes) throw this.#error(text("{0} has {1} axes", name, axes));
    const sizes = Array.from({ length: axes }, () => this.#size());
    return { name, sizes, type: this.#reader.uint32(), offset: this.#reader.uint64() };
  }

  #skipValue(type: number, depth: number): void {
    const width = valueBytes.get(type);
    if (width !== undefined) this.#reader.bytes(width);
    else if (type === stringType) this.#reader.bytes(this.#size());
    else if (type === listType && depth < maxDepth) this.#skipList(depth);
    else throw this.#error(text("a value has the unknown type {0}", type));
  }

  #skipList(depth: number): void {
    const type = this.#reader.uint32();
    const length = this.#size();
    const width = valueBytes.get(type);
    if (width !== undefined) {
      this.#reader.bytes(length * BigInt(width));
      return;
    }
    // Each takes a byte or more: the reader ends before a count that is a lie does.
    for (let left = length; left > 0n; left -= 1n) this.#skipValue(type, depth + 1);
  }

  #count(of: "tensor-count" | "key-count"): number {
    const count = this.#size();
    if (count > BigInt(maxEntries)) throw new LimitError(this.#file, { of }, maxEntries, count);
    return Number(count);
  }

  #string(): string {
    return this.#reader.utf8(this.#size());
  }

  #size(): bigint {
    return this.#isFirstVersion ? BigInt(this.#reader.uint32()) : this.#reader.uint64();
  }

  #error(problem: ReturnType<typeof text>): FormatError {
    return new FormatError(this.#file, problem, { offset: this.#reader.offset });
  }
}
