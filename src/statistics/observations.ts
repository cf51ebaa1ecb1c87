/**
 * Observations about statistics, in words: certain ones, and probable ones that say "looks".
 */
import { grouped } from "../core/numeric";
import { numberText } from "../tensor/elementText";
import type { Box } from "../tensor/raw";
import { rowMajorStrides } from "../tensor/strided";
import { elementCount, formatShape, sameShape } from "../tensor/tensor";
import { text, type Text } from "../core/text";
import type { LineCounts } from "./valueChecks";
import type { Observed } from "./observed";
import type { Part } from "./parts";
import type { StatisticsNumbers } from "./passes";
import { observeMatrix } from "./structure";

/** The largest number of observations that are shown. */
const maxObservations = 6;

/** Sentences about a tensor, the most telling first. */
export function observe(observed: Observed): Text[] {
  if (elementCount(observed.region.size) === 0) return [text("it has no elements")];
  return [
    ...observeShape(observed),
    ...observeOthers(observed),
    ...observeLines(observed),
    ...observeRange(observed),
    ...observeMatrix(observed),
    ...observeStorage(observed),
  ].slice(0, maxObservations);
}

function observeShape({ source, hints }: Observed): Text[] {
  const { expectedShape } = hints;
  const isTransposed =
    expectedShape?.length === 2 &&
    !sameShape(source.shape, expectedShape) &&
    sameShape([...source.shape].reverse(), expectedShape);
  return isTransposed
    ? [
        text(
          "looks transposed: its module expects {0}, it is {1}",
          formatShape(expectedShape),
          formatShape(source.shape),
        ),
      ]
    : [];
}

/** NaN and infinities. */
function observeOthers({ region, numbers }: Observed): Text[] {
  const { checks, finite } = numbers;
  const { nans, positiveInfinities, negativeInfinities } = checks;
  const infinities = positiveInfinities + negativeInfinities;
  const said: Text[] = [];
  if (finite === 0 && infinities === 0) return [text("all values are NaN")];
  if (nans > 0) {
    const first = indexText(region, checks.firstNan);
    said.push(
      nans === 1
        ? text("holds one NaN, at {0}", first)
        : text("holds {0} NaN, the first at {1}", nans, first),
    );
  }
  if (infinities > 0) {
    const first = indexText(region, checks.firstInfinity);
    said.push(
      infinities === 1
        ? text("holds one infinity, at {0}", first)
        : text("holds {0} infinities, the first at {1}", infinities, first),
    );
  }
  return said;
}

/** `[3, 0, 17]`: the place of a value of a region in the tensor. */
function indexText({ start, size }: Box, flat: number): string {
  const strides = rowMajorStrides(size);
  return formatShape(
    start.map((at, axis) => at + (Math.floor(flat / strides[axis]!) % size[axis]!)),
  );
}

/** Rows and columns that are NaN or zero as a whole. */
function observeLines({ region, isSample, numbers }: Observed): Text[] {
  const { checks, finite } = numbers;
  const { nanLines, zeroLines } = checks;
  if (isSample || nanLines === null || zeroLines === null || finite === 0) return [];
  if (checks.zeroLines !== null && numbers.values.zeros === elementCount(region.size)) return [];
  return [...nanLineTexts(nanLines), ...zeroLineTexts(zeroLines)];
}

function nanLineTexts({ rows, columns }: LineCounts): Text[] {
  const fullRows = fullLines(rows, columns.length);
  const fullColumns = fullLines(columns, rows.length);
  return [
    ...oneOrMore(fullRows, [
      (first) => text("row {0} is NaN", first),
      (count, first) => text("{0} rows are NaN, the first is row {1}", grouped(count), first),
    ]),
    ...oneOrMore(fullColumns, [
      (first) => text("column {0} is NaN", first),
      (count, first) => text("{0} columns are NaN, the first is column {1}", grouped(count), first),
    ]),
  ];
}

function zeroLineTexts({ rows, columns }: LineCounts): Text[] {
  const fullRows = fullLines(rows, columns.length);
  const fullColumns = fullLines(columns, rows.length);
  return [
    ...oneOrMore(fullRows, [
      (first) => text("row {0} is all zero", first),
      (count, first) => text("{0} rows are all zero, the first is row {1}", grouped(count), first),
    ]),
    ...oneOrMore(fullColumns, [
      (first) => text("column {0} is all zero", first),
      (count, first) =>
        text("{0} columns are all zero, the first is column {1}", grouped(count), first),
    ]),
  ];
}

/** Lines whose count is their length. */
function fullLines(counts: Float64Array, length: number): number[] {
  const full: number[] = [];
  counts.forEach((count, line) => {
    if (count === length) full.push(line);
  });
  return full;
}

