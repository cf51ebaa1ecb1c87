/**
 * A part of a case that rules most mistakes out: one row of the batch, and the first steps where that says enough.
 */
import { numDirections, stateSize } from "../../model/config";
import type { Alternative } from "../alternatives/alternative";
import type { Case, Returned } from "../base/model";
import { partOfCase, partOfReturned, type Part } from "../base/part";
import { forwardUnder, type Run } from "../forward/forward";
import { layOut, resultsOf } from "../forward/returned";
import type { LaneStates } from "../forward/lane";
import { distanceFrom, type Distance } from "./closeness";
import { runPartUnder } from "./trial";
import { workOf } from "./work";

export interface Screen {
  readonly part: Part;
  /** The case of this part: its reference is what the whole one says of it. */
  readonly the: Case;
  readonly run: Run;
  readonly right: Returned;
  readonly tolerance: number;
  /** True where a run of the part takes so long that it ends at the first final state that is wrong. */
  readonly endsEarly: boolean;
}

/** What is known of the right forward. */
interface Judged {
  readonly run: Run;
  readonly right: Returned;
  readonly before: Distance;
  readonly tolerance: number;
}

/** Multiplications of a run that is ended early: some hundredths of a second. */
const LONG_RUN = 3e7;

/** Steps that a screen of one direction has: later ones follow from them. */
const MOST_STEPS = 32;

/**
 * The screen of a case; null where there is one row only that is run soon, or the reference has other shapes. Of one direction, the
 * first steps are there; with a reverse one, and where h_n alone is given, all of them.
 */
export function screenOf(the: Case, { run, right, before, tolerance }: Judged): Screen | null {
  const { batchSize, lengths, seqLength, config } = the.model;
  const isCut =
    the.reference.output !== null &&
    !config.bidirectional &&
    config.reverseOnly !== true &&
    seqLength > MOST_STEPS;
  const rows = [...lengths.keys()].filter((row) => lengths[row]! > 0);
  const [row] = rows.sort((left, other) => lengths[left]! - lengths[other]!);
  const isLong = workOf(the.model) > LONG_RUN;
  if (row === undefined || !before.hasShapes) return null;
  if (batchSize === 1 && !isCut && !isLong) return null;
  const part = { rows: [row], steps: isCut ? MOST_STEPS : seqLength };
  const cut = partOfCase(the, part);
  return {
    part,
    the: cut,
    run: forwardUnder(cut.model, run.switches)!,
    right: partOfReturned(the, right, part),
    tolerance,
    endsEarly: workOf(cut.model) > LONG_RUN,
  };
}

/** Of what is run on a screen: how far it is from the reference, and whether that rules it out. */
export interface Screened {
  readonly distance: Distance;
  readonly isRuledOut: boolean;
}

/** Distances that many times over the tolerance may be rounding still, where an alternative rounds more than the right forward. */
export const DOUBTFUL = 1e3;

/** Runs alternatives on a screen; null where they exclude each other. */
export function screened(
  whole: Case,
  screen: Screen,
  alternatives: readonly Alternative[],
  endsEarly = screen.endsEarly,
): Screened | null {
  const { the, run: right, tolerance } = screen;
  const limit = tolerance * DOUBTFUL;
  const early: Distance[] = [];
  const goesOn = (slot: number, lane: LaneStates): boolean => {
    const distance = finalDistance(screen, slot, lane, limit);
    if (distance !== null) early.push(distance);
    return distance === null;
  };
  const isPlain = alternatives.every(({ results, layout }) => !results && !layout);
  const options = isPlain && endsEarly ? { goesOn } : {};
  const run = runPartUnder(whole, alternatives, { part: screen.part, right }, options);
  const [ended] = early;
  if (ended !== undefined) return { distance: ended, isRuledOut: true };
  if (run === null) return null;
  const results = alternatives.reduce(
    (own, alternative) => alternative.results?.(own, the) ?? own,
    resultsOf(run),
  );
  const returned = layOut(results, the);
  const distance = distanceFrom(returned, the.reference, the, tolerance);
  const fromRight = distanceFrom(returned, screen.right, the, tolerance);
  const isDoubtful =
    distance.most <= limit || fromRight.most <= tolerance || mayBeOutliers(alternatives, distance);
  return { distance, isRuledOut: !isDoubtful };
}

/** A part has a larger share of outliers than the whole by chance, but not all of it. */
const PART_SLACK = 2;

function mayBeOutliers(alternatives: readonly Alternative[], distance: Distance): boolean {
  return alternatives.some(
    ({ outliers }) =>
      outliers !== undefined && distance.outside <= PART_SLACK * outliers.share * distance.count,
  );
}

/**
 * The distance of a lane's final state from the reference where that is enough to rule it out: it is also another one
 * than the right forward's. null where it is not, or the reference does not tell.
 */
function finalDistance(
  { the, run }: Screen,
  slot: number,
  lane: LaneStates,
  limit: number,
): Distance | null {
  const { hn } = the.reference;
  const { config } = the.model;
  if (hn === null) return null;
  const directions = numDirections(config);
  const right = run.lanes[Math.floor(slot / directions)]![slot % directions]!;
  if (right === lane) return null;
  const size = stateSize(config);
  let [most, sum, fromRight] = [0, 0, 0];
  for (let unit = 0; unit < size; unit++) {
    const distance = Math.abs(lane.hn[unit]! - hn.data[slot * size + unit]!);
    most = Math.max(most, distance);
    sum += distance;
    fromRight = Math.max(fromRight, Math.abs(lane.hn[unit]! - right.hn[unit]!));
  }
  if (!(most > limit) || !(fromRight > limit)) return null;
  return { hasShapes: true, most, mean: sum / size, outside: size, count: size, padding: 0 };
}
