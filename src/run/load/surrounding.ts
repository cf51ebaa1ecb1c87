/**
 * Decides about the layers around a module: whether the input is tokens, which layers run, and their references.
 */
import { keptDtype } from "../../engine/base/states";
import {
  embedTokens,
  firstBadToken,
  type EmbeddingTable,
  type LinearWeights,
} from "../../engine/surrounding";
import { NotFoundError } from "../../core/errors";
import type { Archive } from "../../formats/base/archive";
import type { RecurrentConfig } from "../../model/config";
import { hasReverse } from "../../model/directions";
import type { RecurrentModule } from "../../model/find/find";
import { fitsFirst } from "../../model/find/fitsFirst";
import { embeddedShape, heads, impliedHead, isTokens, type Head } from "../../model/find/head";
import { findSurrounding, linearFeatures, type LinearLayer } from "../../model/find/surrounding";
import { outputShapes, sequenceSizes } from "../../model/sequence";
import type { SurroundingSpec, Precision } from "../spec/spec";
import {
  formatShape,
  sameShape,
  type Shape,
  type Tensor,
  type TensorEntry,
} from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { EmbeddedInput, LoadedSurrounding } from "./loadedSurrounding";
import { roundTensor } from "./tensors/roundTensor";
import { withUnread } from "./unread";

/** The layers that a run file names, or that follow from names and shapes. */
export type FoundSurrounding = Pick<LoadedSurrounding, "embedding" | "linear">;

/**
 * Finds the layers around `module` and notes ambiguous choices.
 * @throws NotFoundError when a layer that is asked for is not there.
 */
export function chooseSurrounding(
  spec: SurroundingSpec,
  weights: Archive,
  module: RecurrentModule,
  notes: Text[],
): FoundSurrounding {
  const { embedding, linear, notes: open } = findSurrounding(weights.entries, module, spec);
  notes.push(...open);
  if (spec.head == null || linear !== null) return { embedding, linear };
  throw linearMissing(weights, module.config);
}

function linearMissing({ entries, notes }: Archive, config: RecurrentConfig): NotFoundError {
  const columns = linearFeatures(config);
  const sentence = text(
    "logits need a linear layer after the module: a weight of shape [out, {0}]",
    columns[0] ?? 0,
  );
  const names = fitsFirst(entries, [
    ({ shape }) => shape.length === 2 && columns.includes(shape[1] ?? 0),
    // Saved the other way round, as other frameworks save it.
    ({ shape }) => shape.length === 2 && columns.includes(shape[0] ?? 0),
    ({ shape }) => shape.length === 2,
  ]);
  return new NotFoundError(
    "pipeline",
    withUnread({ sentence }, notes),
    names.map(({ name, shape }) => `${name} ${formatShape(shape)}`),
    { data: { option: "pipeline", candidates: names.map(({ name }) => name) } },
  );
}

/** Looks the tokens up, where the input is tokens and there is a table. @throws LimitError, the reader's errors. */
export async function embedInput(
  input: Tensor,
  { embedding }: FoundSurrounding,
  weights: Archive,
  run: { readonly inputSize: number; readonly precision: Precision },
): Promise<EmbeddedInput> {
  if (embedding === null || !isTokens(input, run.inputSize)) {
    return { input, tokens: null, badToken: null };
  }
  const { data } = roundTensor(await weights.read(embedding.weight), run.precision);
  const [numEmbeddings = 0, embeddingDim = 0] = embedding.weight.shape;
  const table: EmbeddingTable = { values: data, numEmbeddings, embeddingDim };
  const position = firstBadToken(input.data, numEmbeddings);
  const badToken = position < 0 ? null : { position, token: input.data[position] ?? Number.NaN };
  const shape = embeddedShape(input.shape, embeddingDim);
  const dtype = keptDtype(run.precision);
  const embedded =
    badToken === null
      ? embedTokens(input.data, table, run.precision)
      : new Float32Array(input.data.length * embeddingDim);
  return { input: { dtype, shape, data: embedded }, tokens: input, badToken };
}

/** The data that decide about the head, besides the layers. */
export interface HeadChoice {
  readonly spec: SurroundingSpec;
  readonly config: RecurrentConfig;
  readonly precision: Precision;
  /** The input of layer 0. */
  readonly input: Tensor;
  readonly lengths: readonly number[] | null;
  readonly reference: { readonly output: Tensor | null; readonly logits: Tensor | null };
}

type ChosenHead = Pick<LoadedSurrounding, "head" | "reference">;

/**
 * The head as it is asked for, or as a reference of its logits tells it; and the reference, in which an `output` with
 * the shape of the logits and not of the module's output is taken for them.
 */
