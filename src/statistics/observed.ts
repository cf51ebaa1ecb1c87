/**
 * The input of observations: the statistics of a tensor, and what the file declares about it.
 */
import type { Box } from "../tensor/raw";
import type { TensorSource } from "../tensor/source";
import type { Shape } from "../tensor/tensor";
import type { Part } from "./parts";
import type { StatisticsNumbers } from "./passes";

/** Rows of a tensor that have a name, such as one gate's. */
export interface NamedRows {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What the file declares about a tensor. */
export interface ObservationHints {
  /** The shape that its module expects; null when it belongs to none. */
  readonly expectedShape: Shape | null;
  /** H of its module. */
  readonly hiddenSize: number | null;
  /** Gate blocks along axis 0; empty without. */
  readonly blocks: readonly NamedRows[];
}

/** The declaration of a tensor that belongs to no module. */
export const noHints: ObservationHints = { expectedShape: null, hiddenSize: null, blocks: [] };

export interface Observed {
  readonly source: TensorSource;
  readonly region: Box;
  /** All values, where they are in memory. */
  readonly kept: readonly Part[] | null;
  readonly isSample: boolean;
  readonly numbers: StatisticsNumbers;
  readonly hints: ObservationHints;
}
