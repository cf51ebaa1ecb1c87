/**
 * Facts that a file states about a recurrent module, beyond names and shapes.
 */
import type { Text } from "../core/text";
import type { CellVariant, Nonlinearity } from "./config";
import type { ModuleGiven } from "./given";

/** null (or nothing) where the file does not tell. */
export interface ModuleFacts {
  readonly framework: "PyTorch" | "ONNX" | "Keras";
  readonly batchFirst: boolean | null;
  /** Of ONNX nodes, `layout`: whether their X, Y and states have the batch first. */
  readonly onnxLayout?: 0 | 1;
  readonly nonlinearity: Nonlinearity | null;
  /** Probability between layers, in training only. */
  readonly dropout: number | null;
  /** Where its cell computes otherwise than torch.nn's. */
  readonly variant: Partial<CellVariant>;
  /** True for a module whose one direction goes from the last step to the first, which torch.nn has not. */
  readonly reverseOnly: boolean;
  /** What a run of it will not reproduce, a sentence each. */
  readonly departures: readonly Text[];
  /** What it computes that no run does: it is not run, rather than run as something else. A sentence each. */
  readonly refusals: readonly Text[];
  /** Of Keras layers, how what they give lies. */
  readonly kerasOutput?: KerasOutput;
  /** What it is given beside its weights, or takes from outside. */
  readonly given: ModuleGiven;
}

/** How a layer of Keras gives its outputs. */
export interface KerasOutput {
  /** The last one alone (return_sequences=False). */
  readonly isLastOnly: boolean;
  /** In the order of its steps, the last one of the input first (go_backwards). */
  readonly isReversed: boolean;
}

/** A file of tensors alone tells nothing. */
export const noFacts: ModuleFacts = {
  framework: "PyTorch",
  batchFirst: null,
  nonlinearity: null,
  dropout: null,
  variant: {},
  reverseOnly: false,
  departures: [],
  refusals: [],
  given: {},
};
