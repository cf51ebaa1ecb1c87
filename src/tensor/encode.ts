/**
 * Numbers → stored elements, each rounded to the nearest value of the dtype.
 */
import { clamp } from "../core/numeric";
import {
  hostIsLittleEndian,
  float8Layouts,
  isComplex,
  isFloat8,
  partOf,
  type DType,
  type Float8DType,
} from "./dtype";

/**
 * Elements in this machine's byte order; of complex numbers, `values` are real and imaginary parts in turn.
 * `remainders`, if given, are added to 64-bit integers.
 */
export function encodeValues(
  dtype: DType,
  values: ArrayLike<number>,
  remainders?: ArrayLike<number>,
): ArrayBuffer {
  if (isComplex(dtype)) return encodeValues(partOf(dtype), values);
  if (isFloat8(dtype)) return Uint8Array.from(values, (value) => float8Bits(value, dtype)).buffer;
  if (dtype === "float16" || dtype === "bfloat16") {
    const layout = dtype === "float16" ? half : brain;
    return Uint16Array.from(values, (value) => floatBits(value, layout)).buffer;
  }
  if (dtype === "int64" || dtype === "uint64") return wideIntegers(values, remainders);
  return new plainArrays[dtype](values).buffer;
}

const plainArrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const;

/** 64-bit integers as two words each, where they are exact as numbers: a BigInt for each takes ten times as long. */
function wideIntegers(
  values: ArrayLike<number>,
  remainders: ArrayLike<number> | undefined,
): ArrayBuffer {
  const wide = new BigInt64Array(values.length);
  const words = new Uint32Array(wide.buffer);
  const [low, high] = hostIsLittleEndian ? [0, 1] : [1, 0];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    const remainder = remainders?.[index] ?? 0;
    if (remainder !== 0 || !Number.isSafeInteger(value)) {
      wide[index] = BigInt(value) + BigInt(remainder);
    } else {
      const upper = Math.floor(value / 2 ** 32);
      words[2 * index + low] = value - upper * 2 ** 32;
      words[2 * index + high] = upper;
    }
  }
  return wide.buffer;
}

/** A sign bit, an exponent with a bias and a mantissa. */
interface FloatLayout {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** The result for numbers beyond the largest finite one: infinity, or NaN for layouts without infinity. */
  readonly overflow: number;
  readonly nan: number;
  /** Bits of the largest finite number. */
  readonly largest: number;
}

/** IEEE 754 binary16, and the upper half of binary32. */
const half = ieee(5, 10);
const brain = ieee(8, 7);

function ieee(exponentBits: number, mantissaBits: number): FloatLayout {
  const infinity = (2 ** exponentBits - 1) * 2 ** mantissaBits;
  return {
    exponentBits,
    mantissaBits,
    bias: 2 ** (exponentBits - 1) - 1,
    overflow: infinity,
    nan: infinity + 2 ** (mantissaBits - 1),
    largest: infinity - 1,
  };
}

function float8Bits(value: number, dtype: Float8DType): number {
  const { exponentBits, bias, special } = float8Layouts[dtype];
  // A power of two without sign and mantissa.
  if (exponentBits === 8)
    return value > 0 ? clamp(Math.round(Math.log2(value)) + bias, 0, 0xfe) : 0xff;
  const mantissaBits = 7 - exponentBits;
  if (special === "ieee") return floatBits(value, ieee(exponentBits, mantissaBits));
  const nan = special === "negative zero" ? 0x80 : 0x7f;
  const largest = special === "negative zero" ? 0x7f : 0x7e;
  const layout = { exponentBits, mantissaBits, bias, overflow: nan, nan, largest };
  const bits = floatBits(value, layout);
  // Layouts in which the pattern of −0 is NaN have only one zero.
  return special === "negative zero" && value === 0 ? 0 : bits;
}

function floatBits(value: number, layout: FloatLayout): number {
  const { exponentBits, mantissaBits, bias, overflow, nan, largest } = layout;
  if (Number.isNaN(value)) return nan;
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (exponentBits + mantissaBits) : 0;
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return overflow === nan ? nan : sign + overflow;
  const exponent = Math.max(exponentOf(magnitude), 1 - bias);
  // Units in the last place, a whole number after rounding; 2^mantissaBits of them carry into the exponent by themselves.
  const units = roundHalfEven(magnitude / 2 ** (exponent - mantissaBits));
  const bits = (exponent + bias - 1) * 2 ** mantissaBits + units;
  if (bits > largest) return overflow === nan ? nan : sign + overflow;
  // Where the pattern of −0 is NaN, a negative number that rounds to zero is zero.
  return nan === 2 ** (exponentBits + mantissaBits) && bits === 0 ? 0 : sign + bits;
}

/** Exponent of the power of two at or below a positive finite number; far below every layout for 0. */
function exponentOf(magnitude: number): number {
  if (magnitude === 0) return -Infinity;
  const estimate = Math.floor(Math.log2(magnitude));
  if (2 ** estimate > magnitude) return estimate - 1;
  return 2 ** (estimate + 1) <= magnitude ? estimate + 1 : estimate;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
