/**
 * What a session is made of beside its view and its values.
 */
import type { ReferenceAnswer } from "../reference/engine";
import type { RunInputs } from "../run/inputs";
import type { Given } from "./given";
import type { GradientEngine } from "./gradients/gradients";
import type { Opened } from "./open";

/** Engines that a run was compared with. */
export interface Comparison {
  /** The run with the references of its files alone. */
  readonly filed: RunInputs;
  readonly answers: readonly ReferenceAnswer[];
  /** True where what is shown is an answer of an engine. */
  readonly isEngineShown: boolean;
}

/** What a session is made of beside its view and its values; all of it may be missing of a run that no file has. */
export interface SessionParts {
  readonly engine?: GradientEngine;
  readonly given?: Given;
  readonly opened?: Opened | null;
  readonly comparison?: Comparison | undefined;
}
