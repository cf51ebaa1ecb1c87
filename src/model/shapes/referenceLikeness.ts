/**
 * Guesses from its shape what an unsuitable reference is, and says what to do.
 */
import { elementCount, sameShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import { outputShapes, type SequenceSizes } from "../sequence";

/** The run that a reference is of. */
export interface ReferenceFrame {
  readonly config: RecurrentConfig;
  readonly sizes: SequenceSizes;
  readonly lengths: readonly number[] | null;
}

/** One look that a shape may have. */
type Look = readonly [shape: Shape, sentence: Text];

/** What a reference of the run's output looks like; null when it looks like nothing known. */
export function outputLikeness(frame: ReferenceFrame, found: Shape): Text | null {
  const { config, sizes } = frame;
  const { output, hn } = outputShapes(config, sizes);
  if (elementCount(found) === 1 && elementCount(output) !== 1) return singleNumber;
  return (
    firstLook(found, [...outputLooks(frame), [hn, text("it looks like h_n: name it so")]]) ??
    packedLook(frame, found) ??
    anotherOrder(found, output) ??
    otherSteps(frame, found)
  );
}

/** What a reference of h_n or c_n looks like; null when it looks like nothing known. */
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
  return firstLook(found, stateLooks(frame, name, expected)) ?? anotherOrder(found, expected);
}

const singleNumber = text("it is a single number, such as a loss or a sum");

function firstLook(found: Shape, looks: readonly Look[]): Text | null {
  return looks.find(([shape]) => sameShape(shape, found))?.[1] ?? null;
}

function outputLooks({ config, sizes }: ReferenceFrame): Look[] {
  const { seqLength: T, batchSize: B, unbatched } = sizes;
  const [D, U] = [numDirections(config), stateSize(config)];
  const F = D * U;
  const leading = config.batchFirst ? [B, T] : [T, B];
  if (unbatched) {
    return [
      [[F], oneStep(config)],
      [[T, U], oneDirection],
      [[T, D, U], onnxLayout],
    ];
  }
  return [
    [
      [...[...leading].reverse(), F],
      text("batch and time are exchanged: say batch_first as the reference has it"),
    ],
    [[B, F], oneStep(config)],
    [
      [B, U],
      text("it looks like one step of one direction, or of both added up: compare h_n instead"),
    ],
    [[...leading, U], oneDirection],
    [[T, D, B, U], onnxLayout],
    [[B, T, D, U], onnxLayout],
    [[T, B, D, U], splitDirections],
    [[T * B, F], text("it looks flattened, batch and time in one axis: reshape it")],
    [[B, T * F], text("it looks flattened, time and features in one axis: reshape it")],
  ];
}

function oneStep({ isCellClass }: RecurrentConfig): Text {
  return isCellClass
    ? text("it looks like one step, such as the last one: compare it as h_n")
    : text(
        "it looks like one step, such as the last one (output[:, -1]) or the first: compare h_n, or save the output of every step",
      );
}

const oneDirection = text(
  "it has the features of one direction: both may have been added or averaged, or only one was saved; save them side by side",
);
const onnxLayout = text(
  "it looks like ONNX' Y, [T, D, B, H], or [B, T, D, H] with layout = 1: put the directions of each step side by side",
);
const splitDirections = text(
  "its directions have an axis of their own: reshape it so that they stand side by side",
);

function stateLooks({ config, sizes }: ReferenceFrame, name: string, expected: Shape): Look[] {
  const { batchSize: B, unbatched } = sizes;
  const [L, D] = [config.numLayers, numDirections(config)];
  const U = expected.at(-1) ?? 0;
  if (config.isCellClass) return [];
  const batch = unbatched ? [] : [B];
  const slots = L * D;
  return [
    [
      [...batch, U],
      text(
        "it looks like one layer and direction alone, such as the top layer's {0}[-1]: stack those of all, or compare the output",
        name,
      ),
    ],
    [
      [D, ...batch, U],
      text("it looks like one layer alone, such as the top one: stack those of all layers"),
    ],
    [
      [L, ...batch, D * U],
      text(
        "its directions stand side by side: each has a row of its own in {0}, forward before reverse",
        name,
      ),
    ],
    [
      [L, ...batch, U],
      text(
        "it has one row for each layer: both directions may have been added, or only one was saved",
      ),
    ],
    [
      [L, D, ...batch, U],
      text("layers and directions have an axis each: reshape it to one axis of both"),
    ],
    [
      [...batch, slots * U],
      text("it looks flattened, all layers and directions of a sequence side by side"),
    ],
    [
      [...batch, slots, U],
      text(
        "its first two axes are exchanged: {0} has layers and directions first, also with batch_first",
        name,
      ),
    ],
    [[...batch, D * U], text("it looks like one layer alone, its directions side by side")],
  ];
}

/** As many rows as the sequences have steps together: what pack_padded_sequence makes of them. */
function packedLook({ config, lengths }: ReferenceFrame, found: Shape): Text | null {
  if (lengths === null || found.length !== 2) return null;
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (found[0] !== total || found[1] !== numDirections(config) * stateSize(config)) return null;
  return text(
    "it has as many rows as the sequences have steps together, {0}, as the data of a PackedSequence: save the PackedSequence itself, or pad_packed_sequence of it",
    total,
  );
}

function anotherOrder(found: Shape, expected: Shape): Text | null {
  const sorted = (shape: Shape): number[] => [...shape].sort((left, right) => left - right);
  if (!sameShape(sorted(found), sorted(expected))) return null;
  return text("it has the same axes in another order: transpose it");
}

/** The output of a batch that was padded to its longest sequence, or cut. */
function otherSteps({ config, sizes, lengths }: ReferenceFrame, found: Shape): Text | null {
  const axis = !sizes.unbatched && config.batchFirst ? 1 : 0;
  const { output } = outputShapes(config, sizes);
  const isElsewhereSame =
    found.length === output.length && found.every((size, k) => k === axis || size === output[k]);
  if (!isElsewhereSame) return null;
  const steps = found[axis] ?? 0;
  return lengths !== null && steps === Math.max(...lengths)
    ? text(
        "it ends with the longest sequence, after {0} steps: pad_packed_sequence takes total_length = {1}",
        steps,
        sizes.seqLength,
      )
    : text("it has {0} steps, the input has {1}", steps, sizes.seqLength);
}
