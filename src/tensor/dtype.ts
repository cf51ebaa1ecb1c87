/**
 * Element types of stored tensors: names, byte widths, decoding to numbers and back.
 */
import { UnsupportedError } from "../core/errors";
import { text } from "../core/text";

/** Names as PyTorch writes them. */
export type DType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"
  | "float8_e4m3fn"
  | "float8_e4m3fnuz"
  | "float8_e5m2"
  | "float8_e5m2fnuz"
  | "float8_e8m0fnu"
  | "complex32"
  | "complex64"
  | "complex128";

/** Pairs of floats: real part first, as torch and NumPy store them. */
export type ComplexDType = Extract<DType, `complex${number}`>;

/** Real numbers in 8 bits; the names give exponent and mantissa bits, and `fn` says that there are no infinities. */
export type Float8DType = Extract<DType, `float8${string}`>;

const byteWidths: Readonly<Record<DType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  float8_e4m3fn: 1,
  float8_e4m3fnuz: 1,
  float8_e5m2: 1,
  float8_e5m2fnuz: 1,
  float8_e8m0fnu: 1,
  complex32: 4,
  complex64: 8,
  complex128: 16,
};

type Decoder = (buffer: ArrayBuffer, tensor: string) => Float32Array | Float64Array;

const decoders: Readonly<Record<DType, Decoder>> = {
  float16: (buffer) => widenFloat16(new Uint16Array(buffer)),
  bfloat16: (buffer) => widenBfloat16(new Uint16Array(buffer)),
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  int8: (buffer) => Float64Array.from(new Int8Array(buffer)),
  int16: (buffer) => Float64Array.from(new Int16Array(buffer)),
  int32: (buffer) => Float64Array.from(new Int32Array(buffer)),
  int64: (buffer, tensor) => narrowBigInts(new BigInt64Array(buffer), "int64", tensor),
  uint8: (buffer) => Float64Array.from(new Uint8Array(buffer)),
  uint16: (buffer) => Float64Array.from(new Uint16Array(buffer)),
  uint32: (buffer) => Float64Array.from(new Uint32Array(buffer)),
  uint64: (buffer, tensor) => narrowBigInts(new BigUint64Array(buffer), "uint64", tensor),
  bool: (buffer) => Float64Array.from(new Uint8Array(buffer), (value) => (value === 0 ? 0 : 1)),
  float8_e4m3fn: (buffer) => widenFloat8(buffer, "float8_e4m3fn"),
  float8_e4m3fnuz: (buffer) => widenFloat8(buffer, "float8_e4m3fnuz"),
  float8_e5m2: (buffer) => widenFloat8(buffer, "float8_e5m2"),
  float8_e5m2fnuz: (buffer) => widenFloat8(buffer, "float8_e5m2fnuz"),
  float8_e8m0fnu: (buffer) => widenFloat8(buffer, "float8_e8m0fnu"),
  complex32: refuseComplex,
  complex64: refuseComplex,
  complex128: refuseComplex,
};

/** How this machine orders the bytes of a word. */
export const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** float32 bit patterns of all float16 values; built when the first float16 tensor is read. */
let float16Table: Uint32Array | undefined;

/** Bytes of one element as stored. */
export function byteWidth(dtype: DType): number {
  return byteWidths[dtype];
}

/** The size of a word for byte order, in bytes: one part of a complex number, otherwise the element. */
export function wordWidth(dtype: DType): number {
  return isComplex(dtype) ? byteWidth(dtype) / 2 : byteWidth(dtype);
}

/** True for the names of `DType`. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(byteWidths, name);
}

/** True for the dtypes whose values arrive as Float32Array. */
export function isNarrowFloat(
  dtype: DType,
): dtype is "float16" | "bfloat16" | "float32" | Float8DType {
  return dtype === "float16" || dtype === "bfloat16" || dtype === "float32" || isFloat8(dtype);
}

/** True for the 8-bit floats. */
export function isFloat8(dtype: DType): dtype is Float8DType {
  return dtype.startsWith("float8");
}

/** True for pairs of real and imaginary part. */
export function isComplex(dtype: DType): dtype is ComplexDType {
  return dtype.startsWith("complex");
}

/** The dtype of the parts of a complex number. */
export function partOf(dtype: ComplexDType): "float16" | "float32" | "float64" {
  switch (dtype) {
    case "complex32":
      return "float16";
    case "complex64":
      return "float32";
    case "complex128":
      return "float64";
  }
}

/**
 * Decodes stored values, every one exactly; `bytes` may lie at any offset of its buffer and are not kept.
 *
 * Floats of 32 bits and fewer become Float32Array, everything else Float64Array, bool 0 or 1.
 * The number of elements is `bytes.byteLength` over the byte width, which must be whole.
 * @throws UnsupportedError, with `tensor` as its subject, when a 64-bit integer does not fit a number, and for complex
 * numbers, which are two.
 */
