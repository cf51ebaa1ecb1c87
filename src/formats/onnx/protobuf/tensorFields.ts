/**
 * The data types of TensorProto, and the fields that hold values.
 *
 * Spec: github.com/onnx/onnx, onnx/onnx.proto, message TensorProto (Apache-2.0).
 */
import type { DType } from "../../../tensor/dtype";

/** A field that holds values. */
export type StorageField =
  "float_data" | "int32_data" | "int64_data" | "double_data" | "uint64_data" | "raw_data";

/** TensorProto.DataType; the names of those that Unroll does not read. */
export const dataTypes: readonly (DType | { readonly unread: string })[] = [
  { unread: "UNDEFINED" },
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  { unread: "STRING" },
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
  "float8_e4m3fn",
  "float8_e4m3fnuz",
  "float8_e5m2",
  "float8_e5m2fnuz",
  { unread: "UINT4" },
  { unread: "INT4" },
  { unread: "FLOAT4E2M1" },
  "float8_e8m0fnu",
  { unread: "UINT2" },
  { unread: "INT2" },
  { unread: "FLOAT6E2M3" },
  { unread: "FLOAT6E3M2" },
];

export const storageFields: ReadonlyMap<number, StorageField> = new Map([
  [4, "float_data"],
  [5, "int32_data"],
  [7, "int64_data"],
  [9, "raw_data"],
  [10, "double_data"],
  [11, "uint64_data"],
]);

/** The typed field that may hold a dtype, beside raw_data; int32_data for dtypes that are not listed here. */
export const typedFields: Partial<Readonly<Record<DType, StorageField>>> = {
  float32: "float_data",
  complex64: "float_data",
  float64: "double_data",
  complex128: "double_data",
  int64: "int64_data",
  uint32: "uint64_data",
  uint64: "uint64_data",
};
