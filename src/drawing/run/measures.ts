/**
 * How differences are measured in a picture: the choice, the numbers as text, and the largest of them; no DOM.
 */
import { grouped } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import type { RunView } from "../../protocol/run/messages";
import type { DeltaAs, WindowData } from "../../protocol/run/windowMessages";
import { formatCompact, formatValue } from "../base/numbers";

/** In the order in which the legend goes through them. */
export const DELTA_MEASURES: readonly DeltaAs[] = ["absolute", "relative", "ulp"];

/** The next one of them. */
export function nextMeasure(as: DeltaAs): DeltaAs {
  const next = (DELTA_MEASURES.indexOf(as) + 1) % DELTA_MEASURES.length;
  return DELTA_MEASURES[next] ?? "absolute";
}

/** The part of a request that says so; a difference by itself needs no word. */
export function asMeasured(as: DeltaAs): { readonly as?: DeltaAs } {
  return as === "absolute" ? {} : { as };
}

/** What a measured difference is, in one line. */
export function measureText(as: DeltaAs, { atol }: Pick<RunView["tolerance"], "atol">): Text {
  switch (as) {
    case "absolute":
      return text("Δ = ours − reference");
    case "relative":
      return text("Δ / |reference|, near zero by {0}", atol);
    case "ulp":
      return text("Δ in ulp, near zero as at {0}", atol);
  }
}

/** What stands before a measured difference. */
export function measureName(as: DeltaAs): string {
  switch (as) {
    case "absolute":
      return "Δ";
    case "relative":
      return "Δ/|ref|";
    case "ulp":
      return "Δ ulp";
  }
}

/** A measured difference in a sentence or a read-out. */
export function measuredText(value: number, as: DeltaAs): string {
  const size = Math.abs(value);
  // A share of what is close to zero is a large number.
  if (as === "relative" && size >= 1e3) return formatCompact(value);
  if (as !== "ulp" || !Number.isFinite(value)) return formatValue(value);
  return size >= 1 && size < 1e9 ? grouped(Math.round(value)) : formatCompact(value);
}

/** The end of a scale of measured differences: ulps may be millions. */
export function limitText(limit: number): string {
  return limit >= 1e6 ? limit.toExponential() : formatCompact(limit);
}

/** About what rounding makes of a difference: where a logarithmic scale of it begins. */
export function roundingOf(as: DeltaAs, { rtol, atol }: RunView["tolerance"]): number {
  if (as === "absolute") return atol;
  return as === "relative" ? rtol : 1;
}

/** By window: a picture is drawn many times of the same ones. */
const known = new WeakMap<Values, number>();

/** Values of a window; those of its padding do not count. */
type Values = Pick<WindowData, "values" | "valid">;

/** How large differences in windows are. */
export interface Measured {
  readonly largest: number;
  /** What nearly all of those outside tolerance do not exceed; the largest, where that is not much more. */
  readonly usual: number;
}

/** This share of the differences outside tolerance is usual, and more than so many times as much is not. */
const USUAL = { share: 0.98, most: 4 } as const;
/** More cells than this are sampled. */
const MOST_SEEN = 1 << 14;

/** Measures the windows of a picture. */
export function measuredOf(windows: readonly (Values & Pick<WindowData, "outside">)[]): Measured {
  const largest = largestOf(windows);
  const cells = windows.reduce((sum, { values }) => sum + values.length, 0);
  const step = Math.max(1, Math.ceil(cells / MOST_SEEN));
  const sizes: number[] = [];
  for (const { values, valid, outside } of windows) {
    for (let cell = 0; cell < values.length; cell += step) {
      const size = Math.abs(values[cell]!);
      if (outside[cell] === 1 && valid[cell] !== 0 && size < Infinity) sizes.push(size);
    }
  }
  sizes.sort((a, b) => a - b);
  const usual = sizes[Math.floor(USUAL.share * (sizes.length - 1))] ?? 0;
  return { largest, usual: largest > USUAL.most * usual && usual > 0 ? usual : largest };
}

/** The largest finite magnitude in windows. */
function largestOf(windows: readonly Values[]): number {
  return windows.reduce((largest, window) => Math.max(largest, largestIn(window)), 0);
}

function largestIn(window: Values): number {
  const before = known.get(window);
  if (before !== undefined) return before;
  const { values, valid } = window;
  let largest = 0;
  for (let cell = 0; cell < values.length; cell++) {
    const size = Math.abs(values[cell]!);
    if (size > largest && size < Infinity && valid[cell] !== 0) largest = size;
  }
  known.set(window, largest);
  return largest;
}
