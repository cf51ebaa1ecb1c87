/**
 * The numbers of a quantised tensor: scale · (integer − zero point), in float32 as torch.dequantize has them.
 *
 * Source: aten/src/ATen/native/quantized/AffineQuantizerBase.cpp, `dequantize_val`.
 */
import { decodeRaw, wholeBox, type Box, type RawValues } from "../../tensor/raw";
import { elementCount } from "../../tensor/tensor";
import { readStoredBox, type StoredTensor } from "../base/stored";

/** Scale and zero point; or one of each for every index of an axis. */
export type StoredQuantisation =
  | { readonly scale: number; readonly zeroPoint: number }
  | { readonly scales: StoredTensor; readonly zeroPoints: StoredTensor; readonly axis: number };

/** The numbers of a part, whose stored integers are `values`; sentences call the tensor `name`. */
export async function dequantised(
  file: string,
  name: string,
  values: RawValues,
  { numbers, box }: { readonly numbers: StoredQuantisation; readonly box: Box },
): Promise<RawValues> {
  const { data, shape } = decodeRaw(values, `${file}: ${name}`);
  const result = new Float32Array(data.length);
  if ("scale" in numbers) {
    const scale = Math.fround(numbers.scale);
    data.forEach((integer, index) => {
      result[index] = (integer - numbers.zeroPoint) * scale;
    });
  } else {
    const { axis } = numbers;
    const read = async (stored: StoredTensor): Promise<ArrayLike<number>> =>
      decodeRaw(await readStoredBox(file, name, stored, wholeBox(stored.shape)), name).data;
    const [scales, zeros] = [await read(numbers.scales), await read(numbers.zeroPoints)];
    const inner = elementCount(shape.slice(axis + 1));
    data.forEach((integer, index) => {
      const at = (box.start[axis] ?? 0) + (Math.floor(index / inner) % (shape[axis] ?? 1));
      result[index] = (integer - (zeros[at] ?? 0)) * Math.fround(scales[at] ?? NaN);
    });
  }
  return { dtype: "float32", shape, bytes: new Uint8Array(result.buffer) };
}
