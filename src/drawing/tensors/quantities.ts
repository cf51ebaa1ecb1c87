/**
 * Bytes, counts and values as text for the tensor editor. No DOM.
 */
import { grouped, rounded } from "../../core/numeric";
import type { DType, Shape } from "../../protocol/archive/messages";
import { isRoundedInteger } from "../../tensor/elementText";
import { formatCell, formatValue } from "../base/numbers";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `3.2 kB`: three significant digits, powers of 1000 as file managers and disks count. */
export function formatBytes(bytes: number): string {
  const [value, unit] = scaled(bytes, UNITS.length - 1);
  const digits = unit === 0 ? value.toFixed(0) : String(rounded(value, 3));
  return `${digits} ${UNITS[unit] ?? ""}`;
}

/** A number below 1000, as three digits show it, and how often it was divided by 1000. */
function scaled(number: number, most: number): [value: number, times: number] {
  let value = number;
  let times = 0;
  while (value >= 999.5 && times < most) {
    value /= 1000;
    times++;
  }
  return [value, times];
}

/** `1.23 M` where the exact count does not matter. */
export function formatRoughCount(count: number): string {
  if (count < 10_000) return grouped(count);
  const steps = ["", "k", "M", "G", "T", "P"] as const;
  const [value, step] = scaled(count, steps.length - 1);
  return `${rounded(value, 3)} ${steps[step] ?? ""}`.trim();
}

/** `[4H 80, I 10]` with the axes' letters, `[80, 10]` without. */
export function formatNamedShape(shape: Shape, axes: readonly string[]): string {
  const names = axes.length === shape.length ? axes : [];
  return `[${shape.map((size, axis) => `${names[axis] ?? ""} ${size}`.trim()).join(", ")}]`;
}

export function isComplex(dtype: DType): boolean {
  return dtype.startsWith("complex");
}

function isWhole(dtype: DType): boolean {
  return /^u?int/.test(dtype);
}

/** Characters of `-9223372036854775808`, the longest whole number there is. */
const LONGEST_WHOLE = 20;
/** CSS pixels of a digit in a cell, and around the number, generously. */
const CELL_DIGIT = 7.5;
const AROUND_NUMBER = 6;

/** Width of a cell in which every value of a dtype has room for all of its digits; undefined where any cell will do. */
export function wholeCellWidth(dtype: DType): number | undefined {
  return dtype.endsWith("int64") ? LONGEST_WHOLE * CELL_DIGIT + AROUND_NUMBER : undefined;
}

/**
 * A value in a cell with room for so many characters; null when it does not fit. `exact` is the stored value as text,
 * where `value` had to be rounded to a double.
 */
export function cellNumber(
  value: number,
  dtype: DType,
  characters: number,
  exact?: string,
): string | null {
  if (dtype === "bool") {
    const written = boolText(value);
    return written.length <= characters ? written : written.charAt(0);
  }
  if (isWhole(dtype) && Number.isFinite(value)) {
    return wholeNumber(value, isRoundedInteger(value, dtype) ? exact : String(value), characters);
  }
  if (characters < 5) return null;
  const rounded = formatCell(value, characters);
  // What the decimals would round to 0 gets an exponent.
  const written = Number(rounded) === 0 ? formatCell(value, characters, true) : rounded;
  return written.length <= characters ? written : null;
}

/** As Python writes it, here as in every list of values. */
function boolText(value: number): string {
  return value === 0 ? "False" : "True";
}

/** All digits where they are known and fit; else few, and a mark that they are not all. */
function wholeNumber(value: number, digits: string | undefined, characters: number): string | null {
  if (digits !== undefined && digits.length <= characters) return digits;
  const rounded = `≈${formatCell(value, characters - 1, true)}`;
  return rounded.length <= characters ? rounded : null;
}

/** A value in a sentence: whole numbers as they are, and what had to be rounded says so. */
export function formatStatistic(value: number, dtype: DType, isExact = true): string {
  if (dtype === "bool" && (value === 0 || value === 1)) return boolText(value);
  const isCount = (isWhole(dtype) || dtype === "bool") && Number.isSafeInteger(value);
  const written = isCount ? grouped(value) : formatValue(value);
  return isExact && !isRoundedInteger(value, dtype) ? written : `≈ ${written}`;
}

/** A number for the ends of a legend: three significant digits. */
export function formatShort(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e5 || magnitude < 1e-3) return value.toExponential(1).replace("-", "−");
  return String(rounded(value, 3)).replace("-", "−");
}
