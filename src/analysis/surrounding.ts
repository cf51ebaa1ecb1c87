/**
 * The layers around a module: which of them run, and the lanes of tokens and logits.
 */
import type { ForwardInput, StateArray } from "../engine/base/engine";
import type { LinearWeights } from "../engine/surrounding";
import type { Head } from "../model/find/head";
import { swapLeadingAxes, type Shape, type Tensor } from "../tensor/tensor";
import type { Lane } from "./lanes";
import { arraySteps } from "./steps";

/** A linear layer after the module, and what it reads. */
export interface RunHead {
  readonly head: Head;
  readonly linear: LinearWeights;
}

/** The weights of the layers that run around a module. */
export interface RunSurrounding {
  /** The input as given, (T, B), (B, T) or (T), where it is tokens; one step where the run repeats it. */
  readonly tokens: Tensor | null;
  /** Rows of the embedding's table; 0 where the input is not tokens. */
  readonly vocabulary: number;
  /** null where the linear layer does not run. */
  readonly head: RunHead | null;
  readonly reference: { readonly embedded: Tensor | null; readonly logits: Tensor | null };
}

/** The logits of a run; T is 1 for the heads `last` and `h_n`. */
export interface Logits {
  readonly head: Head;
  /** (T, B, out), time-major. */
  readonly values: StateArray;
  readonly units: number;
  /** Features that the linear layer reads. */
  readonly inFeatures: number;
  /** In the layout of the input. */
  readonly shape: Shape;
}

/** The numbers that the lane of the logits shows next to the values. */
export interface LogitsReference {
  /** (T, B, out). */
  readonly reference: StateArray | null;
  readonly noise: Float64Array | null;
}

const outsideLayers = { layer: null, direction: null, cell: null };

/** One token a step. An input that is repeated has one, which stands at every step. */
export function tokensLane(tokens: Tensor, run: ForwardInput): Lane {
  const { config, seqLength, batchSize } = run;
  const [rows = 0, columns = 1] = tokens.shape;
  const isBatchFirst = config.batchFirst && tokens.shape.length === 2;
  const once = isBatchFirst ? swapLeadingAxes(tokens.data, [rows, columns, 1]) : tokens.data;
  const values = Float64Array.from(
    { length: seqLength * batchSize },
    (_, index) => once[index % once.length]!,
  );
  const part = { units: 1, ours: arraySteps(values, batchSize), reference: null, noise: null };
  return { ...outsideLayers, id: "tokens", units: 1, parts: [part] };
}

/** The logits, above the output. */
export function logitsLane(
  { values, units }: Logits,
  batchSize: number,
  { reference, noise }: LogitsReference,
): Lane {
  const rowSize = batchSize * units;
  const part = {
    units,
    ours: arraySteps(values, rowSize),
    reference: reference === null ? null : arraySteps(reference, rowSize),
    noise,
    of: "logits",
  };
  return { ...outsideLayers, id: "logits", units, parts: [part] };
}
