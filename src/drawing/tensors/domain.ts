/**
 * The range of values that the colours cover: from the statistics, or as typed. No DOM.
 */
import type { DType, TensorStatistics } from "../../protocol/archive/messages";
import { niceLimit } from "../base/colourScale";

export interface Domain {
  readonly low: number;
  readonly high: number;
  /** Both signs: coloured from 0 outwards. */
  readonly isDiverging: boolean;
}

export type RangeMode = "auto" | "percentile" | "typed";

export interface RangeChoice {
  readonly mode: RangeMode;
  /** Used when typed. */
  readonly low: number;
  readonly high: number;
}

export const RANGE_MODES: readonly RangeMode[] = ["auto", "percentile", "typed"];

/** What the range is read from. */
export type Spread = Pick<TensorStatistics, "moments" | "percentiles">;

const UNKNOWN: Domain = { low: -1, high: 1, isDiverging: true };
/** Places of the 1st and 99th percentile in `PERCENTILES`. */
const FIRST = 1;
const NINETY_NINTH = 7;

/** Colours of a range; with both signs it is as wide below 0 as above. */
function spanning(low: number, high: number): Domain {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { ...UNKNOWN, isDiverging: false };
  if (low >= 0) return { low, high, isDiverging: false };
  const limit = niceLimit([[low, high]]);
  return { low: -limit, high: limit, isDiverging: true };
}

/** The range for a tensor; until its statistics are here, that of small signed weights. */
export function domainOf(spread: Spread | undefined, dtype: DType, range: RangeChoice): Domain {
  if (range.mode === "typed" && range.low < range.high) {
    const { low, high } = range;
    return { low, high, isDiverging: low < 0 };
  }
  if (dtype === "bool") return { low: 0, high: 1, isDiverging: false };
  if (spread === undefined) return UNKNOWN;
  const [low = NaN, high = NaN] =
    range.mode === "percentile"
      ? [spread.percentiles[FIRST], spread.percentiles[NINETY_NINTH]]
      : [spread.moments[0], spread.moments[1]];
  return spanning(low, high);
}

/** Reads a typed range, e.g. `-0.5`, `1e-3`; null when it is no range. */
export function parseRange(low: string, high: string): RangeChoice | null {
  const numbers = [low, high].map((written) =>
    written.trim() === "" ? NaN : Number(written.trim().replace("−", "-")),
  );
  const [from = NaN, to = NaN] = numbers;
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) return null;
  return { mode: "typed", low: from, high: to };
}
