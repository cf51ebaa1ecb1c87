/**
 * Geometry of a histogram: its bars, and the bin under a point. No DOM.
 */
import { clamp } from "../../core/numeric";

export interface Bar {
  readonly x: number;
  readonly width: number;
  /** Share of the height, 0 to 1. */
  readonly height: number;
  readonly count: number;
  /** Half-open range of values; the last one includes its end. */
  readonly from: number;
  readonly to: number;
}

/** More bars than this are joined by twos, fours, …: they would be thinner than a pixel or two. */
const MAX_BARS = 96;

export interface HistogramRequest {
  readonly counts: ArrayLike<number>;
  readonly min: number;
  readonly max: number;
  readonly isLog: boolean;
}

/** Bars over a width of 1. */
export function histogramBars({ counts, min, max, isLog }: HistogramRequest): Bar[] {
  const all = Array.from(counts);
  const joined = Math.max(1, Math.ceil(all.length / MAX_BARS));
  const sums = Array.from({ length: Math.ceil(all.length / joined) }, (_, bar) =>
    all.slice(bar * joined, (bar + 1) * joined).reduce((sum, count) => sum + count, 0),
  );
  const largest = Math.max(0, ...sums);
  const heightOf = (count: number): number => {
    if (largest === 0) return 0;
    return isLog ? Math.log1p(count) / Math.log1p(largest) : count / largest;
  };
  const width = joined / Math.max(1, all.length);
  return sums.map((count, bar) => {
    const x = bar * width;
    const share = Math.min(width, 1 - x);
    return {
      x,
      width: share,
      height: heightOf(count),
      count,
      from: min + (max - min) * x,
      to: min + (max - min) * Math.min(1, x + share),
    };
  });
}

/** The value at a share of the width. */
export function valueAtShare(min: number, max: number, share: number): number {
  return min + (max - min) * clamp(share, 0, 1);
}

/** The share of the width at which a value stands; outside of 0 to 1 where the histogram does not reach it. */
export function shareOfValue(min: number, max: number, value: number): number {
  return max > min ? (value - min) / (max - min) : 0.5;
}
