/**
 * Guesses from its shape what an unsuitable reference is, and says what to do.
 */
import { elementCount, sameShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { RecurrentConfig } from "../config";
import { outputShapes, type SequenceSizes } from "../sequence";

/** The run that a reference is of. */
export interface ReferenceFrame {
  readonly config: RecurrentConfig;
  readonly sizes: SequenceSizes;
}

/** What a reference of the run's output looks like whose values were nothing known; null when it looks like nothing. */
export function outputLikeness(frame: ReferenceFrame, found: Shape): Text | null {
  const { output } = outputShapes(frame.config, frame.sizes);
  if (elementCount(found) === 1 && elementCount(output) !== 1) return singleNumber;
  return otherSteps(frame, found);
}

/** What a reference of h_n or c_n looks like whose values were nothing known; null when it looks like nothing. */
export function stateLikeness(
  frame: ReferenceFrame,
  name: "h_n" | "c_n",
  found: Shape,
): Text | null {
  const { output, hn, cn } = outputShapes(frame.config, frame.sizes);
  const expected = name === "h_n" ? hn : (cn ?? hn);
  if (elementCount(found) === 1 && elementCount(expected) !== 1) return singleNumber;
  const isOutput = sameShape(found, output);
  if (isOutput) return text("it looks like the output, every step of the last layer: name it so");
  // The states of cells are compared in no other form.
  return frame.config.isCellClass ? anotherOrder(found, expected) : null;
}

const singleNumber = text("it is a single number, such as a loss or a sum");

function anotherOrder(found: Shape, expected: Shape): Text | null {
  const sorted = (shape: Shape): number[] => [...shape].sort((left, right) => left - right);
  if (!sameShape(sorted(found), sorted(expected))) return null;
  return text("it has the same axes in another order: transpose it");
}

/** An output of fewer or more steps than the input has. */
function otherSteps({ config, sizes }: ReferenceFrame, found: Shape): Text | null {
  const axis = !sizes.unbatched && config.batchFirst ? 1 : 0;
  const { output } = outputShapes(config, sizes);
  const isElsewhereSame =
    found.length === output.length && found.every((size, k) => k === axis || size === output[k]);
  const isOther = isElsewhereSame && found[axis] !== sizes.seqLength;
  return isOther
    ? text("it has {0} steps, the input has {1}", found[axis] ?? 0, sizes.seqLength)
    : null;
}