/** One sentence for one line, another for more. */
function oneOrMore(
  lines: readonly number[],
  [one, more]: [(first: number) => Text, (count: number, first: number) => Text],
): Text[] {
  const [first] = lines;
  if (first === undefined) return [];
  return [lines.length === 1 ? one(first) : more(lines.length, first)];
}

function observeRange(observed: Observed): Text[] {
  const { region, isSample, numbers, source } = observed;
  const { finite, values } = numbers;
  const [min, max] = [values.moments[0]!, values.moments[1]!];
  if (finite === 0 || isSample) return [];
  const isAll = finite === elementCount(region.size);
  if (min === max && finite > 1) {
    if (min === 0) {
      return [isAll ? text("all values are zero") : text("all finite values are zero")];
    }
    const value = numberText(min, source.dtype);
    return [isAll ? text("all values are {0}", value) : text("all finite values are {0}", value)];
  }
  return [...observeOutlier(observed), ...observeZeros(region, values.zeros)];
}

/** Most weights are zero: pruned, or padding. */
function observeZeros({ size }: Box, zeros: number): Text[] {
  const percent = Math.round((zeros / elementCount(size)) * 100);
  return percent >= 50 ? [text("{0} % of the values are zero", percent)] : [];
}

/** How much larger than all others a value must be. */
const outlierRatio = 1000;

/** One value far beyond the others: the next class of magnitudes that holds any is a thousandth of it at most. */
function observeOutlier({ region, numbers, kept, source }: Observed): Text[] {
  const { classes, values, checks } = numbers;
  const [min, max] = [values.moments[0]!, values.moments[1]!];
  const largest = Math.abs(min) > Math.abs(max) ? min : max;
  if (!checks.fitsFloat32) return [];
  const bound = largestBelow(classes, Math.abs(largest));
  if (bound === null || Math.abs(largest) < outlierRatio * bound) return [];
  const value = numberText(largest, source.dtype);
  const where = kept && placeOf(kept, largest);
  return [
    where === null
      ? text("one value, {0}, is more than {1} times as large as any other", value, outlierRatio)
      : text(
          "one value, {0} at {1}, is more than {2} times as large as any other",
          ...([value, indexText(region, where), outlierRatio] as const),
        ),
  ];
}

/** A bound on all magnitudes but the largest one; null when that is not alone in its class, or all others are zero. */
function largestBelow(classes: Float64Array, largest: number): number | null {
  const word = new Uint32Array(Float32Array.of(largest).buffer)[0]!;
  const top = word >>> 16;
  const countOf = (magnitude: number): number => classes[magnitude]! + classes[magnitude + 0x8000]!;
  if (countOf(top) !== 1) return null;
  for (let magnitude = top - 1; magnitude > 0; magnitude -= 1) {
    if (countOf(magnitude) === 0) continue;
    return new Float32Array(Uint32Array.of((magnitude << 16) | 0xffff).buffer)[0]!;
  }
  return null;
}

function placeOf(kept: readonly Part[], value: number): number | null {
  for (const { flat, values } of kept) {
    const at = values.indexOf(value);
    if (at >= 0) return flat + at;
  }
  return null;
}

/** Observations about properties that all values share. */
function observeStorage({ source, isSample, numbers }: Observed): Text[] {
  const { finite, values } = numbers;
  const { dtype } = source;
  if (isSample || finite < 2 || values.moments[0] === values.moments[1]) return [];
  if (dtype !== "float32" && dtype !== "float64") return [];
  return [...precisionText(dtype, numbers), ...denormalText(dtype, numbers)];
}

/** The coarsest precision that holds all values. */
function precisionText(dtype: "float32" | "float64", { checks }: StatisticsNumbers): Text[] {
  if (checks.isWhole) return [text("all values are whole numbers")];
  if (checks.fitsFloat16) {
    return [text("all values are float16 values: they were stored in half precision before")];
  }
  if (checks.fitsBfloat16) {
    return [text("all values are bfloat16 values: they were stored in bfloat16 before")];
  }
  return dtype === "float64" && checks.fitsFloat32
    ? [text("all values are float32 values: they were stored in single precision before")]
    : [];
}

function denormalText(dtype: "float32" | "float64", numbers: StatisticsNumbers): Text[] {
  const denormals = countDenormals(numbers.classes) - numbers.values.zeros;
  if (denormals <= 0 || dtype !== "float32") return [];
  return [
    denormals === 1
      ? text("one value is denormal: smaller than 1.2e-38, with fewer digits")
      : text(
          "{0} values are denormal: smaller than 1.2e-38, with fewer digits",
          grouped(denormals),
        ),
  ];
}

/** Values without exponent, zeros among them. */
function countDenormals(classes: Float64Array): number {
  let count = 0;
  for (let low = 0; low < 0x80; low += 1) count += classes[low]! + classes[0x8000 + low]!;
  return count;
}
