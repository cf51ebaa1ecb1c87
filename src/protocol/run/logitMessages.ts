/**
 * Messages about one logit: how the linear layer made it.
 */
import type { Place } from "../../engine/base/trace";

/** `step` is 0 for logits of one step. */
export type LogitRequest = Pick<Place, "step" | "batch" | "unit">;

export interface LogitExplanation {
  /** The row of the weight, and what it is multiplied with; in float64. */
  readonly weights: Float64Array;
  readonly operands: Float64Array;
  /** [sum of the products; bias, NaN without one; the logit as it is stored]. */
  readonly numbers: Float64Array;
  /** Where the operands come from, in their order. */
  readonly parts: readonly (Pick<Place, "layer" | "direction" | "step"> & {
    readonly units: number;
  })[];
}
