/**
 * A run that does not fit, and a change that may make it fit.
 */
import type { Archive } from "../../formats/base/archive";
import type { ShapeCheck } from "../../model/shapes/shapes";
import type { Text } from "../../core/text";
import type { LoadedRun } from "../../run/load/load";
import type { RunSpec } from "../../run/spec/spec";
import type { SpecEdit } from "./edits";

/** A change that may be offered. */
export interface Candidate {
  readonly title: Text;
  readonly edits: readonly SpecEdit[];
  /** True for what is seldom meant, as where something that was given is left out: the last thing to try. */
  readonly isLast?: true;
}

/** What candidates are made of. */
export interface Situation {
  readonly spec: RunSpec;
  readonly loaded: LoadedRun;
  readonly shapes: ShapeCheck;
  /** Archives of the run's files by the names that the spec has for them, and of those beside them. */
  readonly archives: ReadonlyMap<string, Archive>;
}
