/**
 * The plots of the numbers of a result: sizes of differences by magnitude, and values by their references; no DOM.
 */
import type {
  Density,
  ErrorDensity,
  LogBins,
  NumbersView,
  PairDensity,
} from "../../../protocol/run/numbersMessages";
import { formatCompact } from "../../base/numbers";
import { powerText } from "./logScale";

/** Units of a plot, which is scaled as a whole. */
export const PLOT_WIDTH = 360;
export const PLOT_HEIGHT = 250;
/** Where its plane lies. */
export const PLANE = { left: 58, top: 8, width: 292, height: 200 } as const;

/** The widest label below an axis, in units of the plot. */
const LABEL_WIDTH = 30;
/** Share of an axis that values take which a logarithm does not place: 0, and what is no number. */
const STRIP = 0.12;
/** More labels would run into each other. */
const MOST_LABELS = 6;
/** The faintest cell is seen as well: a single wrong value among millions. */
const FAINTEST = 0.25;

interface PlotCell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0…1, by the logarithm of how many pairs lie in it. */
  readonly opacity: number;
  /** True where one of them is outside tolerance. */
  readonly isOutside: boolean;
}

/** A label at its place along an axis, in units of the plot. */
interface PlotTick {
  readonly at: number;
  readonly label: string;
}

export interface NumberPlot {
  readonly cells: readonly PlotCell[];
  readonly xTicks: readonly PlotTick[];
  readonly yTicks: readonly PlotTick[];
  /** What is allowed, or where equal pairs lie. */
  readonly line: string;
}

