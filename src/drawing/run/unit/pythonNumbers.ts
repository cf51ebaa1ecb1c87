/**
 * Numbers and remarks of copied Python. No DOM.
 */
import type { RunView } from "../../../protocol/run/messages";

/** What the lines do not do as the run does. */
export function roundingNote(precision: RunView["options"]["precision"]): string[] {
  if (precision === "f32" || precision === "f64") return [];
  const type = precision === "f16" ? "float16" : "bfloat16";
  return [`# the run rounds to ${type} after every operation, these lines do not`];
}

/** A literal that Python reads back as the same float. */
export function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const digits = String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}
