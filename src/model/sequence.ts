/**
 * Converts between layouts of files and the engine's layout, which is time-major and batched.
 */
import { swapLeadingAxes, type Shape, type Tensor } from "../tensor/tensor";
import { numDirections, stateSize, type RecurrentConfig } from "./config";

/** Values of a sequence or of states. */
type Values = Float32Array | Float64Array;

/** Sizes of a sequence tensor read under a layout. */
export interface SequenceSizes {
  readonly seqLength: number;
  readonly batchSize: number;
  readonly features: number;
  readonly unbatched: boolean;
}

/** Steps of a row of the batch that are not padding. */
export function sequenceLength(
  {
    lengths,
    seqLength,
  }: { readonly lengths: readonly number[] | null; readonly seqLength: number },
  batch: number,
): number {
  return lengths?.[batch] ?? seqLength;
}

/** Reads (T, B, F), with batchFirst (B, T, F), or unbatched (T, F); null for any other rank. */
export function sequenceSizes(shape: Shape, batchFirst: boolean): SequenceSizes | null {
  const [first = 0, second = 0, third = 0] = shape;
  if (shape.length === 2) {
    return { seqLength: first, batchSize: 1, features: second, unbatched: true };
  }
  if (shape.length !== 3) return null;
  const [seqLength, batchSize] = batchFirst ? [second, first] : [first, second];
  return { seqLength, batchSize, features: third, unbatched: false };
}

/** The shape a sequence has in a file: the inverse of `sequenceSizes`. */
export function sequenceShape(sizes: SequenceSizes, batchFirst: boolean): Shape {
  const { seqLength, batchSize, features, unbatched } = sizes;
  if (unbatched) return [seqLength, features];
  return batchFirst ? [batchSize, seqLength, features] : [seqLength, batchSize, features];
}

/** Shapes that output, h_n (and so h0) and c_n (and so c0) have in the layout of the input; null for no c_n. */
export function outputShapes(
  config: RecurrentConfig,
  sizes: SequenceSizes,
): { output: Shape; hn: Shape; cn: Shape | null } {
  const units = stateSize(config);
  const directions = numDirections(config);
  const batch = sizes.unbatched ? [] : [sizes.batchSize];
  const slots = config.isCellClass ? [] : [config.numLayers * directions];
  return {
    output: sequenceShape({ ...sizes, features: directions * units }, config.batchFirst),
    hn: [...slots, ...batch, units],
    cn: config.cell === "LSTM" ? [...slots, ...batch, config.hiddenSize] : null,
  };
}

/** The field's letters of a sequence's axes before its features. */
export function sequenceAxes(
  { unbatched }: Pick<SequenceSizes, "unbatched">,
  batchFirst: boolean,
): readonly string[] {
  if (unbatched) return ["T"];
  return batchFirst ? ["B", "T"] : ["T", "B"];
}

/** Values of a sequence tensor in time-major order, (T, B, F); a batch-first tensor is copied, others are not. */
export function toTimeMajor(tensor: Tensor, batchFirst: boolean): Values {
  if (!batchFirst || tensor.shape.length !== 3) return tensor.data;
  return swapLeadingAxes(tensor.data, tensor.shape);
}
