/**
 * What the diagnosis says of a run: proofs first, then what could not be seen, what was tried, and what is only likely.
 */
import type { Text } from "../core/text";
import type { Precision } from "../run/spec/spec";

/** A mistake by its id of the catalogue, and what was done. */
export interface Named {
  readonly id: string;
  readonly title: Text;
}

/** A mistake that a run cannot show. */
export interface Hidden extends Named {
  /** Why; null where it is not known. */
  readonly reason: Text | null;
}

/** An explanation that reproduces every value of the reference. */
export interface Finding extends Named {
  /** Largest difference of the right forward; null when the reference has another shape. */
  readonly before: number | null;
  /** Largest difference under the alternative: rounding. Of single values that are off, that of all others. */
  readonly after: number;
  /** Other mistakes that reproduce the reference as well: this case cannot tell them apart. */
  readonly alsoFits: readonly Named[];
  /** What a run would need to tell them apart; null where nothing else fits, or it is not known. */
  readonly needs: Text | null;
  /** The second mistake of a pair. */
  readonly with: readonly Named[];
  /** True where nothing is wrong with the code: the reference is less precise. */
  readonly isPrecision: boolean;
  /** Of precision: true where a run under it has shown it. */
  readonly isShown?: boolean;
  /** The value of a free parameter, such as a dropout probability or an order of rows. */
  readonly parameter: Parameter | null;
}

/** The lines that mend a mistake, or convert what is laid out otherwise. Each runs as it stands. */
export interface Fix {
  /** Needs torch. */
  readonly pytorch: string;
  /** Needs numpy. */
  readonly numpy: string;
  /** Plain functions over arrays of numbers. */
  readonly typescript: string;
}

/** Whose mistake it is: the reference's, or that of the user's own output. */
export type Side = "reference" | "own";

/** A finding with the lines that mend it: of a pair, those of both. */
export interface MendedFinding extends Finding {
  /** null where the two are not told apart, as there is no output of the user's own. */
  readonly side: Side | null;
  readonly fix: Fix;
  /** Ids that the run can be shown under; empty where it cannot. */
  readonly under: readonly string[];
  /** Why it cannot be shown; null where it can. */
  readonly notShown: Text | null;
}

/** A free parameter that was found. */
export type Parameter =
  /** Row j of the reference is our row `rows[j]`. */
  | { readonly kind: "rows"; readonly rows: readonly number[] }
  /** By slot, layer · D + direction: unit j of the reference is our unit `units[slot][j]`. */
  | { readonly kind: "units"; readonly units: readonly (readonly number[])[] }
  | { readonly kind: "probability"; readonly probability: number }
  /** `inAll`: of all of a run of which a part was looked at. */
  | { readonly kind: "values"; readonly count: number; readonly inAll?: true };

/** An alternative that was tried, and how far it was from the reference. */
export interface TriedAlternative extends Named {
  /** Largest difference; null where a shape differs. */
  readonly most: number | null;
  readonly fits: boolean;
}

/** Something that would explain a good part of the difference. Never a proof. */
export interface Suspicion extends Named {
  /** Mean difference of the right forward, and under the suspicion; null where the reference does not tell. */
  readonly before: number;
  readonly after: number | null;
}

/** Less precision that explains a whole difference, shown by a run under it. */
export interface ReducedPrecision {
  /** Such as bfloat16. */
  readonly name: Text;
  /** The precision of a run that is made in it; null where no option says it. */
  readonly option: Precision | null;
  /** Differences of output, h_n and c_n up to this are a matter of it. */
  readonly most: number;
}

/** An answer whose findings come with what mends them. */
export interface MendedDiagnosis extends Diagnosis {
  /** null where the difference is more than a matter of precision, or there is none. */
  readonly precision: ReducedPrecision | null;
  /** Of both sides, the reference's first. */
  readonly findings: readonly MendedFinding[];
  /**
   * The diagnosis of the user's own output beside a reference; null where there are not both. Everything else but the
   * findings is of the reference, or of the own output where that is alone.
   */
  readonly own: Diagnosis | null;
}

/** Of the steps of each column: the largest value, and the smallest; the same where a column is one step. */
export interface StepCurve {
  readonly most: Float32Array;
  readonly least: Float32Array;
}

/** The largest difference of `output` over all rows and units, step by step. */
export interface ErrorOverTime {
  /** The first step, and how many the columns are of: where a part was looked at, some that go before it as well. */
  readonly first: number;
  readonly steps: number;
  /** The same in words, in the middle of a sentence; null for all of the run. */
  readonly where: Text | null;
  readonly before: StepCurve;
  /** Under the finding, NaN at steps before the part; null for values that no run gives. */
  readonly after: StepCurve | null;
  /** What counts as rounding. */
  readonly floor: Float32Array;
}

/** A part of a run: its first steps, or those in which it first differs. */
export interface LookedAt {
  readonly first: number;
  /** 0 where there are none that can be explained. */
  readonly steps: number;
  readonly rows: number;
  /** The same in words, in the middle of a sentence. */
  readonly where: Text;
}

export interface Diagnosis {
  /** The first one is the diagnosis. Empty when nothing fits, and when the run is right. */
  readonly findings: readonly Finding[];
  /** Mistakes that this case cannot tell from the right forward. */
  readonly cannotSee: readonly Hidden[];
  /** In the order of their distance from the reference. */
  readonly tried: readonly TriedAlternative[];
  /** In the order of what is left of the difference; empty when there is a finding. */
  readonly suspicions: readonly Suspicion[];
  /** Largest difference of the right forward; null when a shape differs. */
  readonly before: number | null;
  /** The error at each step under the first finding; null without one, and where the reference has no such steps. */
  readonly overTime: ErrorOverTime | null;
  /** What counts as rounding for this run. */
  readonly tolerance: number;
  /** Largest distance between the float32 and the float64 run. */
  readonly noise: number;
  /** Alternatives and pairs that were run or ruled out. */
  readonly count: number;
  /** The part that a run was explained by which is chaotic, or too large; null when all of it was looked at. */
  readonly lookedAt: LookedAt | null;
  /** Given where the right forward is NaN where the reference is, and agrees in all other values. */
  readonly sharesNaN?: true;
}
