/**
 * Lazy negation of PyTorch tensors: conj(), and the imaginary part of a conjugate.
 *
 * Source: torch/_utils.py (`set_tensor_metadata`) and torch.Tensor.is_conj, is_neg. The storage holds the values
 * before the negation.
 */
import { isComplex, wordWidth } from "../../tensor/dtype";
import type { RawValues } from "../../tensor/raw";
import type { TurnedSigns } from "./pickle";

/** Values with their signs turned, in place: `conj` those of imaginary parts, `neg` those of all parts. */
export function turnSigns(values: RawValues, { conj, neg }: TurnedSigns): RawValues {
  const { dtype, bytes } = values;
  const width = wordWidth(dtype);
  const parts = isComplex(dtype) ? 2 : 1;
  for (let word = 0; word * width < bytes.length; word += 1) {
    const isImaginary = word % parts === 1;
    if (neg === (conj && isImaginary)) continue;
    // The sign is the topmost bit of a float, and the last byte of a word in memory holds it.
    const top = (word + 1) * width - 1;
    bytes[top] = (bytes[top] ?? 0) ^ 0x80;
  }
  return values;
}
