/**
 * The output of `unroll stats` and `unroll export`, as text and as JSON.
 */
import {
  PERCENTILES,
  type BlockSpectrum,
  type Spectrum,
  type TensorInfo,
  type TensorStatistics,
} from "../../protocol/archive/messages";
import { encodeNumber, type WireNumber } from "../../protocol/wire";
import type { DType } from "../../tensor/dtype";
import { isRoundedInteger } from "../../tensor/elementText";
import type { TensorSource } from "../../tensor/source";
import { formatShape } from "../../tensor/tensor";
import { legible, renderText, type Text } from "../../core/text";
import { counted, formatNumber, formatTable } from "./table";

/** The data about one tensor. */
export interface MeasuredTensor {
  readonly info: TensorInfo;
  readonly statistics: TensorStatistics;
  /** Of a square recurrent weight that was asked for alone. */
  readonly spectrum: Spectrum | null;
}

/** Singular values that are printed; JSON has all. */
const SHOWN_VALUES = 8;

const momentNames = ["min", "max", "mean", "std"] as const;

/** One tensor in full, or a table of several with what is remarkable about them. */
export function formatStatistics(measured: readonly MeasuredTensor[]): string {
  const [only] = measured;
  if (only !== undefined && measured.length === 1) return formatOne(only);
  const heading = ["", "dtype", "shape", ...momentNames, "zeros", "NaN", "±Inf"];
  const rows = measured.map(({ info, statistics }) => [
    legible(info.name),
    info.dtype,
    formatShape(info.shape),
    ...momentsOf(statistics, info),
    String(statistics.zeros),
    String(statistics.nans),
    String(statistics.positiveInfinities + statistics.negativeInfinities),
  ]);
  const remarks = measured.flatMap(({ info, statistics }) => [
    ...(statistics.kind === "sampled" ? [`${legible(info.name)}: ${sampleOf(statistics)}`] : []),
    ...statistics.observations.map((each) => `${legible(info.name)}: ${renderText(each)}`),
  ]);
  return formatTable([heading, ...rows]) + remarks.map((line) => `${line}\n`).join("");
}

function formatOne({ info, statistics, spectrum }: MeasuredTensor): string {
  const { zeros, nans, positiveInfinities, negativeInfinities } = statistics;
  const rows = [
    ...momentsOf(statistics, info).map((value, index) => [momentNames[index] ?? "", value]),
    ...PERCENTILES.map((percentile, index) => [
      `${percentile} %`,
      valueOf(
        statistics.percentiles[index] ?? Number.NaN,
        info.dtype,
        statistics.percentilesAreExact,
      ),
    ]),
    ["zeros", String(zeros)],
    ["NaN", String(nans)],
    ["+Inf, −Inf", `${positiveInfinities}, ${negativeInfinities}`],
  ];
  const blocks = spectrum?.blocks ?? [];
  const spectra = blocks.map(({ name, spectralRadius, singularValues }) => [
    name === "" ? "spectrum" : name,
    `spectral radius ${formatNumber(spectralRadius)}`,
    `singular values ${shortList(singularValues)}`,
  ]);
  const sentences = [
    ...statistics.observations.map((each) => renderText(each)),
    ...blocks.map(({ name, sentence }) => (name === "" ? "" : `${name}: `) + renderText(sentence)),
  ];
  return [
    `${legible(info.name)} ${info.dtype} ${formatShape(info.shape)}, ${seenOf(statistics)}\n`,
    formatTable(rows, 2),
    formatTable(spectra, 2),
    ...sentences.map((line) => `${line}\n`),
  ].join("");
}

/** How many values were looked at. */
function seenOf(statistics: TensorStatistics): string {
  const { kind, seen } = statistics;
  return kind === "sampled" ? sampleOf(statistics) : counted(seen, "value");
}

function sampleOf({ seen, total }: TensorStatistics): string {
  return `sampled, ${seen} of ${total} values: the file declares more than it holds`;
}

function momentsOf({ moments, exactRange }: TensorStatistics, { dtype }: TensorInfo): string[] {
  // Smallest and largest are values of the tensor; mean and deviation are numbers of their own.
  return Array.from(moments, (moment, index) =>
    index < 2 ? (exactRange?.[index] ?? valueOf(moment, dtype)) : formatNumber(moment),
  );
}

/** A value of a tensor: a whole number in full, and what of it had to be rounded says so. */
function valueOf(value: number, dtype: DType, isExact = true): string {
  if (!/^u?int/.test(dtype)) return formatNumber(value);
  const written = Number.isSafeInteger(value) ? String(value) : formatNumber(value);
  const isSame = Number(written) === value && !isRoundedInteger(value, dtype);
  return (isExact && isSame) || Number.isNaN(value) ? written : `≈ ${written}`;
}

function shortList(values: Float64Array): string {
  const shown = Array.from(values.subarray(0, SHOWN_VALUES), formatNumber).join(", ");
  return values.length > SHOWN_VALUES ? `${shown}, …` : shown;
}

/** `unroll stats --json`. */
export function statisticsJson(file: string, measured: readonly MeasuredTensor[]): object {
  return { file, tensors: measured.map(tensorJson) };
}

function tensorJson({ info, statistics, spectrum }: MeasuredTensor): object {
  const { moments, percentiles, histogram, observations, exactRange, ...counts } = statistics;
  const momentFields = momentNames.map((name, index) => [name, numberAt(moments, index)] as const);
  const percentileFields = PERCENTILES.map(
    (percentile, index) => [String(percentile), numberAt(percentiles, index)] as const,
  );
  const isRounded = moments.subarray(0, 2).some((value) => isRoundedInteger(value, info.dtype));
  return {
    name: info.name,
    dtype: info.dtype,
    shape: info.shape,
    ...Object.fromEntries(momentFields),
    ...(isRounded ? { minMaxAreExact: false } : {}),
    ...(exactRange === null ? {} : { exactRange }),
    percentiles: Object.fromEntries(percentileFields),
    ...counts,
    histogram: [...histogram],
    observations: observations.map((each) => renderText(each)),
    ...(spectrum === null ? {} : { spectrum: spectrum.blocks.map(blockJson) }),
  };
}

function blockJson({
  name,
  spectralRadius,
  singularValues,
  eigenvalues,
  sentence,
}: BlockSpectrum): object {
  return {
    ...(name === "" ? {} : { name }),
    spectralRadius: encodeNumber(spectralRadius),
    singularValues: Array.from(singularValues, encodeNumber),
    eigenvalues: Array.from({ length: eigenvalues.length / 2 }, (_, index) => ({
      real: numberAt(eigenvalues, 2 * index),
      imaginary: numberAt(eigenvalues, 2 * index + 1),
    })),
    sentence: renderText(sentence),
  };
}

function numberAt(values: Float64Array, index: number): WireNumber {
  return encodeNumber(values[index] ?? Number.NaN);
}

/** The report of an export. */
export function formatExport(out: string, sources: readonly TensorSource[]): string {
  const rows = sources.map(({ name, dtype, shape }) => [legible(name), dtype, formatShape(shape)]);
  return `${legible(out)}: ${counted(sources.length, "tensor")}\n${formatTable(rows, 2)}`;
}

/** `unroll export --json`. */
export function exportJson(
  out: string,
  sources: readonly TensorSource[],
  notes: readonly Text[],
): object {
  return {
    out,
    tensors: Object.fromEntries(sources.map(({ name, dtype, shape }) => [name, { dtype, shape }])),
    notes: notes.map((note) => renderText(note)),
  };
}