function chooseHead(choice: HeadChoice, linear: LinearLayer | null, notes: Text[]): ChosenHead {
  const { spec, config, input, lengths } = choice;
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (linear === null || sizes === null) return { head: null, reference: choice.reference };
  const implied = (tensor: Tensor | null): Head | null =>
    tensor === null
      ? null
      : impliedHead(config, sizes, linear.weight, {
          shape: tensor.shape,
          isPacked: lengths !== null,
        });
  const reference = takeLogits(choice, outputShapes(config, sizes).output, implied);
  if (reference.output !== choice.reference.output) {
    const shape = formatShape(reference.logits?.shape ?? []);
    notes.push(
      text("the reference's output {0} is taken for the logits of {1}", shape, linear.name),
    );
  }
  const head =
    spec.head === undefined ? inferHead(choice, reference.logits, implied, notes) : spec.head;
  noteHead(choice, linear, head, notes);
  return { head, reference };
}

/** Logits that fit no head are compared as well, so that the difference of shapes is reported. */
function inferHead(
  { config, lengths }: HeadChoice,
  logits: Tensor | null,
  implied: (tensor: Tensor | null) => Head | null,
  notes: Text[],
): Head | null {
  if (logits === null) return null;
  const inferred = implied(logits);
  if (inferred !== null) {
    notes.push(text("head = {0} follows from the shape of the reference's logits", inferred));
    return inferred;
  }
  const assumed = hasReverse(config) || lengths !== null ? "h_n" : "last";
  notes.push(text("head = {0} is assumed: no head gives logits of the reference's shape", assumed));
  return assumed;
}

/** The reference with its logits in their place. */
function takeLogits(
  { reference }: HeadChoice,
  outputShape: Shape,
  implied: (tensor: Tensor | null) => Head | null,
): LoadedSurrounding["reference"] {
  const { output, logits } = reference;
  const isLogits =
    output !== null &&
    logits === null &&
    !sameShape(output.shape, outputShape) &&
    implied(output) !== null;
  return isLogits ? { output: null, logits: output } : { output, logits };
}

function noteHead(choice: HeadChoice, linear: LinearLayer, head: Head | null, notes: Text[]): void {
  if (choice.spec.head === undefined && head === null) {
    const fits = text(
      "{0} fits as a linear layer after the module; choose a head ({1}) to run it",
      linear.name,
      heads.join(" | "),
    );
    notes.push(fits);
  }
  if (head === "last") noteLast(choice, notes);
}

/** Warns that `output[:, -1]` misses the ends of shorter sequences and of the reverse direction. */
function noteLast({ config, input, lengths }: HeadChoice, notes: Text[]): void {
  const steps = sequenceSizes(input.shape, config.batchFirst)?.seqLength ?? 0;
  if (lengths?.some((length) => length < steps) === true) {
    notes.push(
      text(
        "head last reads t = {0}, as output[:, -1] does: padding in shorter sequences",
        steps - 1,
      ),
    );
  }
  if (hasReverse(config) && steps > 1) {
    notes.push(
      text(
        "head last reads t = {0}, where the reverse direction has read one step only; its final state is at t = 0",
        steps - 1,
      ),
    );
  }
}

/**
 * Decides which layers run around the module, after the module and its input are known.
 * @throws the reader's errors; NotFoundError where there are logits to compare with and no linear layer.
 */
export async function completeSurrounding(
  choice: HeadChoice,
  layers: FoundSurrounding,
  loading: {
    readonly embedded: EmbeddedInput;
    readonly weights: Archive;
    readonly notes: Text[];
  },
): Promise<LoadedSurrounding> {
  const { embedded, weights, notes } = loading;
  const { tokens, badToken } = embedded;
  const { linear } = layers;
  const { spec, config } = choice;
  const isOff = spec.linear === null || spec.head === null;
  if (linear === null && choice.reference.logits !== null && !isOff) {
    throw linearMissing(weights, config);
  }
  const { head, reference } = chooseHead(choice, linear, notes);
  const values =
    head === null || linear === null ? null : await readLinear(linear, weights, choice.precision);
  return { ...layers, tokens, badToken, head, weights: values, reference };
}

async function readLinear(
  linear: LinearLayer,
  weights: Archive,
  precision: Precision,
): Promise<LinearWeights> {
  const [outFeatures = 0, inFeatures = 0] = linear.weight.shape;
  const read = async (entry: TensorEntry): Promise<Tensor["data"]> =>
    roundTensor(await weights.read(entry), precision).data;
  const bias = linear.bias === null ? null : await read(linear.bias);
  return { weight: await read(linear.weight), bias, inFeatures, outFeatures };
}
