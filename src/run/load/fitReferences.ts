/**
 * Accepts references of another shape whose meaning is unambiguous, such as the last step alone.
 */
import { outputShapes, sequenceSizes } from "../../model/sequence";
import { numDirections, type RecurrentConfig } from "../../model/config";
import { formatShape, sameShape, type Shape, type Tensor } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { RunTensors } from "./runTensors";

type References = RunTensors["reference"];

/**
 * Takes out or puts in axes of size 1, which moves no value; and takes an output of one step, of a module with one layer
 * and direction, for the h_n that it can only be. Each with a note.
 */
export function fitReferences(
  reference: References,
  { config, input }: { readonly config: RecurrentConfig; readonly input: Shape },
  notes: Text[],
): References {
  const sizes = sequenceSizes(input, config.batchFirst);
  if (sizes === null) return reference;
  const shapes = outputShapes(config, sizes);
  const fit = (name: string, tensor: Tensor | null, expected: Shape | null): Tensor | null => {
    if (tensor === null || expected === null || !differsByOnes(tensor.shape, expected)) {
      return tensor;
    }
    notes.push(
      text(
        "{0} of the reference, {1}, is compared as {2}: only axes of size 1 differ",
        name,
        formatShape(tensor.shape),
        formatShape(expected),
      ),
    );
    return { ...tensor, shape: expected };
  };
  const output = fit("output", reference.output, shapes.output);
  const fitted = {
    ...reference,
    output,
    hn: fit("h_n", reference.hn, shapes.hn),
    cn: fit("c_n", reference.cn, shapes.cn),
  };
  const isOneState =
    output !== null &&
    reference.hn === null &&
    !config.isCellClass &&
    config.numLayers * numDirections(config) === 1 &&
    sizes.batchSize !== sizes.seqLength &&
    differsByOnes(output.shape, shapes.hn);
  if (!isOneState) return fitted;
  notes.push(
    text(
      "output of the reference, {0}, has no steps: it is compared with h_n, the state after the last step of each sequence",
      formatShape(output.shape),
    ),
  );
  return { ...fitted, output: null, hn: { ...output, shape: shapes.hn } };
}

/** Same sizes in the same order, but for axes of size 1; false for the same shape. */
function differsByOnes(found: Shape, expected: Shape): boolean {
  const long = (shape: Shape): Shape => shape.filter((size) => size !== 1);
  return !sameShape(found, expected) && sameShape(long(found), long(expected));
}
