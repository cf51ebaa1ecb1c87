/**
 * References whose axes of size 1 are others than the result's: they say nothing.
 */
import { outputShapes, sequenceSizes } from "../../model/sequence";
import type { RecurrentConfig } from "../../model/config";
import { sameShape, type Shape, type Tensor } from "../../tensor/tensor";
import type { RunTensors } from "./tensors/runTensors";

type References = RunTensors["reference"];

/** Takes out or puts in axes of size 1, which moves no value; the verdict says so. */
export function fitReferences(
  reference: References,
  { config, input }: { readonly config: RecurrentConfig; readonly input: Shape },
): References {
  const sizes = sequenceSizes(input, config.batchFirst);
  if (sizes === null) return reference;
  const shapes = outputShapes(config, sizes);
  const fit = (tensor: Tensor | null, expected: Shape | null): Tensor | null =>
    tensor === null || expected === null || !differsByOnes(tensor.shape, expected)
      ? tensor
      : { ...tensor, shape: expected };
  return {
    ...reference,
    output: fit(reference.output, shapes.output),
    hn: fit(reference.hn, shapes.hn),
    cn: fit(reference.cn, shapes.cn),
  };
}

/** Same sizes in the same order, but for axes of size 1; false for the same shape. */
function differsByOnes(found: Shape, expected: Shape): boolean {
  const long = (shape: Shape): Shape => shape.filter((size) => size !== 1);
  return !sameShape(found, expected) && sameShape(long(found), long(expected));
}
