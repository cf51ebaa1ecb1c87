/**
 * Stored values as text: the shortest digits that read back as the same stored value.
 */
import { isComplex, partOf, type ComplexDType, type DType, type Float8DType } from "./dtype";
import { numbersOf, pairsOf } from "./numbers";
import type { RawValues } from "./raw";

/** Significant bits, the hidden one among them, and the exponent of the smallest normal number. */
interface Precision {
  readonly bits: number;
  readonly minExponent: number;
}

const single: Precision = { bits: 24, minExponent: -126 };

/** Scales (E8M0) are powers of two without digits of their own: they are written as float32 writes them. */
const precisions: Readonly<
  Record<"float16" | "bfloat16" | "float32" | Exclude<Float8DType, "float8_e8m0fnu">, Precision>
> = {
  float16: { bits: 11, minExponent: -14 },
  bfloat16: { bits: 8, minExponent: -126 },
  float32: single,
  float8_e4m3fn: { bits: 4, minExponent: -6 },
  float8_e4m3fnuz: { bits: 4, minExponent: -7 },
  float8_e5m2: { bits: 3, minExponent: -14 },
  float8_e5m2fnuz: { bits: 3, minExponent: -15 },
};

/** Whole numbers of a narrow float are written in full below this: 448, which 450 would be read as too. */
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

/** One number of a dtype; of a complex one, what was made of its parts. */
export function numberText(value: number, dtype: DType): string {
  return (isComplex(dtype) ? doubleText : writerOf(dtype))(value);
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
  if (dtype === "float8_e8m0fnu") return (value) => shortestText(value, single);
  if (Object.hasOwn(precisions, dtype)) {
    const precision = precisions[dtype as keyof typeof precisions];
    return (value) => shortestText(value, precision);
  }
  return doubleText;
}

/** The shortest digits of a double, which JavaScript gives for all but −0. */
function doubleText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The fewest digits that round to `value` in a precision; of several the nearest. */
function shortestText(value: number, precision: Precision): string {
  const isShort = Number.isInteger(value) && Math.abs(value) < wholeBelow;
  if (isShort || !Number.isFinite(value)) return doubleText(value);
  for (let digits = 1; digits < 17; digits += 1) {
    const nearest = Number(value.toPrecision(digits));
    if (roundTo(nearest, precision) === value) return String(nearest);
    const other = nextDecimal(nearest, value, digits);
    if (isPowerOfTwo(value) && roundTo(other, precision) === value) return String(other);
  }
  return String(value);
}

/**
 * The decimal of so many digits on the other side of `value`. Above a power of two values lie twice as far apart as
 * below, so that the farther decimal may be the one that reads back.
 */
function nextDecimal(nearest: number, value: number, digits: number): number {
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  const step = 10 ** (exponent - digits + 1) * (nearest > value ? -1 : 1);
  return Number((nearest + step).toPrecision(digits));
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(value)));
}

const word = new DataView(new ArrayBuffer(8));

/** The nearest number of a precision, ties to even. Larger than all of them stays larger. */
function roundTo(value: number, { bits, minExponent }: Precision): number {
  word.setFloat64(0, value);
  const exponent = ((word.getUint32(0) >>> 20) & 0x7ff) - 1023;
  const quantum = 2 ** (Math.max(exponent, minExponent) - bits + 1);
  const scaled = value / quantum;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (isUp ? floor + 1 : floor) * quantum;
}
