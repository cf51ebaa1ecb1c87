/**
 * Curves of the timeline as SVG paths; no DOM.
 */
import { bandPath, linePath } from "../../base/paths";
import { logScale, placeOn, type LogScale } from "./logScale";

/** Share of the height that stays free above and below a curve. */
const MARGIN = 0.12;

/** Share of the height, from the top, at which a share of a curve's scale lies. */
export function fromTop(share: number): number {
  return 1 - MARGIN - share * (1 - 2 * MARGIN);
}

export interface CurveFrame {
  readonly width: number;
  readonly height: number;
  /** Share of the columns that the curve runs through; all when not given. */
  readonly end?: number;
}

/** The largest finite value, at least 0. */
export function largestFinite(values: ArrayLike<number>): number {
  let largest = 0;
  for (const value of Array.from(values)) {
    if (Number.isFinite(value) && value > largest) largest = value;
  }
  return largest;
}

/** The largest value, at least 0; NaN when one is NaN. */
export function largestValue(values: ArrayLike<number>): number {
  return Array.from(values).reduce((largest, value) => Math.max(largest, value), 0);
}

/**
 * A path through the middle of each column, 0 at the bottom and the largest value at the top.
 *
 * Where a value is not finite the curve is interrupted.
 */
export function curvePath(
  values: ArrayLike<number>,
  { width, height, end = 1 }: CurveFrame,
): string {
  const columns = Math.ceil(end * values.length);
  const largest = largestFinite(values);
  return linePath(
    Array.from(values, (value, index) =>
      index < columns && Number.isFinite(value)
        ? [
            ((index + 0.5) / values.length) * width,
            height * fromTop(largest > 0 ? value / largest : 0),
          ]
        : null,
    ),
  );
}

/** Fewer decades than these are drawn around the middle, so that a steady curve is flat. */
const MIN_DECADES = 2;

/** Smallest and largest positive finite value; null when there is none. */
export function positiveRange(values: ArrayLike<number>): readonly [number, number] | null {
  let [smallest, largest] = [Infinity, 0];
  for (const value of Array.from(values)) {
    if (!(value > 0) || value === Infinity) continue;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  return largest === 0 ? null : [smallest, largest];
}

/** Powers of ten at the bottom of a logarithmic scale, and how many more there are up to its top. */
export interface Decades {
  readonly bottom: number;
  readonly count: number;
}

/** The scale of `logCurvePath`; null when no value has a logarithm. */
export function decadesOf(values: ArrayLike<number>): Decades | null {
  const range = positiveRange(values);
  if (range === null) return null;
  const [low, high] = [Math.log10(range[0]), Math.log10(range[1])];
  const count = Math.max(MIN_DECADES, high - low);
  return { bottom: (low + high - count) / 2, count };
}

/**
 * A path through the middle of each column on a logarithmic scale, the smallest positive value at the bottom and the
 * largest at the top. Where a value has no logarithm the curve is interrupted.
 */
export function logCurvePath(values: ArrayLike<number>, { width, height }: CurveFrame): string {
  const decades = decadesOf(values);
  if (decades === null) return "";
  const { bottom, count } = decades;
  return linePath(
    Array.from(values, (value, index) =>
      value > 0 && Number.isFinite(value)
        ? [
            ((index + 0.5) / values.length) * width,
            height * fromTop((Math.log10(value) - bottom) / count),
          ]
        : null,
    ),
  );
}

/** Differences, and what rounding may make of them. */
export interface Deltas {
  readonly maxDelta: ArrayLike<number>;
  readonly floor: ArrayLike<number>;
}

/** The scale of `deltaCurves`. */
export function deltaScale({ maxDelta, floor }: Deltas): LogScale {
  return logScale([...Array.from(maxDelta), ...Array.from(floor)], largestFinite(floor));
}

/**
 * Differences on a logarithmic scale, over the band of what rounding may make of them. No difference at all lies at the
 * bottom; where a value is not a number the curve is interrupted.
 */
export function deltaCurves(
  { maxDelta, floor }: Deltas,
  { width, height, end = 1 }: CurveFrame,
): { readonly line: string; readonly band: string } {
  const scale = deltaScale({ maxDelta, floor });
  const columns = Math.ceil(end * maxDelta.length);
  const xOf = (index: number): number => ((index + 0.5) / maxDelta.length) * width;
  const yOf = (value: number): number => height * fromTop(placeOn(scale, value));
  const bounds = largestFinite(floor) > 0 ? Array.from(floor).slice(0, columns) : [];
  return {
    line: linePath(
      Array.from(maxDelta, (value, index) =>
        index < columns && Number.isFinite(value) ? [xOf(index), yOf(value)] : null,
      ),
    ),
    // There is nothing to judge beside what is not a number.
    band: bandPath(
      bounds.flatMap((value, index) =>
        Number.isFinite(maxDelta[index]) ? [[xOf(index), height, yOf(value)] as const] : [],
      ),
    ),
  };
}

/** Narrower a mark is not seen. */
const LEAST_MARK = 3;

/** Marks of the columns with another value than 0, neighbours as one; the narrowest are around their middle. */
export function columnMarks(
  outside: ArrayLike<number>,
  { width }: Pick<CurveFrame, "width">,
): { readonly x: number; readonly width: number }[] {
  const marks: { x: number; width: number }[] = [];
  const column = width / outside.length;
  let start = -1;
  for (let index = 0; index <= outside.length; index++) {
    const isOutside = index < outside.length && outside[index] === 1;
    if (isOutside && start < 0) start = index;
    if (isOutside || start < 0) continue;
    const wide = Math.max(LEAST_MARK, (index - start) * column);
    marks.push({ x: ((start + index) / 2) * column - wide / 2, width: wide });
    start = -1;
  }
  return marks;
}
