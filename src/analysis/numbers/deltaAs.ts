/**
 * How a difference is measured: by itself, by the size of its reference, or in units in the last place.
 */
import type { Precision } from "../../engine/base/engine";
import { difference, type Tolerance } from "../compare";
import { ulpDistance } from "./ulp";

/**
 * `absolute`: ours − reference. `relative`: that by |reference|. `ulp`: how many numbers lie between the two, negative where ours
 * is less. Near zero both are counted as at the tolerance's atol: a sum that cancels there has the error of its terms.
 */
export type DeltaAs = "absolute" | "relative" | "ulp";

/** What a difference is measured by. */
export interface DeltaMeasure {
  readonly tolerance: Pick<Tolerance, "atol" | "equalNan">;
  readonly precision: Precision;
}

/** A difference by its measure; where it is not finite, the difference itself. */
export function measuredDelta(
  ours: number,
  reference: number,
  as: DeltaAs,
  { tolerance: { atol, equalNan }, precision }: DeltaMeasure,
): number {
  const delta = difference(ours, reference, equalNan);
  if (as === "absolute" || delta === 0 || !Number.isFinite(delta)) return delta;
  if (as === "relative") return delta / Math.max(Math.abs(reference), atol);
  return Math.sign(delta) * ulpDistance(ours, reference, { floor: atol, precision });
}
