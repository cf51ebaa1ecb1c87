/**
 * The rule by which a run stops early.
 */
import type { Direction } from "../../model/config";
import type { StateArray } from "./engine";
import type { StepBlock } from "./plan";

/** Steps of one direction of the last layer that have been run. */
export interface ReachedSteps extends StepBlock {
  readonly direction: Direction;
  /** (to − from, B, P); the reader's until it returns. */
  readonly h: StateArray;
}

export interface StopRule {
  /** Steps between two questions, at the most; a run that is kept by checkpoints asks after each block. */
  readonly every: number;
  /** Asked after each span of steps of the last layer, in its order of processing; true ends the run. */
  readonly when: (reached: ReachedSteps) => boolean;
}
