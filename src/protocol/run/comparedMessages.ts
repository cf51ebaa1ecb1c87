/**
 * What a run was compared with beside files: engines that are not ours, as messages carry it.
 */
import type { Progress } from "../../core/control";
import type { Text } from "../../core/text";
import type { EngineId, NotCovered, UnavailableKind } from "../../reference/engine";
import type { Party } from "../../reference/table";
import type { WireNumber } from "../wire";

/** An engine that computed the run. */
export interface EngineView {
  readonly id: EngineId;
  readonly title: string;
  readonly version: string;
  readonly dtype: "float32" | "float64";
  readonly device: string;
  /** Names of what it gave: results, and `h`, `c`, `gates`, `gradients` of the layers. */
  readonly covers: readonly string[];
  readonly notCovered: readonly NotCovered[];
  readonly milliseconds: number;
}

/** An engine that did not. */
export interface EngineProblem {
  readonly id: EngineId;
  readonly title: string;
  readonly why: UnavailableKind;
  readonly sentence: Text;
  /** null where nothing is known to help. */
  readonly remedy: Text | null;
}

/** What lanes, verdicts and Δ are of. */
export type ShownReference = "file" | EngineId;

/** A party's values of a lane: those with the same number agree, the largest group is 0. */
export interface AgreementCell {
  readonly group: number;
  /** Largest |value − the run's|; null where it cannot be told. */
  readonly maxAbs: WireNumber | null;
}

/** Who agrees with whom, lane by lane; the run is the first party. */
export interface AgreementView {
  readonly parties: readonly Party[];
  readonly rows: readonly {
    readonly name: string;
    /** null for a party that does not give the lane. */
    readonly cells: readonly (AgreementCell | null)[];
    readonly alone: Party | null;
  }[];
  readonly sentences: readonly Text[];
}

/** Engines that a run is to be compared with; where they compute stays as it is when it is not given. */
export interface CompareChoice {
  readonly engines: readonly EngineId[];
  readonly device?: "cpu" | "gpu";
  readonly tf32?: boolean;
}

/** How far a comparison with engines is. */
export type CompareState =
  | { readonly kind: "idle" }
  | ({ readonly kind: "running"; readonly engines: readonly EngineId[] } & Progress)
  /** It is not begun unasked, or was cancelled. */
  | { readonly kind: "offered"; readonly engines: readonly EngineId[] }
  | { readonly kind: "failed"; readonly engines: readonly EngineId[]; readonly sentence: Text };

export interface ComparedView {
  readonly engines: readonly EngineView[];
  readonly problems: readonly EngineProblem[];
  /** null where nothing is there to compare with. */
  readonly shown: ShownReference | null;
  /** Who agrees with whom, where there are two references or more; else null. */
  readonly table: AgreementView | null;
}
