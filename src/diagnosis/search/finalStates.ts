/**
 * A lane beside the final state that the reference says of it: a run that is wrong there need not be run any further.
 */
import { numDirections, stateSize } from "../../model/config";
import type { Case } from "../base/model";
import type { Run } from "../forward/forward";
import type { LaneRun, LaneStates } from "../forward/laneStates";
import { rowOrder, type RowOrder } from "../forward/order";
import { runTail, type RowState } from "../forward/tail";
import type { Distance } from "./closeness";

/** One row, what its reference says, and the right run of it. */
export interface KnownRow {
  readonly the: Case;
  readonly run: Run;
}

/** A final state beside the reference's and the right forward's. */
interface FinalDistance {
  readonly distance: Distance;
  /** Largest difference from the right forward's. */
  readonly fromRight: number;
}

/** What a few values of a run under mistakes tell of all of it. */
export interface Verdict {
  readonly distance: Distance;
  /** True where they are too far from the reference's for the mistakes to explain it. */
  readonly isWrong: boolean;
  /** True where they are not the right forward's: the case can tell the mistakes from it. */
  readonly isSeen: boolean;
}

/** Distances from which on values count as wrong, and as other ones than the right forward's. */
export interface Limits {
  readonly wrong: number;
  readonly seen: number;
}

/** Of values that are off by less than `unsure`, by their distances from the reference and from the right forward. */
export function verdictOf(
  distance: Distance,
  fromRight: number,
  limits: Limits,
  unsure = 0,
): Verdict {
  return {
    distance,
    isWrong: distance.most > limits.wrong + unsure,
    isSeen: fromRight > limits.seen + unsure,
  };
}

/** What the final state of a lane tells; null where the reference does not say it. */
export function finalVerdict(
  known: KnownRow,
  slot: number,
  lane: LaneStates,
  limits: Limits,
): Verdict | null {
  const found = finalDistance(known, slot, lane.hn);
  return found && verdictOf(found.distance, found.fromRight, limits);
}

/** Numbers of last steps that are run to see whether a lane has forgotten where it began. */
const TAILS = [12, 32];
/** A tail is worth while that is at most this part of all steps. */
const MOST_OF_STEPS = 0.3;
/** A lane's true state may be this many times as far from the states that a tail begins in as they are from each other. */
export const REACH = 32;
/** Least distance of the two states that a tail begins in. */
const LEAST_APART = 0.1;

/**
 * As `finalVerdict`, from the last steps of a lane that has not been run: they are begun in the right forward's state and
 * in the reference's last one. What is left of the difference between the two at the end says how far the true final state
 * can be from either.
 */
export function tailVerdict(
  known: KnownRow,
  slot: number,
  lane: LaneRun,
  limits: Limits,
): Verdict | null {
  if (known.the.reference.hn === null) return null;
  const order = rowOrder(lane.model, lane.direction, 0, lane.switches);
  let verdict: Verdict | null = null;
  for (const count of TAILS) {
    if (count > MOST_OF_STEPS * order.steps) return verdict;
    const { final, unsure } = tailOf(known, slot, lane, order, order.steps - count);
    const found = finalDistance(known, slot, final)!;
    verdict = verdictOf(found.distance, found.fromRight, limits, unsure);
    // More steps help where the distance is large enough, but for what is not sure.
    const surely = verdictOf(found.distance, found.fromRight, limits);
    if (verdict.isWrong === surely.isWrong && verdict.isSeen === surely.isSeen) return verdict;
  }
  return verdict;
}

/** The final state of a lane from the right state before step `first`, and how far the true one may be from it. */
function tailOf(
  known: KnownRow,
  slot: number,
  lane: LaneRun,
  order: RowOrder,
  first: number,
): { readonly final: Float64Array; readonly unsure: number } {
  if (lane.switches.carrying === "notCarried") {
    const [final] = runTail(lane, order, order.steps - 1, [{ h: lane.h0, c: lane.c0 }]);
    return { final: final!.h, unsure: 0 };
  }
  const starts = startsOf(known, slot, first);
  const [begun, beside] = starts;
  const [final, other] = runTail(lane, order, first, starts);
  const apart = farthestState(begun, beside);
  // A cell state that is kept shows little once it is squashed: it counts as it is.
  const left = farthestState(final!, other!);
  return { final: final!.h, unsure: apart >= LEAST_APART ? (REACH * left) / apart : Infinity };
}

/** The state before a step in the right run, and the last one that the reference says. */
function startsOf(known: KnownRow, slot: number, first: number): readonly [RowState, RowState] {
  const { hn, cn } = known.the.reference;
  const right = rightLane(known, slot);
  const own = (values: Float64Array, begin: Float64Array): Float64Array => {
    const size = begin.length;
    const s = Math.min(first, right.steps) - 1;
    return s < 0 ? begin : values.subarray(s * size, (s + 1) * size);
  };
  const begun = { h: own(right.h, right.h0), c: own(right.c, right.c0) };
  const final = (values: Float64Array, size: number): Float64Array =>
    values.subarray(slot * size, (slot + 1) * size);
  return [
    begun,
    {
      h: final(hn!.data, begun.h.length),
      c: cn === null ? begun.c.map((value) => value + 1) : final(cn.data, begun.c.length),
    },
  ];
}

function rightLane({ the, run }: KnownRow, slot: number): LaneStates {
  const directions = numDirections(the.model.config);
  return run.lanes[Math.floor(slot / directions)]![slot % directions]!;
}

/** null where the reference has no h_n. */
function finalDistance(known: KnownRow, slot: number, final: Float64Array): FinalDistance | null {
  const { hn } = known.the.reference;
  if (hn === null) return null;
  const right = rightLane(known, slot);
  const size = stateSize(known.the.model.config);
  let [most, sum, fromRight] = [0, 0, 0];
  for (let unit = 0; unit < size; unit++) {
    const distance = Math.abs(final[unit]! - hn.data[slot * size + unit]!);
    most = Math.max(most, distance);
    sum += distance;
    fromRight = Math.max(fromRight, Math.abs(final[unit]! - right.hn[unit]!));
  }
  const distance = { most, mean: sum / size, outside: size, count: size };
  return { distance: { hasShapes: true, padding: 0, ...distance }, fromRight };
}

function farthestState(left: RowState, right: RowState): number {
  return Math.max(farthest(left.h, right.h), farthest(left.c, right.c));
}

/** Largest difference; NaN where there is one. */
export function farthest(left: Float64Array, right: Float64Array): number {
  let most = 0;
  for (let k = 0; k < left.length; k++) most = Math.max(most, Math.abs(left[k]! - right[k]!));
  return most;
}
