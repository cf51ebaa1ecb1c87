/**
 * What keeps a run from being made, and why, as data: the sentences are made where they are shown.
 */
import type { Text } from "../../core/text";
import type { Shape } from "../../tensor/tensor";
import type { Direction } from "../config";

/** The tensor that clashes, by the name of its row. */
interface ClashingTensor {
  readonly tensor: string;
  /** null when it is missing. */
  readonly found: Shape | null;
  /** null when there is no single shape that would fit. */
  readonly expected: Shape | null;
}

/** What clashes. */
export type Clash = ClashingTensor &
  (
    | { readonly of: "parameter"; readonly layer: number; readonly direction: Direction }
    | { readonly of: "axis-count" | "features" | "empty-input" | "state" | "embedding" }
    | { readonly of: "lengths"; readonly problem: LengthProblem }
    | {
        readonly of: "token";
        readonly embedding: string;
        readonly index: readonly number[];
        readonly token: number;
        readonly lastRow: number;
      }
    | { readonly of: "linear"; readonly layer: string }
  );

/** What is wrong with lengths. */
export type LengthProblem =
  | { readonly is: "count"; readonly lengths: number; readonly batchSize: number }
  | { readonly is: "too-short"; readonly length: number }
  | { readonly is: "too-long"; readonly length: number; readonly seqLength: number };

/** A run that is refused for another reason than a shape. */
export interface Refusal {
  readonly of: "refusal";
  readonly tensor: null;
  readonly reason: Text;
}

/** Why it clashes: where the expected size comes from, or what may have happened to the tensor. */
export type ClashCause =
  | { readonly is: "axes-of-size-1" | "step-without-time" | "sequence-axes" | "nothing-to-run" }
  | { readonly is: "columns"; readonly inputSize: number; readonly features: number }
  | { readonly is: "columns-elsewhere"; readonly inputSize: number; readonly axis: number }
  | { readonly is: "embedding-columns"; readonly inputSize: number }
  | { readonly is: "peepholes-everywhere" | "biases-everywhere" | "transposed" }
  | { readonly is: "reverse-everywhere"; readonly layer: number }
  | { readonly is: "every-layer"; readonly lastLayer: number }
  | {
      readonly is: "bidirectional-below";
      readonly directions: number;
      readonly stateSize: number;
      readonly taken: number;
    }
  | { readonly is: "others-agree"; readonly reason: Text }
  | {
      readonly is: "leading-axes-exchanged";
      readonly tensor: string;
      readonly unitAxis: "P" | "H";
    }
  | { readonly is: "rows-of-one-direction" }
  | { readonly is: "projected"; readonly projSize: number; readonly hiddenSize: number }
  | { readonly is: "row-per-lane" | "no-lane-axis" | "cell-has-no-lanes"; readonly tensor: string }
  | { readonly is: "row-per-sequence"; readonly tensor: string }
  | { readonly is: "one-of-several-lanes"; readonly lanes: number }
  | {
      readonly is: "state-of-another-batch";
      readonly tensor: string;
      readonly found: number;
      readonly batchSize: number;
    }
  | { readonly is: "fractional-token" | "negative-token" | "large-token" }
  | { readonly is: "module-features"; readonly features: number }
  | { readonly is: "own-of-file"; readonly tensor: string };
