/**
 * Data types of messages about the layers around a module.
 */
import type { Head } from "../../model/find/head";

export type { Head };

/** An element of `embedded` or `logits`, which lie in no layer. */
export interface LayerElement {
  /** null for logits of one step. */
  readonly step: number | null;
  readonly batch: number;
  readonly unit: number;
}

/** The layers around the module. */
export interface SurroundingView {
  readonly embedding: {
    readonly name: string;
    /** e.g. `nn.Embedding(50, 8)`. */
    readonly constructorLine: string;
    /** False where the input has features already. */
    readonly isUsed: boolean;
  } | null;
  readonly linear: {
    readonly name: string;
    /** e.g. `nn.Linear(12, 4)`. */
    readonly constructorLine: string;
    /** True when it shares the embedding's table. */
    readonly isTied: boolean;
  } | null;
  /** The words of the tokens of the input, as far as a vocabulary names them; not given without one. */
  readonly words?: readonly (readonly [token: number, word: string])[];
  /** The names of the classes that logits stand for, as far as a file tells them. */
  readonly classes?: readonly (readonly [unit: number, name: string])[];
  /** null where the linear layer does not run. */
  readonly head: Head | null;
  /** The heads that the linear layer can follow. */
  readonly heads: readonly Head[];
}
