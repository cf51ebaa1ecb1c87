/**
 * Encodes headers and elements of the formats that Unroll writes.
 *
 * Specifications: numpy.lib.format, version 1.0; github.com/huggingface/safetensors, README "Format".
 */
import { UnsupportedError } from "../../core/errors";
import {
  hostIsLittleEndian,
  byteWidth,
  hostOrderCopy,
  wordWidth,
  type DType,
} from "../../tensor/dtype";
import { numbersOf } from "../../tensor/numbers";
import type { RawValues } from "../../tensor/raw";
import { elementCount, type Shape } from "../../tensor/tensor";
import { text } from "../../core/text";

/** NumPy and safetensors both start their data at multiples of this, so that it can be mapped into memory. */
const npyAlignment = 64;
const safetensorsAlignment = 8;

/** NumPy's names; the dtypes without one are widened. */
const npyDescriptions: Readonly<Partial<Record<DType, string>>> = {
  bool: "|b1",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  complex64: "<c8",
  complex128: "<c16",
};

const safetensorsNames: Readonly<Partial<Record<DType, string>>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  complex64: "C64",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  bool: "BOOL",
  uint64: "U64",
  uint32: "U32",
  uint16: "U16",
  uint8: "U8",
  float8_e4m3fn: "F8_E4M3",
  float8_e4m3fnuz: "F8_E4M3FNUZ",
  float8_e5m2: "F8_E5M2",
  float8_e5m2fnuz: "F8_E5M2FNUZ",
  float8_e8m0fnu: "F8_E8M0",
};

/** A tensor without its values. */
export interface TensorHead {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** The dtype that a .npy holds values of `dtype` in: their own, or the narrowest that holds them all exactly. */
export function npyDtype(dtype: DType): DType {
  if (npyDescriptions[dtype] !== undefined) return dtype;
  return dtype === "complex32" ? "complex64" : "float32";
}

/**
 * The dtype that .safetensors holds values of `dtype` in.
 * @throws UnsupportedError, with `name`, for complex128, which no dtype of the format holds.
 */
export function safetensorsDtype(name: string, dtype: DType): DType {
  if (safetensorsNames[dtype] !== undefined) return dtype;
  if (dtype === "complex32") return "complex64";
  throw new UnsupportedError({ tensor: name }, text("safetensors has no {0}", dtype), {
    data: { found: dtype },
    remedies: [{ do: "export-as", formats: [".npy", ".npz"] }],
  });
}

/** The header of a .npy file, padded with spaces as numpy.lib.format does. */
export function npyHeader(dtype: DType, shape: Shape): Uint8Array {
  const sizes = shape.length === 1 ? `${String(shape[0])},` : shape.join(", ");
  const descr = npyDescriptions[dtype] ?? "<f4";
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const preambleBytes = 10;
  const headerBytes = padTo(preambleBytes + header.length + 1, npyAlignment) - preambleBytes;
  const preamble = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes & 0xff, headerBytes >> 8];
  const padded = `${header.padEnd(headerBytes - 1)}\n`;
  return concat([Uint8Array.from(preamble), new TextEncoder().encode(padded)]);
}

/** Tensors in the order in which .safetensors holds them: widest first keeps each aligned to its own width. */
export function safetensorsOrder<Head extends TensorHead>(tensors: readonly Head[]): Head[] {
  return [...tensors].sort((left, right) => byteWidth(right.dtype) - byteWidth(left.dtype));
}

/**
 * The header of a .safetensors file, whose values follow in the given order; `metadata` are texts by names, for people
 * and programs that ask where the file comes from.
 */
export function safetensorsHeader(
  tensors: readonly TensorHead[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const about =
    Object.keys(metadata).length === 0 ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  const fields = tensors.map(({ name, dtype, shape }) => {
    const begin = end;
    end += elementCount(shape) * byteWidth(dtype);
    const info = { dtype: safetensorsNames[dtype] ?? "F32", shape, data_offsets: [begin, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(info)}`;
  });
  const json = new TextEncoder().encode(`{${[...about, ...fields].join(",")}}`);
  const header = new Uint8Array(padTo(json.length, safetensorsAlignment)).fill(0x20);
  header.set(json);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return concat([length, header]);
}

/** Values in the dtype in which they are written, little-endian. Only widenings that `npyDtype` names are done. */
export function encodedValues(raw: RawValues, dtype: DType): Uint8Array {
  const values = raw.dtype === dtype ? raw.bytes : widened(raw);
  return hostIsLittleEndian
    ? values
    : new Uint8Array(hostOrderCopy(values, wordWidth(dtype), true));
}

/** float32 of narrower floats; pairs of them for complex32. */
function widened(raw: RawValues): Uint8Array {
  const real: RawValues =
    raw.dtype === "complex32" ? { ...raw, dtype: "float16", shape: [...raw.shape, 2] } : raw;
  return new Uint8Array(Float32Array.from(numbersOf(real)).buffer);
}

function padTo(length: number, alignment: number): number {
  return Math.ceil(length / alignment) * alignment;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
