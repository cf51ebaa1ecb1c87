/**
 * Stored values as text: the shortest digits that read back as the same value.
 *
 * Floats of 32 bits and fewer are written like float32. Fewer digits would be enough to distinguish bfloat16 values, but
 * a reader would take 0.316 for the exact value, which is 0.31640625.
 */
import { rounded } from "../core/numeric";
import { isComplex, isNarrowFloat, partOf, type ComplexDType, type DType } from "./dtype";
import { numbersOf, pairsOf } from "./numbers";
import type { RawValues } from "./raw";

/** Whole numbers are written in full below this: every one of them is a float32. */
const wholeBelow = 2 ** 24;

/**
 * One text an element, in their order: `0.1`, `-0`, `NaN`, `-Infinity`, `9007199254740993`, `True`, `1.5-2j`.
 */
export function elementTexts(raw: RawValues): string[] {
  const { dtype, bytes } = raw;
  if (isComplex(dtype)) {
    const parts = partTexts(raw, dtype);
    return Array.from({ length: parts.length / 2 }, (_, index) =>
      joinParts(parts[2 * index]!, parts[2 * index + 1]!),
    );
  }
  if (dtype === "bool") return Array.from(bytes, (byte) => (byte === 0 ? "False" : "True"));
  if (dtype === "int64") return Array.from(new BigInt64Array(bytes.buffer), String);
  if (dtype === "uint64") return Array.from(new BigUint64Array(bytes.buffer), String);
  return Array.from(numbersOf(raw), writerOf(dtype));
}

/** One number of a dtype as text; complex numbers come as two parts. A rounded 64-bit integer is marked with ≈. */
export function numberText(value: number, dtype: DType): string {
  if (isRoundedInteger(value, dtype)) return `≈ ${rounded(value, 7)}`;
  return (isComplex(dtype) ? doubleText : writerOf(dtype))(value);
}

/** True when a value of this dtype may have been rounded to the double that stands for it. */
export function isRoundedInteger(value: number, dtype: DType): boolean {
  const isLarge = Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return dtype.endsWith("int64") && isLarge && Number.isFinite(value);
}

/** Real and imaginary parts of complex numbers, interleaved. */
export function partTexts(raw: RawValues, dtype: ComplexDType): string[] {
  return Array.from(pairsOf(raw, dtype), writerOf(partOf(dtype)));
}

function joinParts(real: string, imaginary: string): string {
  return `${real}${imaginary.startsWith("-") ? "" : "+"}${imaginary}j`;
}

/** How real numbers of a dtype are written. */
function writerOf(dtype: DType): (value: number) => string {
  return isNarrowFloat(dtype) ? singleText : doubleText;
}

/** The shortest digits of a double, which JavaScript gives for all but −0. */
function doubleText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The fewest digits that round to a float32; of several the nearest. */
function singleText(value: number): string {
  const isShort = Number.isInteger(value) && Math.abs(value) < wholeBelow;
  if (isShort || !Number.isFinite(value)) return doubleText(value);
  for (let digits = 1; digits < 10; digits += 1) {
    const nearest = rounded(value, digits);
    if (Math.fround(nearest) === value) return String(nearest);
    const other = nextDecimal(nearest, value, digits);
    if (isPowerOfTwo(value) && Math.fround(other) === value) return String(other);
  }
  return String(value);
}

/**
 * The neighbouring decimal with this number of digits, on the other side of `value`. Values above a power of two lie
 * twice as far apart as below it, so the farther decimal may be the one that reads back.
 */
function nextDecimal(nearest: number, value: number, digits: number): number {
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  const step = 10 ** (exponent - digits + 1) * (nearest > value ? -1 : 1);
  return rounded(nearest + step, digits);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(value)));
}
