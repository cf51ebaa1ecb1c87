/**
 * The values of a box of a tensor in order, part by part: all of them, or a sample.
 */
import { numbersOf } from "../tensor/numbers";
import type { Box } from "../tensor/raw";
import type { ComplexPart } from "../tensor/slice";
import { readSlabs, type TensorSource } from "../tensor/source";
import { rowMajorStrides, spannedElements } from "../tensor/strided";
import { elementCount } from "../tensor/tensor";
import type { Values } from "./kernel";
import type { WorkProgress } from "../core/workProgress";

/** Values that lie one after another in a box. */
export interface Part {
  /** Index of the first one among all of the box, row-major. */
  readonly flat: number;
  readonly values: Values;
}

/** Places that a sample is taken from. */
const sampleRuns = 128;

/** Everything. @throws CancelledError when the progress says so. */
export async function* allParts(
  source: TensorSource,
  region: Box,
  part: ComplexPart,
  progress: WorkProgress,
): AsyncGenerator<Part, void> {
  let flat = 0;
  for await (const { raw } of readSlabs(source, region)) {
    const values = numbersOf(raw, part);
    yield { flat, values };
    flat += values.length;
    progress.advance(values.length);
  }
}

/** Runs of values from all over the box, `count` in all at most; fewer where the elements lie apart in memory. */
export async function* sampledParts(
  source: TensorSource,
  region: Box,
  part: ComplexPart,
  count: number,
): AsyncGenerator<Part, void> {
  const total = elementCount(region.size);
  const spread = spannedElements(region.size, rowMajorStrides(source.shape)) / total;
  const length = Math.max(1, Math.floor(count / sampleRuns / spread));
  let end = 0;
  for (let run = 0; run < sampleRuns; run += 1) {
    const wanted = Math.floor((run * (total - length)) / (sampleRuns - 1));
    const { box, flat } = runBox(region, Math.max(end, wanted), length);
    if (flat < end) continue;
    const values = numbersOf(await source.readBox(box), part);
    yield { flat, values };
    end = flat + values.length;
  }
}

/** A box of at most `length` elements that lie one after another in `region`, at `flat` or just before. */
function runBox({ start, size }: Box, flat: number, length: number): { box: Box; flat: number } {
  const strides = rowMajorStrides(size);
  const cutAxis = Math.max(
    0,
    strides.findIndex((stride) => stride <= length),
  );
  const index = strides.map((stride, axis) =>
    axis > cutAxis ? 0 : Math.floor(flat / stride) % size[axis]!,
  );
  return {
    box: {
      start: start.map((at, axis) => at + index[axis]!),
      size: size.map((each, axis) => {
        if (axis !== cutAxis) return axis < cutAxis ? 1 : each;
        return Math.max(1, Math.min(Math.floor(length / strides[axis]!), each - index[axis]!));
      }),
    },
    flat: index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0),
  };
}

/** All parts in memory. */
export async function keepParts(parts: AsyncIterable<Part>): Promise<Part[]> {
  const kept: Part[] = [];
  for await (const part of parts) kept.push(part);
  return kept;
}
