/**
 * The diagnosis of a run as the view gets it: numbers that may be infinite are `WireNumber`s.
 */
import type { ErrorOverTime, MendedDiagnosis, MendedFinding, Named } from "../../diagnosis/answer";
import type { WireNumber } from "../wire";

export interface FindingView extends Omit<MendedFinding, "before" | "after"> {
  readonly before: WireNumber | null;
  readonly after: WireNumber;
  /** Ids under which a run file can say a run that agrees; empty where it cannot. */
  readonly written: readonly string[];
}

export interface TriedView extends Named {
  /** Largest difference; null where a shape differs. */
  readonly most: WireNumber | null;
  readonly fits: boolean;
}

export interface SuspicionView extends Named {
  /** Mean difference of the right forward, and under the suspicion; null where the reference does not tell. */
  readonly before: WireNumber;
  readonly after: WireNumber | null;
}

/** As `MendedDiagnosis`. */
export interface DiagnosisView extends Pick<
  MendedDiagnosis,
  "cannotSee" | "count" | "lookedAt" | "precision" | "sharesNaN"
> {
  readonly findings: readonly FindingView[];
  readonly tried: readonly TriedView[];
  readonly suspicions: readonly SuspicionView[];
  readonly before: WireNumber | null;
  /** Of the side that the first finding is of. */
  readonly overTime: ErrorOverTime | null;
  readonly tolerance: WireNumber;
  readonly milliseconds: number;
}
