/**
 * The parts of partitioned variables: what their keys in the table say, and the order in which they lie.
 *
 * Source: tensorflow/core/util/saved_tensor_slice_util.cc, EncodeTensorNameSlice; core/lib/strings/ordered_code.cc.
 */
import type { Shape } from "../../tensor/tensor";
import { maxAxes } from "../base/limits";
import type { BundleEntry } from "./messages";

/** Keys of parts begin with this byte: 0 as an ordered code. */
const mark = 0;

/** Whether a key is that of a part. */
export function isSliceKey(key: Uint8Array): boolean {
  return key[0] === mark;
}

/** Which part of which variable a key is of. */
interface SliceKey {
  readonly name: string;
  /** On each axis where it begins, and how long it is; null where it has all of the axis. */
  readonly extents: readonly { readonly start: number; readonly length: number | null }[];
}

/** A part of a variable, by its key. */
export interface Slice extends SliceKey {
  readonly entry: BundleEntry;
}

/** Reads a key that begins with the mark; null for what is none. */
export function readSliceKey(key: Uint8Array): SliceKey | null {
  const reader = new OrderedReader(key.subarray(1));
  const name = reader.text();
  const axes = reader.count();
  if (name === null || axes === null || axes > maxAxes) return null;
  const extents: { start: number; length: number | null }[] = [];
  for (let axis = 0; axis < axes; axis++) {
    const [start, length] = [reader.integer(), reader.integer()];
    if (start === null || length === null || start < 0) return null;
    extents.push({ start, length: length < 0 ? null : length });
  }
  return reader.isAtEnd ? { name, extents } : null;
}

/** Parts of a variable one after another on one axis. */
interface SlicedAlong {
  readonly axis: number;
  readonly parts: readonly BundleEntry[];
}

/**
 * The parts in their order, as far as they make all of a variable of this shape: TensorFlow cuts variables along one
 * axis. null where one is missing, or they overlap.
 */
export function slicedAlong(shape: Shape, slices: readonly Slice[]): SlicedAlong | null {
  const placed = slices.map(({ extents, entry }) => ({
    entry,
    starts: extents.map(({ start }) => start),
    sizes: shape.map((size, axis) => extents[axis]?.length ?? size),
  }));
  const cut = shape.flatMap((size, axis) =>
    placed.some(({ sizes }) => sizes[axis] !== size) ? [axis] : [],
  );
  const [axis = 0] = cut;
  if (cut.length > 1 || shape.length === 0 || placed.length === 0) return null;
  placed.sort((left, right) => (left.starts[axis] ?? 0) - (right.starts[axis] ?? 0));
  let end = 0;
  for (const { starts, sizes, entry } of placed) {
    const isInPlace = starts.every((start, each) => start === (each === axis ? end : 0));
    const isOfSize =
      starts.length === shape.length &&
      entry.shape.length === shape.length &&
      entry.shape.every((size, each) => size === sizes[each]);
    if (!isInPlace || !isOfSize) return null;
    end += sizes[axis] ?? 0;
  }
  return end === shape[axis] ? { axis, parts: placed.map(({ entry }) => entry) } : null;
}

/** Numbers and texts whose bytes sort as they do. */
class OrderedReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** A text up to 00 01; 00 FF in it stands for 00, FF 00 for FF. */
  text(): string | null {
    const found: number[] = [];
    for (; this.#at + 1 < this.#bytes.length; this.#at++) {
      const [byte = 0, next = 0] = this.#bytes.subarray(this.#at, this.#at + 2);
      const isEscape = byte === 0 || byte === 0xff;
      if (isEscape) this.#at += 1;
      if (byte === 0 && next === 1) {
        this.#at += 1;
        return new TextDecoder().decode(Uint8Array.from(found));
      }
      if (isEscape && next !== 0xff - byte) return null;
      found.push(byte);
    }
    return null;
  }

  /** How many bytes a number has, then the number, without bits of a sign. */
  count(): number | null {
    const length = this.#bytes[this.#at] ?? Infinity;
    return length > maxNumberBytes ? null : this.#number(this.#at + 1, length, 0, 0);
  }

  /**
   * A number with a sign: as many ones as it has bytes, a zero, its bits, those of the two's complement. All bits are
   * turned in a negative one.
   */
  integer(): number | null {
    const first = this.#bytes[this.#at] ?? 0;
    const turned = first < 0x80 ? 0xff : 0;
    const length = Math.clz32((first ^ turned ^ 0xff) << 24);
    if (length > maxNumberBytes) return null;
    const value = this.#number(this.#at, length, turned, 0xff & (0xff00 >> length));
    return value === null || turned === 0 ? value : -value - 1;
  }

  #number(from: number, length: number, turned: number, header: number): number | null {
    const bytes = this.#bytes.subarray(from, from + length);
    if (bytes.length < length) return null;
    this.#at = from + length;
    return bytes.reduce(
      (value, byte, index) => value * 256 + ((byte ^ turned) & ~(index === 0 ? header : 0)),
      0,
    );
  }
}

/** Larger numbers than these bytes hold are no sizes. */
const maxNumberBytes = 6;
