/**
 * Statistics of a tensor or a slice of one: moments, counts, histogram, percentiles, observations.
 */
import type { RunControl } from "../core/control";
import { byteWidth, isComplex } from "../tensor/dtype";
import { isRoundedInteger } from "../tensor/elementText";
import { wholeBox, type Box } from "../tensor/raw";
import { PERCENTILES, windowBox, wholeWindow, type ComplexPart, type Slice } from "../tensor/slice";
import type { TensorSource } from "../tensor/source";
import { elementCount } from "../tensor/tensor";
import { text, type Text } from "../core/text";
import { ValueChecks } from "./valueChecks";
import { readExactRange, type ExactRange } from "./exactRange";
import { observe } from "./observations";
import type { ObservationHints } from "./observed";
import { allParts, keepParts, sampledParts, type Part } from "./parts";
import { createStatisticsKernel } from "./kernelWasm";
import { StatisticsPasses, type MeasuredValues } from "./passes";
import { WorkProgress } from "../core/workProgress";

export interface StatisticsOptions {
  /** null: the whole tensor; else the slice alone. */
  readonly slice: Slice | null;
  /** `sample` answers at once, and says so if it did not read every value. */
  readonly effort: "sample" | "exact";
}

/** What the view shows of a tensor's values. */
export interface TensorStatistics extends MeasuredValues {
  readonly kind: "exact" | "sampled";
  /** Elements looked at, of how many. */
  readonly seen: number;
  readonly total: number;
  /** Of 64-bit integers that `moments` had to round; null where it did not, and of a sample. */
  readonly exactRange: ExactRange | null;
  /** Plain-language observations, the most telling first. */
  readonly observations: readonly Text[];
}

/** Elements that a sample looks at, and below which everything is. */
const sampleElements = 2 ** 20;

/** Up to this size, values are kept in memory for the second pass. */
const maxKeptBytes = 2 ** 26;

/**
 * Statistics of all values, which are read twice if they do not fit in memory, or of a sample. Of complex numbers, the
 * part that the slice names counts; without a slice, the magnitude.
 * @throws NotFoundError when there is no such slice, CancelledError when `control` says so; what reading throws.
 */
export async function readStatistics(
  source: TensorSource,
  { slice, effort }: StatisticsOptions,
  hints: ObservationHints,
  control: RunControl,
): Promise<TensorStatistics> {
  const region = regionOf(source, slice);
  const part = partOf(source, slice);
  const total = elementCount(region.size);
  const isSample = effort === "sample" && total > sampleElements;
  const progress = new WorkProgress(control, text("Measuring {0}", source.name));
  const readAll = (): AsyncIterable<Part> =>
    isSample
      ? sampledParts(source, region, part, sampleElements)
      : allParts(source, region, part, progress);
  const isKept = isSample || total * byteWidth(source.dtype) <= maxKeptBytes;
  const kept = isKept ? await keepParts(readAll()) : null;
  const parts = (): AsyncIterable<Part> | Iterable<Part> => kept ?? readAll();
  progress.expect(total * (isKept ? 1 : 2));
  const { rows, columns } = linesOf(region, isSample);
  const passes = new StatisticsPasses(createStatisticsKernel(), new ValueChecks(rows, columns));
  for await (const { flat, values } of parts()) passes.measure(values, flat);
  passes.plan(PERCENTILES);
  for await (const { values } of parts()) passes.bin(values);
  const numbers = passes.result(PERCENTILES);
  const isRounded = numbers.values.moments
    .subarray(0, 2)
    .some((value) => isRoundedInteger(value, source.dtype));
  const exactRange = isRounded && !isSample ? await readExactRange(source, region, progress) : null;
  const observations = observe({ source, region, kept, isSample, numbers, hints });
  return {
    kind: isSample ? "sampled" : "exact",
    seen: passes.seen,
    total,
    ...numbers.values,
    exactRange,
    observations,
  };
}

function regionOf(source: TensorSource, slice: Slice | null): Box {
  if (slice === null) return wholeBox(source.shape);
  return windowBox(source.name, source.shape, slice, wholeWindow(source.shape, slice));
}

function partOf({ dtype }: TensorSource, slice: Slice | null): ComplexPart {
  if (!isComplex(dtype)) return "real";
  return slice?.part ?? "magnitude";
}

/** Rows and columns of a region that is a matrix: of its last axis, and of all before it. */
function linesOf({ size }: Box, isSample: boolean): { rows: number; columns: number } {
  const total = elementCount(size);
  const columns = size.filter((length) => length !== 1).at(-1) ?? 1;
  return isSample || columns === 0
    ? { rows: 1, columns: total }
    : { rows: total / columns, columns };
}
