/**
 * The gradient of a loss with respect to the results of a run, where back-propagation begins.
 */
import type { LanePlace, StateName } from "../base/trace";

/** Adds ∂L/∂output of steps from…to (exclusive) to `into`, (to − from, B, D·P), which holds zeros. */
export type OutputRows = (from: number, to: number, into: Float64Array) => void;

/** A gradient that begins at one unit of one state. */
export interface UnitGradient extends LanePlace {
  readonly stateName: StateName;
  readonly step: number;
  readonly batch: number;
  readonly unit: number;
  readonly value: number;
}

/** The gradients of a loss with respect to the results of a run, from which they are propagated back. */
export interface OutputGradient {
  /** ∂L/∂output, time-major (T, B, D·P); steps in the padding are ignored. */
  readonly output: Float64Array | OutputRows | null;
  /** ∂L/∂h_n, (L·D, B, P). */
  readonly hn: Float64Array | null;
  /** ∂L/∂c_n, (L·D, B, H). */
  readonly cn: Float64Array | null;
  /** Gradients that begin at single states of any layer. */
  readonly units?: readonly UnitGradient[];
}
