/**
 * A tensor whose values are read part by part.
 */
import { byteWidth, type DType } from "./dtype";
import type { Box, RawValues } from "./raw";
import { rowMajorStrides, spannedElements } from "./strided";
import { elementCount, type Shape } from "./tensor";

/** A tensor whose parts can be read. */
export interface TensorSource {
  /** The name of the tensor in sentences. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly readBox: (box: Box) => Promise<RawValues>;
}

/** Bytes that are read at a time, at most. */
const maxSlabBytes = 2 ** 24;

/** A part with gaps, such as one column, is read in runs of at least this, and of this many times the wanted bytes. */
const minSlabBytes = 2 ** 20;
const maxReadShare = 16;

/** Elements of a box that can be read at a time, so that what is read with the gaps stays within `maxBytes`. */
function maxSpan(dtype: DType, size: Shape, maxBytes: number): number {
  const width = byteWidth(dtype);
  const wanted = Math.max(minSlabBytes, maxReadShare * elementCount(size) * width);
  return Math.max(1, Math.floor(Math.min(maxBytes, wanted) / width));
}

/**
 * Cuts a box of a tensor into boxes that come one after another in memory, each of at most `maxBytes` from its first
 * element to its last. Outer axes are taken index by index, one axis by ranges, the axes inside of it whole.
 */
export function* slabsOf(
  { dtype, shape }: Pick<TensorSource, "dtype" | "shape">,
  { start, size }: Box,
  maxBytes = maxSlabBytes,
): Generator<Box, void> {
  if (size.includes(0)) return;
  const strides = rowMajorStrides(shape);
  const span = maxSpan(dtype, size, maxBytes);
  const cutAxis = Math.max(
    0,
    size.findIndex(
      (_, axis) => spannedElements(size.slice(axis + 1), strides.slice(axis + 1)) <= span,
    ),
  );
  if (size.length === 0) {
    yield { start, size };
    return;
  }
  const inner = spannedElements(size.slice(cutAxis + 1), strides.slice(cutAxis + 1));
  const step = 1 + Math.max(0, Math.floor((span - inner) / strides[cutAxis]!));
  const outer = size.slice(0, cutAxis);
  const index = outer.map(() => 0);
  for (let count = elementCount(outer); count > 0; count -= 1) {
    for (let from = 0; from < size[cutAxis]!; from += step) {
      yield {
        start: start.map((at, axis) => at + (index[axis] ?? (axis === cutAxis ? from : 0))),
        size: size.map((length, axis) =>
          axis < cutAxis ? 1 : axis > cutAxis ? length : Math.min(step, length - from),
        ),
      };
    }
    advance(index, outer);
  }
}

/** A part of a tensor, and its values. */
export interface ReadSlab {
  readonly slab: Box;
  readonly raw: RawValues;
}

/** Reads a box slab by slab: the next one already, while the caller works on one. */
export async function* readSlabs(
  source: TensorSource,
  box: Box,
  maxBytes?: number,
): AsyncGenerator<ReadSlab, void> {
  let last: { readonly slab: Box; readonly raw: Promise<RawValues> } | null = null;
  for (const slab of slabsOf(source, box, maxBytes)) {
    const raw = source.readBox(slab);
    // A caller that stops never waits for it.
    raw.catch(() => undefined);
    if (last !== null) yield { slab: last.slab, raw: await last.raw };
    last = { slab, raw };
  }
  if (last !== null) yield { slab: last.slab, raw: await last.raw };
}

/** Advances an index with carry. */
function advance(index: number[], size: Shape): void {
  for (let axis = size.length - 1; axis >= 0; axis -= 1) {
    index[axis] = index[axis]! + 1;
    if (index[axis]! < size[axis]!) return;
    index[axis] = 0;
  }
}
