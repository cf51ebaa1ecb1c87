/**
 * Scores how well tensors fit a module by their shapes, for the order of a choice of files.
 */
import { sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import { numDirections, stateSize, type RecurrentConfig } from "../config";

/** A tensor's name and shape as far as fitting goes. */
export type ShapedEntry = Pick<TensorEntry, "dtype" | "shape">;

/** Usual names of the tensors of a run, the most common first. */
export const usualNames = {
  input: ["input", "x", "inputs", "tokens", "input_ids"],
  h0: ["h0", "h_0", "hx"],
  c0: ["c0", "c_0", "cx"],
  lengths: ["lengths", "seq_lengths"],
  output: ["output", "out", "y"],
  hn: ["h_n", "hn", "hidden"],
  cn: ["c_n", "cn", "cell"],
  embedded: ["embedded", "embeddings"],
  logits: ["logits"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** True for tensors that can be the module's input: [T, I], [T, B, I] or [B, T, I] of numbers. */
export function fitsInput(config: RecurrentConfig, { dtype, shape }: ShapedEntry): boolean {
  return isFloat(dtype) && shape.every((size) => size > 0) && hasInputShape(config, shape);
}

/** True for tensors that can be the tokens of a module behind an embedding: [T], [T, B] or [B, T] of integers. */
export function fitsTokens({ dtype, shape }: ShapedEntry): boolean {
  const hasAxes = shape.length === 1 || shape.length === 2;
  return dtype.includes("int") && hasAxes && shape.every((size) => size > 0);
}

/** True for the shape of a sequence of the module's features, or of a batch of them. */
export function hasInputShape({ inputSize }: RecurrentConfig, shape: Shape): boolean {
  return (shape.length === 2 || shape.length === 3) && shape.at(-1) === inputSize;
}

/** True for tensors that can be the module's output for `input`: its shape with D·H features. */
export function fitsOutput(config: RecurrentConfig, input: Shape, entry: ShapedEntry): boolean {
  const features = numDirections(config) * stateSize(config);
  return isFloat(entry.dtype) && sameShape(entry.shape, [...input.slice(0, -1), features]);
}

/** True for tensors that can be h0 or h_n for `input`, whichever of its first two axes is the batch. */
export function fitsHidden(config: RecurrentConfig, input: Shape, entry: ShapedEntry): boolean {
  return fitsState(config, input, entry, stateSize(config));
}

/** True for tensors that can be c0 or c_n of an LSTM for `input`. */
export function fitsCell(config: RecurrentConfig, input: Shape, entry: ShapedEntry): boolean {
  return config.cell === "LSTM" && fitsState(config, input, entry, config.hiddenSize);
}

/** True for tensors that can be the lengths of the sequences in `input`: one whole number for each. */
export function fitsLengths(input: Shape, { dtype, shape }: ShapedEntry): boolean {
  const [size] = shape;
  return (
    input.length === 3 &&
    shape.length === 1 &&
    size !== undefined &&
    dtype.includes("int") &&
    input.slice(0, 2).includes(size)
  );
}

/**
 * True for tensors with the features of a tensor of the run, for any input; lists of candidates begin with these.
 */
export function resembles(
  config: RecurrentConfig,
  name: keyof typeof usualNames,
  { dtype, shape }: ShapedEntry,
): boolean {
  if (name === "lengths") return dtype.includes("int") && shape.length === 1;
  const features = featuresOf(config, name);
  const isSized = features === null || shape.at(-1) === features;
  return isFloat(dtype) && shape.length >= 1 && shape.length <= 3 && isSized;
}

/** The last axis of a tensor of the run; null when it does not depend on the module. */
function featuresOf(config: RecurrentConfig, name: keyof typeof usualNames): number | null {
  switch (name) {
    case "output":
      return numDirections(config) * stateSize(config);
    case "h0":
    case "hn":
      return stateSize(config);
    case "c0":
    case "cn":
      return config.hiddenSize;
    case "input":
    case "embedded":
      return config.inputSize;
    case "lengths":
    case "logits":
      return null;
  }
}

/**
 * Whether the batch is the input's first axis, inferred from a tensor of states or lengths, whose batch axis is known.
 * undefined when both readings fit, or none does.
 */
export function impliedBatchFirst(
  config: RecurrentConfig,
  input: Shape,
  known: { readonly state?: Shape; readonly lengths?: Shape },
): boolean | undefined {
  const [first, second] = input;
  if (input.length !== 3 || first === second) return undefined;
  const stateBatch = known.state?.[config.isCellClass ? 0 : 1];
  const batch = stateBatch ?? known.lengths?.[0];
  if (batch === first) return true;
  return batch === second ? false : undefined;
}

function fitsState(
  config: RecurrentConfig,
  input: Shape,
  entry: ShapedEntry,
  features: number,
): boolean {
  const slots = config.isCellClass ? [] : [config.numLayers * numDirections(config)];
  const batches = input.length === 2 ? [[]] : input.slice(0, 2).map((size) => [size]);
  return (
    isFloat(entry.dtype) &&
    batches.some((batch) => sameShape(entry.shape, [...slots, ...batch, features]))
  );
}

function isFloat(dtype: TensorEntry["dtype"]): boolean {
  return dtype.includes("float");
}
