/**
 * Numbers as short text for the view; no DOM.
 */
import { clamp, grouped } from "../../core/numeric";
import type { LaneInfo, RunView } from "../../protocol/run/messages";
import { irregularGlyph } from "./irregular";

/** Shorter than this no number is printed in a cell. */
export const MIN_CELL_CHARACTERS = 5;
/** Magnitudes outside of these need an exponent in a cell. */
const CELL_RANGE = { low: 0.005, high: 99_999 } as const;

function trimZero(written: string): string {
  return /^-0(\.0*)?$/.test(written) ? written.slice(1) : written;
}

/** `3.1e-8` as short as `characters` allows. */
function exponential(value: number, characters: number): string {
  const short = value.toExponential(0);
  const long = value.toExponential(1);
  return long.length <= characters ? long : short;
}

/**
 * A value in at most `characters` characters: 2 to 4 decimals, fewer for large numbers. With `exact`, numbers that
 * the decimals would round to 0 get an exponent.
 */
export function formatCell(value: number, characters: number, exact = false): string {
  const glyph = irregularGlyph(value);
  if (glyph !== null) return glyph;
  if (exact && value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude > CELL_RANGE.high || (exact && magnitude < CELL_RANGE.low)) {
    return exponential(value, characters);
  }
  const integerDigits = Math.max(1, Math.floor(Math.log10(Math.max(1, magnitude))) + 1);
  // Every cell keeps room for a sign, so that all cells of a lane have the same decimals.
  const room = characters - integerDigits - 2;
  const decimals = clamp(room, 0, 4);
  return trimZero(value.toFixed(decimals));
}

/** A difference in ulp in at most `characters` characters: whole numbers, unless it is a part of one. */
export function formatUlps(value: number, characters: number): string {
  const size = Math.abs(value);
  if (!(size >= 1) || !Number.isFinite(value)) return formatCell(value, characters, true);
  const whole = String(Math.round(value));
  return whole.length <= characters ? whole : exponential(value, characters);
}

/** A value in a sentence or a read-out: six significant digits, exponent where that is shorter. */
export function formatValue(value: number): string {
  const glyph = irregularGlyph(value);
  if (glyph !== null) return glyph;
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e7) return value.toExponential(3);
  return trimZero(value.toFixed(clamp(6 - Math.ceil(Math.log10(magnitude)), 0, 6)));
}

/** A shape with the names of its axes: `[B 4, T 24, 2H 24]`. */
export function formatAxes(axes: readonly (readonly [name: string, size: number])[]): string {
  return `[${axes.map(([name, size]) => `${name} ${size}`).join(", ")}]`;
}

/** A value of a lane in a read-out: tokens are whole numbers. */
export function formatLaneValue({ id }: Pick<LaneInfo, "id">, value: number): string {
  return id === "tokens" ? String(value) : formatValue(value);
}

/** The shape of a sequence of the run; without B where the input has no axis for it, without features for tokens. */
export function formatSequenceAxes(
  { batchSize, seqLength, unbatched }: Pick<RunView, "batchSize" | "seqLength" | "unbatched">,
  ...features: readonly (readonly [name: string, size: number])[]
): string {
  const time = ["T", seqLength] as const;
  return formatAxes([...(unbatched ? [] : [["B", batchSize] as const]), time, ...features]);
}

/** Digits that a compact number has at most. */
const COMPACT_DIGITS = 5;

/** A number of a table of figures: at most five significant digits and no zeros that say nothing; `1e-5`, `0.99492`, `2,304`. */
export function formatCompact(value: number): string {
  const glyph = irregularGlyph(value);
  if (glyph !== null) return glyph;
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value === 0 ? "0" : grouped(value);
  const short = Number(value.toPrecision(COMPACT_DIGITS));
  const magnitude = Math.abs(short);
  return magnitude < 1e-3 || magnitude >= 1e6
    ? short.toExponential()
    : magnitude < 1e3
      ? String(short)
      : grouped(short);
}