export function decodeValues(
  bytes: Uint8Array,
  dtype: DType,
  littleEndian = true,
  tensor: string = dtype,
): Float32Array | Float64Array {
  return decoders[dtype](hostOrderCopy(bytes, wordWidth(dtype), littleEndian), tensor);
}

/** Little-endian bytes of float32 or float64 values, in a buffer of their own. */
export function encodeFloats(values: Float32Array | Float64Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return new Uint8Array(hostOrderCopy(raw, values.BYTES_PER_ELEMENT, true));
}

/** Copies whole words to an aligned buffer of their own, swapped to (or from) the order of this machine. */
export function hostOrderCopy(
  bytes: Uint8Array,
  width: number,
  littleEndian: boolean,
): ArrayBuffer {
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  swapWords(copy, width, littleEndian);
  return copy.buffer;
}

/** Brings whole words to the order of this machine (or from it), where they are. */
export function swapWords(bytes: Uint8Array, width: number, littleEndian: boolean): void {
  if (width === 1 || littleEndian === hostIsLittleEndian) return;
  for (let start = 0; start < bytes.length; start += width) {
    for (let low = start, high = start + width - 1; low < high; low += 1, high -= 1) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

/** A bfloat16 is the upper half of a float32. Bits are moved as integers, so that NaN payloads survive. */
function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index += 1) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

function widenFloat16(halves: Uint16Array): Float32Array {
  const table = (float16Table ??= Uint32Array.from({ length: 0x10000 }, (_, half) =>
    float32Bits(half),
  ));
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index += 1) bits[index] = table[halves[index]!]!;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16 → binary32: sign 1, exponent 5 (bias 15) → 8 (bias 127), fraction 10 → 23. */
function float32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal in float16, normal in float32: shift until the leading one is the hidden bit.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** Sign bit, exponent bits and bias of the 8-bit floats; `special` says which bit patterns are no finite number. */
export const float8Layouts: Readonly<
  Record<
    Float8DType,
    {
      readonly exponentBits: number;
      readonly bias: number;
      readonly special: "ieee" | "nan only" | "negative zero";
    }
  >
> = {
  float8_e4m3fn: { exponentBits: 4, bias: 7, special: "nan only" },
  float8_e4m3fnuz: { exponentBits: 4, bias: 8, special: "negative zero" },
  float8_e5m2: { exponentBits: 5, bias: 15, special: "ieee" },
  float8_e5m2fnuz: { exponentBits: 5, bias: 16, special: "negative zero" },
  float8_e8m0fnu: { exponentBits: 8, bias: 127, special: "nan only" },
};

const float8Tables = new Map<Float8DType, Float32Array>();

function widenFloat8(buffer: ArrayBuffer, dtype: Float8DType): Float32Array {
  const table =
    float8Tables.get(dtype) ??
    Float32Array.from({ length: 256 }, (_, byte) => float8Value(byte, dtype));
  float8Tables.set(dtype, table);
  return Float32Array.from(new Uint8Array(buffer), (byte) => table[byte]!);
}

/**
 * The number of a bit pattern. Sources: Micikevicius et al. 2022 (E4M3, E5M2), Noune et al. 2022 (the fnuz kinds, where
 * the pattern of −0 is NaN), OCP Microscaling Formats 1.0 (E8M0: a power of two without sign or mantissa).
 */
function float8Value(byte: number, dtype: Float8DType): number {
  const { exponentBits, bias, special } = float8Layouts[dtype];
  if (exponentBits === 8) return byte === 0xff ? NaN : 2 ** (byte - bias);
  const mantissaBits = 7 - exponentBits;
  const sign = byte >= 0x80 ? -1 : 1;
  const exponent = (byte & 0x7f) >> mantissaBits;
  const mantissa = byte & ((1 << mantissaBits) - 1);
  if (special === "negative zero" && byte === 0x80) return NaN;
  if (special === "nan only" && (byte & 0x7f) === 0x7f) return NaN;
  if (special === "ieee" && exponent === (1 << exponentBits) - 1) {
    return mantissa === 0 ? sign * Infinity : NaN;
  }
  const fraction = mantissa / (1 << mantissaBits);
  return exponent === 0
    ? sign * fraction * 2 ** (1 - bias)
    : sign * (1 + fraction) * 2 ** (exponent - bias);
}

function refuseComplex(_buffer: ArrayBuffer, tensor: string): never {
  throw new UnsupportedError(
    { tensor },
    text("complex numbers have two parts each; a run takes real numbers only"),
  );
}

function narrowBigInts(
  values: BigInt64Array | BigUint64Array,
  dtype: DType,
  tensor: string,
): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const value = Number(values[index]);
    if (!Number.isSafeInteger(value)) {
      throw new UnsupportedError(
        { tensor },
        text(
          "element {0} is {1}, and {2} values beyond 2^53 cannot be shown exactly",
          index,
          String(values[index]),
          dtype,
        ),
        {
          data: { found: String(values[index]) },
          remedies: [{ do: "save-elements-as", dtype: "float64" }],
        },
      );
    }
    numbers[index] = value;
  }
  return numbers;
}
