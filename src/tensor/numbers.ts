/**
 * Stored values of every dtype as doubles, for drawing and counting.
 */
import { hostIsLittleEndian, isComplex, partOf, type ComplexDType, type DType } from "./dtype";
import { decodeRaw, type RawValues } from "./raw";
import type { ComplexPart } from "./slice";
import type { Tensor } from "./tensor";

type Numbers = Tensor["data"];

/**
 * One number an element, in their order: Float32Array where that holds every value of the dtype, else Float64Array.
 * Floats of 32 and 64 bits are views of the raw values. 64-bit integers beyond 2^53 are rounded to the nearest double;
 * of complex numbers `part` is taken.
 */
export function numbersOf(raw: RawValues, part: ComplexPart = "real"): Numbers {
  const { dtype, bytes } = raw;
  if (isComplex(dtype)) return complexPart(pairsOf(raw, dtype), part);
  const view = views[dtype];
  return view === undefined ? decodeRaw(raw, dtype).data : view(bytes.buffer);
}

/** Integers by their JavaScript arrays; floats without one are decoded. */
const views: Readonly<Partial<Record<DType, (buffer: ArrayBuffer) => Numbers>>> = {
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  bool: (buffer) => new Float32Array(new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1))),
  int8: (buffer) => new Float32Array(new Int8Array(buffer)),
  uint8: (buffer) => new Float32Array(new Uint8Array(buffer)),
  int16: (buffer) => new Float32Array(new Int16Array(buffer)),
  uint16: (buffer) => new Float32Array(new Uint16Array(buffer)),
  int32: (buffer) => new Float64Array(new Int32Array(buffer)),
  uint32: (buffer) => new Float64Array(new Uint32Array(buffer)),
  int64: (buffer) => roundIntegers(new Uint32Array(buffer), new Int32Array(buffer)),
  uint64: (buffer) => roundIntegers(new Uint32Array(buffer), new Uint32Array(buffer)),
};

/** Adds both words of an integer in one sum, so that it is rounded once. */
function roundIntegers(low: Uint32Array, high: Uint32Array | Int32Array): Float64Array {
  const numbers = new Float64Array(low.length / 2);
  const [lowWord, highWord] = hostIsLittleEndian ? [0, 1] : [1, 0];
  for (let index = 0; index < numbers.length; index += 1) {
    numbers[index] = high[2 * index + highWord]! * 2 ** 32 + low[2 * index + lowWord]!;
  }
  return numbers;
}

/** Real and imaginary parts, interleaved. */
export function pairsOf({ bytes, shape }: RawValues, dtype: ComplexDType): Numbers {
  return numbersOf({ dtype: partOf(dtype), shape: [...shape, 2], bytes });
}

function complexPart(pairs: Numbers, part: ComplexPart): Numbers {
  const count = pairs.length / 2;
  const values = pairs instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    values[index] = partOfNumber(pairs[2 * index]!, pairs[2 * index + 1]!, part);
  }
  return values;
}

function partOfNumber(real: number, imaginary: number, part: ComplexPart): number {
  switch (part) {
    case "real":
      return real;
    case "imaginary":
      return imaginary;
    case "magnitude":
      return Math.hypot(real, imaginary);
    case "phase":
      return Math.atan2(imaginary, real);
  }
}
