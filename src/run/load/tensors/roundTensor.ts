/**
 * Rounds weights, input and states to the precision that a network computes in.
 */
import type { Precision } from "../../../engine/base/engine";
import { roundingOf } from "../../../engine/base/rounding";
import type { Tensor } from "../../../tensor/tensor";

/** The tensor with its values rounded, as `tensor.to(dtype)`; the tensor itself where nothing changes. */
export function roundTensor(tensor: Tensor, precision: Precision): Tensor {
  const { dtype, data } = tensor;
  switch (precision) {
    case "f64":
      return tensor;
    case "f32":
      return data instanceof Float32Array ? tensor : { ...tensor, data: Float32Array.from(data) };
    case "f16":
    case "bf16": {
      const isRounded = dtype === (precision === "f16" ? "float16" : "bfloat16");
      return isRounded
        ? tensor
        : { ...tensor, data: Float32Array.from(data, roundingOf(precision)) };
    }
  }
}
