/** Tensors in memory as sources, counting what is read of them. */
import { cropRaw, rawOf, type RawValues } from "../../../src/tensor/raw";
import type { TensorSource } from "../../../src/tensor/source";
import { byteWidth, type DType } from "../../../src/tensor/dtype";
import type { Slice } from "../../../src/tensor/slice";
import { elementCount, type Shape } from "../../../src/tensor/tensor";

export interface MemorySource extends TensorSource {
  /** Bytes of the largest part that was read, and of all. */
  readonly read: { largest: number; total: number };
}

/** A source over raw values. */
export function sourceOf(raw: RawValues, name = "w"): MemorySource {
  const read = { largest: 0, total: 0 };
  const { dtype, shape } = raw;
  return {
    name,
    dtype,
    shape,
    read,
    readBox: (box) => {
      const bytes = elementCount(box.size) * byteWidth(dtype);
      read.largest = Math.max(read.largest, bytes);
      read.total += bytes;
      return Promise.resolve(cropRaw(raw, box));
    },
  };
}

/** A source over the values of a typed array, whose element type fits the dtype. */
export function sourceFrom(
  values: ArrayBufferView,
  shape: Shape,
  dtype: DType = "float32",
): MemorySource {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return sourceOf(rawOf(dtype, shape, bytes));
}

/** Two axes as rows and columns. */
export function sliceOf(
  rowAxis: number | null,
  columnAxis: number | null,
  index: readonly number[],
  part: Slice["part"] = "real",
): Slice {
  return { rowAxis, columnAxis, index, part };
}
