/**
 * The order in which a direction goes through a sequence, and where it puts each state.
 */
import type { Direction } from "../../model/config";
import type { Model } from "../base/model";
import type { Switches } from "./switches";

/** Of one row of one direction: step s reads time `readsAt(s)` of row `readRow` and is placed at `placesAt(s)`. */
export interface RowOrder {
  /** Steps that are processed. */
  readonly steps: number;
  readonly readRow: number;
  /** Row of the output that the states are placed in. */
  readonly placeRow: number;
  readonly readsAt: (step: number) => number;
  /** −1 for a state that is not shown. */
  readonly placesAt: (step: number) => number;
}

/** The order of row `row`. */
export function rowOrder(
  { seqLength, batchSize, lengths }: Pick<Model, "seqLength" | "batchSize" | "lengths">,
  direction: Direction,
  row: number,
  { reverse, forwardRunsOn }: Pick<Switches, "reverse" | "forwardRunsOn">,
): RowOrder {
  const length = lengths[row]!;
  const own = { steps: length, readRow: row, placeRow: row };
  const same = (step: number): number => step;
  if (direction === "forward") {
    if (!forwardRunsOn) return { ...own, readsAt: same, placesAt: same };
    const shown = (step: number): number => (step < length ? step : -1);
    return { ...own, steps: seqLength, readsAt: same, placesAt: shown };
  }
  const flipped = (step: number): number => length - 1 - step;
  const fromEnd = (step: number): number => seqLength - 1 - step;
  switch (reverse) {
    case "right":
      return { ...own, readsAt: flipped, placesAt: flipped };
    case "inputNotFlipped":
      return { ...own, readsAt: same, placesAt: flipped };
    case "outputNotFlippedBack":
      return { ...own, readsAt: flipped, placesAt: same };
    case "neither":
      return { ...own, readsAt: same, placesAt: same };
    case "batchAxis": {
      const other = batchSize - 1 - row;
      return { steps: length, readRow: other, placeRow: other, readsAt: same, placesAt: same };
    }
    case "overPadding": {
      const shown = (step: number): number => (fromEnd(step) < length ? fromEnd(step) : -1);
      return { ...own, steps: seqLength, readsAt: fromEnd, placesAt: shown };
    }
    case "flipThenMask":
      return { ...own, readsAt: fromEnd, placesAt: fromEnd };
  }
}
