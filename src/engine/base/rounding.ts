/**
 * Rounding of numbers to the types that networks compute in.
 */
import type { Precision } from "./engine";

export type Rounding = (value: number) => number;

const exact: Rounding = (value) => value;
const word = new DataView(new ArrayBuffer(8));

/**
 * How the readable path rounds the result of every operation.
 *
 * f32 and f64 are not rounded here: the path computes in float64 and rounds when it stores. The 16-bit types round
 * after each operation of a cell, like torch on a CPU; a matrix product is accumulated wider and rounded once.
 */
export function roundingOf(precision: Precision): Rounding {
  if (precision === "f16") return roundToFloat16;
  return precision === "bf16" ? roundToBfloat16 : exact;
}

/** Nearest float16, ties to even; past 65504 by half a unit it is infinite (IEEE 754 binary16). */
export function roundToFloat16(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return value < 0 ? -Infinity : Infinity;
  return roundToMultiple(value, powerOfTwo(Math.max(exponentOf(magnitude), -14) - 10));
}

/** Nearest bfloat16, ties to even: float32's exponents with 8 significant bits. */
export function roundToBfloat16(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const magnitude = Math.abs(value);
  const unit = powerOfTwo(Math.max(exponentOf(magnitude), -126) - 7);
  const rounded = roundToMultiple(value, unit);
  return Math.abs(rounded) >= 2 ** 128 ? Math.sign(rounded) * Infinity : rounded;
}

/** 2^−140 … 2^1023: `**` takes longer than all of the rounding. */
const LEAST_POWER = -140;
const powers = Float64Array.from({ length: 1024 - LEAST_POWER }, (_, k) => 2 ** (k + LEAST_POWER));

function powerOfTwo(exponent: number): number {
  return powers[exponent - LEAST_POWER]!;
}

/** e of 2^e ≤ magnitude < 2^(e+1), for normal float64 numbers; less than −1022 otherwise. */
function exponentOf(magnitude: number): number {
  word.setFloat64(0, magnitude);
  return ((word.getUint16(0) >>> 4) & 0x7ff) - 1023;
}

/** `unit` is a power of two, so the division is exact. */
function roundToMultiple(value: number, unit: number): number {
  const scaled = value / unit;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const rounded = (isUp ? floor + 1 : floor) * unit;
  // −0.3 units round to −0, as in hardware.
  return rounded === 0 && value < 0 ? -0 : rounded;
}
