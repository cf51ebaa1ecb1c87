/**
 * Messages about one unit at one step: how its value came about.
 */
import type { UnitArithmetic, UnitSum } from "../../analysis/units/explain";
import type { Place, StateName } from "../../engine/base/trace";
import type { CellKind, CellVariant, Nonlinearity } from "../../model/config";
import type { Text } from "../../core/text";

export type { UnitSum };

/** A unit of h, or of c of an LSTM; with a projection the two have different units. */
export interface UnitRequest extends Place {
  readonly stateName: StateName;
}

/**
 * How a value beside its reference is judged: by the difference, or, where rounding alone could have moved it anywhere, by
 * the reference's own step, as far as that is known.
 */
export type JudgedAs = "difference" | "right-by-step" | "wrong-by-step" | "unknown";

/** A value of the reference beside ours. */
export interface JudgedReference {
  /** [reference, ours − reference, allowed |Δ|, relative Δ, Δ in ulp]; empty without a reference value. */
  readonly reference: Float64Array;
  /** The tolerance of the value's result, without rounding. */
  readonly judgedBy: { readonly rtol: number; readonly atol: number };
  /** How the value is judged. */
  readonly judgedAs: JudgedAs;
}

/** How one unit came about: its sums term by term, its update, and what the reference says; in float64. */
export interface UnitExplanation extends Omit<UnitArithmetic, "value">, JudgedReference {
  readonly place: Place;
  readonly stateName: StateName;
  readonly cell: CellKind;
  readonly nonlinearity: Nonlinearity;
  readonly variant: CellVariant;
  /** What the names of its parameters end with: `_l1_reverse`; nothing for a cell class. */
  readonly suffix: string;
  readonly hasBias: boolean;
  /** [as the sums give it, as the run has stored it]. */
  readonly value: Float64Array;
  /** Which initial states were given; the others are zeros. */
  readonly given: { readonly h0: boolean; readonly c0: boolean };
  /** The slot of h_n or c_n that is this state too; null where the reference has not both, and before the last step. */
  readonly final: (JudgedReference & { readonly slot: number }) | null;
  /**
   * [reference, allowed |Δ|] of each gate in the order of `gates`, NaN where the reference has none; empty where it has
   * no gate of this unit.
   */
  readonly gateReferences: Float64Array;
  /** How each gate is judged, in the order of `gates`; empty without references of gates. */
  readonly gatesJudgedAs: readonly JudgedAs[];
  /** Where a layer below has ended outside tolerance, the nearest one; null when none is known. */
  readonly below: BelowDivergence | null;
  /** null at the first step without a reference of the layer below, in the padding, for c, and where the reference has no states of this lane. */
  readonly referenceStep: ReferenceStep | null;
  /** [‖h_t‖₂ or ‖c_t‖₂ of the lane at this step]. */
  readonly norm: Float64Array;
  /** Units of the lane whose gate passes no gradient on, by gate; of an RNN, units at the flat ends of h. */
  readonly saturated: readonly number[];
  readonly shapes: readonly {
    readonly name: string;
    readonly axes: string;
    readonly reason: Text | null;
  }[];
}

/** Evidence that a difference may come from below: final states of a lower layer, or its input, are outside. */
export type BelowDivergence =
  { readonly name: "h_n" | "c_n"; readonly place: Place } | { readonly name: "embedded" };

/** The same step of the same network from the reference's own h_(t−1), at the first step from its own layer below: was a mistake made here, or carried here? */
export interface ReferenceStep {
  /** [value that this gives, the reference's value, the first − the second, allowed |Δ|]. */
  readonly numbers: Float64Array;
  /** Gates that this gives. */
  readonly gates: Float64Array;
  /** What the step takes from our run, as the reference does not give it: x_t of a layer below, c_(t−1). */
  readonly ours: readonly ("x" | "c")[];
}
