/**
 * Bytes, counts and values as the editor prints them. No DOM.
 */
import type { DType, Shape } from "../../protocol/archive/messages";
import { isRoundedInteger } from "../../tensor/elementText";
import { formatCell, formatValue } from "../base/numbers";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `3.2 kB`: three significant digits, powers of 1000 as file managers and disks count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
  return `${digits} ${UNITS[unit] ?? ""}`;
}

/** `268,435,456`, with a thin space where digits would run together. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1.23 M` where the exact count does not matter. */
export function formatRoughCount(count: number): string {
  if (count < 10_000) return formatCount(count);
  const steps = ["k", "M", "G", "T", "P"] as const;
  let value = count;
  let step = -1;
  while (value >= 999.5 && step < steps.length - 1) {
    value /= 1000;
    step++;
  }
  return `${Number(value.toPrecision(3))} ${steps[step] ?? ""}`.trim();
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

/** A value in a cell with room for so many characters; null when it does not fit. */
export function cellNumber(value: number, dtype: DType, characters: number): string | null {
  if (dtype === "bool") return value === 0 ? "0" : "1";
  const digits = isWhole(dtype) ? String(value) : "";
  if (digits !== "" && digits.length <= characters) return digits;
  if (characters < 5) return null;
  const rounded = formatCell(value, characters, isWhole(dtype));
  // What the decimals would round to 0 gets an exponent.
  const written = Number(rounded) === 0 ? formatCell(value, characters, true) : rounded;
  return written.length <= characters ? written : null;
}

/** A value in a sentence: whole numbers as they are, and what had to be rounded says so. */
export function formatStatistic(value: number, dtype: DType, isExact = true): string {
  const isCount = (isWhole(dtype) || dtype === "bool") && Number.isSafeInteger(value);
  const written = isCount ? formatCount(value) : formatValue(value);
  return isExact && !isRoundedInteger(value, dtype) ? written : `≈ ${written}`;
}

/** A number for the ends of a legend: three significant digits. */
export function formatShort(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e5 || magnitude < 1e-3) return value.toExponential(1).replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
