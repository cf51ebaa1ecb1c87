/**
 * The rule by which a run stops early.
 */
import type { Direction } from "../../model/config";
import type { StateArray } from "./engine";
import type { StepBlock } from "./plan";

/** Steps of one direction of the last layer that have been run. */
export interface ReachedSteps extends StepBlock {
  readonly direction: Direction;
  /** (to − from, B, P); valid until the function that receives it returns. */
  readonly h: StateArray;
}

export interface StopRule {
  /** The largest number of steps between two calls of `stop`; a run with checkpoints calls it after each block. */
  readonly every: number;
  /** Called after each span of steps of the last layer, in processing order; true ends the run. */
  readonly when: (reached: ReachedSteps) => boolean;
}