/** An axis: where bins and values lie, 0…1. */
interface Axis {
  spanOf(bin: number): readonly [number, number];
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

interface LogAxis extends Axis {
  /** Place of a power of ten. */
  placeOf(power: number): number;
  readonly low: number;
  readonly high: number;
}

/** Four numbers a cell, as an object. */
interface Counted {
  readonly column: number;
  readonly row: number;
  readonly count: number;
  readonly outside: number;
}

function countsOf({ cells }: Density): Counted[] {
  return Array.from({ length: cells.length / 4 }, (_, cell) => {
    const [column = 0, row = 0, count = 0, outside = 0] = cells.subarray(4 * cell, 4 * cell + 4);
    return { column, row, count, outside };
  });
}

/** Sizes of differences, upward, by the magnitude of the reference; the line is what the tolerance allows. */
export function errorPlot(
  density: ErrorDensity,
  { rtol, atol }: Pick<NumbersView["tolerance"], "rtol" | "atol">,
): NumberPlot {
  const counts = countsOf(density);
  const allowed = (power: number): number => Math.log10(atol + rtol * 10 ** power);
  const x = logAxis(
    density.magnitudes,
    counts.map(({ column }) => column),
  );
  const bounds = [allowed(x.low), allowed(x.high)].filter((power) => Number.isFinite(power));
  const y = logAxis(
    density.errors,
    counts.map(({ row }) => row),
    bounds,
  );
  const steps = 40;
  const points = Array.from({ length: steps + 1 }, (_, step) => {
    const power = x.low + (step / steps) * (x.high - x.low);
    return [x.placeOf(power), y.placeOf(allowed(power))] as const;
  });
  return plotOf(counts, { x, y }, atol + rtol > 0 ? points : []);
}

/** Ours, upward, by the reference; the line is where both are equal. */
export function pairPlot(density: PairDensity): NumberPlot {
  const { size, half } = density;
  const ticks = [-1, -0.5, 0, 0.5, 1].map((share) => ({
    at: (share + 1) / 2,
    label: formatCompact(share * half),
  }));
  const axis: Axis = { ticks, spanOf: (bin) => [bin / size, (bin + 1) / size] };
  const diagonal = [
    [0, 0],
    [1, 1],
  ] as const;
  return plotOf(countsOf(density), { x: axis, y: axis }, diagonal);
}

function plotOf(
  counts: readonly Counted[],
  { x, y }: { readonly x: Axis; readonly y: Axis },
  line: readonly (readonly [number, number])[],
): NumberPlot {
  const xOf = (at: number): number => PLANE.left + at * PLANE.width;
  const yOf = (at: number): number => PLANE.top + (1 - at) * PLANE.height;
  const most = counts.reduce((largest, { count }) => Math.max(largest, count), 1);
  const cells = counts.map(({ column, row, count, outside }): PlotCell => {
    const [left, right] = x.spanOf(column);
    const [bottom, top] = y.spanOf(row);
    const share = most === 1 ? 1 : Math.log(count) / Math.log(most);
    return {
      x: xOf(left),
      y: yOf(top),
      width: xOf(right) - xOf(left),
      height: yOf(bottom) - yOf(top),
      opacity: FAINTEST + (1 - FAINTEST) * share,
      isOutside: outside > 0,
    };
  });
  return {
    // What is wrong lies over what is not.
    cells: cells.sort((left, right) => Number(left.isOutside) - Number(right.isOutside)),
    xTicks: apart(x.ticks.map(({ at, label }) => ({ at: xOf(at), label }))),
    yTicks: y.ticks.map(({ at, label }) => ({ at: yOf(at), label })),
    line: line
      .map(([at, up], index) => `${index === 0 ? "M" : "L"}${round(xOf(at))},${round(yOf(up))}`)
      .join(""),
  };
}

/** The ticks whose labels do not stand in those of the first and of the last one, which are 0 and ∞ where there are such. */
function apart<Tick extends { readonly at: number }>(ticks: readonly Tick[]): Tick[] {
  const [first, last] = [ticks[0], ticks.at(-1)];
  return ticks.filter(
    (tick) =>
      tick === first ||
      tick === last ||
      [first, last].every((end) => Math.abs(tick.at - (end?.at ?? 0)) >= LABEL_WIDTH),
  );
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

/** The decades that are used, with a strip for 0 and one for what is no number where there are such. */
function logAxis(bins: LogBins, used: readonly number[], powers: readonly number[] = []): LogAxis {
  const last = (bins.high - bins.low) * bins.perDecade + 1;
  const inside = used.filter((bin) => bin > 0 && bin < last);
  const edges = [
    ...inside.map((bin) => (bin - 1) / bins.perDecade + bins.low),
    ...inside.map((bin) => bin / bins.perDecade + bins.low),
    ...powers.map((power) => Math.min(bins.high, Math.max(bins.low, power))),
  ];
  const low = Math.floor(edges.length === 0 ? -1 : Math.min(...edges));
  const high = Math.max(low + 1, Math.ceil(edges.length === 0 ? 0 : Math.max(...edges)));
  const start = used.includes(0) ? STRIP : 0;
  const end = used.includes(last) ? 1 - STRIP : 1;
  const placeOf = (power: number): number => {
    const at = start + ((power - low) / (high - low)) * (end - start);
    return Math.min(end, Math.max(start, at));
  };
  const step = Math.ceil((high - low) / (MOST_LABELS - 1));
  const powersShown = Array.from(
    { length: Math.floor((high - low) / step) + 1 },
    (_, index) => low + index * step,
  );
  return {
    low,
    high,
    placeOf,
    spanOf: (bin) => {
      if (bin === 0) return [0, start * 0.7];
      if (bin === last) return [end + (1 - end) * 0.3, 1];
      return [
        placeOf((bin - 1) / bins.perDecade + bins.low),
        placeOf(bin / bins.perDecade + bins.low),
      ];
    },
    ticks: [
      ...(start > 0 ? [{ at: start * 0.35, label: "0" }] : []),
      ...powersShown.map((power) => ({ at: placeOf(power), label: powerText(power) })),
      ...(end < 1 ? [{ at: 1 - (1 - end) * 0.35, label: "∞" }] : []),
    ],
  };
}

/** Pairs whose references are of about one size. */
interface ErrorRow {
  /** Of |reference|, 0 for what is smaller than all bins, Infinity for what is larger or no number. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly outside: number;
  /** No difference is larger. */
  readonly most: number;
}

/** The table of sizes of differences: a row for each decade of the reference. */
export function errorRows(density: ErrorDensity): ErrorRow[] {
  const { magnitudes, errors } = density;
  const rows = new Map<number, ErrorRow>();
  for (const { column, row, count, outside } of countsOf(density)) {
    const decade = column === 0 ? -Infinity : Math.floor((column - 1) / magnitudes.perDecade);
    const before = rows.get(decade);
    rows.set(decade, {
      from: column === 0 ? 0 : 10 ** (magnitudes.low + decade),
      to: upperEdge(column === 0 ? 0 : decade * magnitudes.perDecade + 1, magnitudes, "decade"),
      count: count + (before?.count ?? 0),
      outside: outside + (before?.outside ?? 0),
      most: Math.max(upperEdge(row, errors, "bin"), before?.most ?? 0),
    });
  }
  return [...rows].sort(([left], [right]) => left - right).map(([, row]) => row);
}

/** The upper end of a bin, or of the decade that it begins. */
function upperEdge(bin: number, { low, high, perDecade }: LogBins, of: "bin" | "decade"): number {
  const last = (high - low) * perDecade + 1;
  if (bin >= last) return Infinity;
  if (bin === 0) return 10 ** low;
  const edge = of === "bin" ? bin / perDecade : (bin - 1) / perDecade + 1;
  return 10 ** (low + edge);
}

/** Pairs whose references are about the same. */
interface PairRow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly outside: number;
  /** Ours lies between these. */
  readonly ours: readonly [number, number];
}

/** Columns of the plane that are one row of the table. */
const COLUMNS_PER_ROW = 6;

/** The table of values by their references. */
export function pairRows(density: PairDensity): PairRow[] {
  const { size, half } = density;
  const edge = (index: number): number => (2 * index - size) * (half / size);
  const rows = new Map<number, PairRow>();
  for (const { column, row, count, outside } of countsOf(density)) {
    const at = Math.floor(column / COLUMNS_PER_ROW);
    const before = rows.get(at);
    const [low, high] = before?.ours ?? [Infinity, -Infinity];
    rows.set(at, {
      from: edge(at * COLUMNS_PER_ROW),
      to: edge((at + 1) * COLUMNS_PER_ROW),
      count: count + (before?.count ?? 0),
      outside: outside + (before?.outside ?? 0),
      ours: [Math.min(low, edge(row)), Math.max(high, edge(row + 1))],
    });
  }
  return [...rows].sort(([left], [right]) => left - right).map(([, row]) => row);
}
