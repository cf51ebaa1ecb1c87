/**
 * Tensors stacked from boxes of others, such as weights whose gates are reordered.
 *
 * Nothing is copied until it is read, and a window reads only the rows and columns of the sources that it shows.
 */
import type { Archive } from "../../../formats/base/archive";
import { byteWidth, type DType } from "../../../tensor/dtype";
import { decodeRaw, encodeRaw, transposeRaw, type Box, type RawValues } from "../../../tensor/raw";
import { elementCount, type Shape, type TensorEntry } from "../../../tensor/tensor";
import type { Text } from "../../../core/text";
import type { DerivedEntry } from "./derived";

/** Rows of a derived entry (indices of its first axis), all of its other axes. */
export interface DerivedBlock {
  readonly rows: number;
  /** null for zeros, such as the second bias of a framework that has one. */
  readonly from: BlockSource | null;
  /** Blocks of the same size that are added to it. */
  readonly added?: readonly BlockSource[];
  /** Every element is multiplied by it; 1 when left out. */
  readonly scale?: number;
  /** Added to every element after that, also where the block is zeros. */
  readonly offset?: number;
}

/** Where a block lies in an entry of the file. */
export interface BlockSource {
  readonly entry: TensorEntry;
  /** Index of the block's first element, one an axis of the entry. */
  readonly start: readonly number[];
  /** Axis of the entry that each axis of the block runs along: [1, 0] transposes. The entry's other axes stay at `start`. */
  readonly axes: readonly number[];
}

/** What a derived entry is made of. */
export interface Stacking {
  readonly name: string;
  readonly dtype: DType;
  readonly blocks: readonly DerivedBlock[];
  /** Sizes of its axes after the first. */
  readonly columns: Shape;
  readonly how: Text;
}

/** The entry of stacked blocks: their rows below each other, in its dtype, which others are converted to. */
export function stackedEntry(
  archive: Pick<Archive, "readBox">,
  { name, dtype, blocks, columns, how }: Stacking,
): DerivedEntry {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const shape = [rows, ...columns];
  const byteLength = elementCount(shape) * byteWidth(dtype);
  const from = new Set(blocks.flatMap((block) => sourcesOf(block).map((each) => each.entry.name)));
  return {
    entry: { name, dtype, shape, byteLength, origin: { from: [...from], how } },
    readBox: (box) => readBlocks(archive, { dtype, blocks }, box),
  };
}

/** @throws what `readBox` of the archive throws. */
async function readBlocks(
  archive: Pick<Archive, "readBox">,
  { dtype, blocks }: Pick<Stacking, "dtype" | "blocks">,
  box: Box,
): Promise<RawValues> {
  const [start = 0, ...columnStart] = box.start;
  const [size = 0, ...columnSize] = box.size;
  const bytes = new Uint8Array(elementCount(box.size) * byteWidth(dtype));
  const rowBytes = elementCount(columnSize) * byteWidth(dtype);
  let top = 0;
  for (const block of blocks) {
    const { rows } = block;
    const first = Math.max(start, top);
    const end = Math.min(start + size, top + rows);
    if (!isZeros(block) && first < end && rowBytes > 0) {
      const part = { start: [first - top, ...columnStart], size: [end - first, ...columnSize] };
      const values = await readDerived(archive, block, { part, dtype });
      bytes.set(values.bytes, (first - start) * rowBytes);
    }
    top += rows;
  }
  return { dtype, shape: box.size, bytes };
}

function sourcesOf({ from, added = [] }: DerivedBlock): readonly BlockSource[] {
  return from === null ? added : [from, ...added];
}

function isZeros(block: DerivedBlock): boolean {
  return sourcesOf(block).length === 0 && (block.offset ?? 0) === 0;
}

/** A part of a block: as it is stored, or computed in float64 and rounded once. */
async function readDerived(
  archive: Pick<Archive, "readBox">,
  block: DerivedBlock,
  { part, dtype }: { readonly part: Box; readonly dtype: DType },
): Promise<RawValues> {
  const { scale = 1, offset = 0 } = block;
  const sources = sourcesOf(block);
  const [first] = sources;
  const isStored = scale === 1 && offset === 0 && first?.entry.dtype === dtype;
  if (first !== undefined && sources.length === 1 && isStored) {
    return readBlock(archive, first, part);
  }
  const sum = new Float64Array(elementCount(part.size)).fill(offset);
  for (const source of sources) {
    const { data } = decodeRaw(await readBlock(archive, source, part), source.entry.name);
    data.forEach((value, index) => {
      sum[index] = (sum[index] ?? 0) + scale * value;
    });
  }
  return encodeRaw(dtype, part.size, sum);
}

/** `part` counts from the block's first element, along the block's axes. */
async function readBlock(
  archive: Pick<Archive, "readBox">,
  { entry, start, axes }: BlockSource,
  part: Box,
): Promise<RawValues> {
  const from = [...start];
  const size = start.map(() => 1);
  axes.forEach((axis, index) => {
    from[axis] = (from[axis] ?? 0) + (part.start[index] ?? 0);
    size[axis] = part.size[index] ?? 1;
  });
  const values = await archive.readBox(entry, { start: from, size });
  const kept = [...axes].sort((left, right) => left - right);
  const bare = { ...values, shape: kept.map((axis) => size[axis] ?? 1) };
  return transposeRaw(
    bare,
    axes.map((axis) => kept.indexOf(axis)),
  );
}
