/**
 * A part of a case that rules most mistakes out: one row of the batch, and the first steps where that says enough.
 */
import { hasReverse } from "../../model/directions";
import type { Alternative } from "../alternatives/alternative";
import type { Case, Returned } from "../base/model";
import { partOfCase, partOfReturned, type Part } from "../base/part";
import { forwardUnder, type ForwardOptions, type Run } from "../forward/forward";
import { layOut, resultsOf } from "../forward/returned";
import { distanceFrom, type Distance } from "./closeness";
import { wrongFinal, wrongTail } from "./finalStates";
import { runPartUnder } from "./trial";
import { workOf } from "./work";

export interface Screen {
  readonly part: Part;
  /** True where the part is all of the case. */
  readonly isWhole: boolean;
  /** The case of this part: its reference is what the whole one says of it. */
  readonly the: Case;
  readonly run: Run;
  readonly right: Returned;
  readonly tolerance: number;
  /** True where a run of the part takes so long that it ends at the first final state that is wrong. */
  readonly endsEarly: boolean;
  /** The first steps of a long part, which are looked at before it; null without. */
  readonly head: Screen | null;
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
/** Those that are looked at before, where they take long. */
const HEAD_STEPS = 2;

/**
 * The screen of a case; null where there is one row only that is run soon, or the reference has other shapes. Of one
 * direction, the first steps are there; with a reverse one, and where h_n alone is given, all of them.
 */
export function screenOf(the: Case, judged: Judged): Screen | null {
  const { before } = judged;
  const { batchSize, lengths, seqLength, config } = the.model;
  const isCuttable = the.reference.output !== null && !hasReverse(config);
  const isCut = isCuttable && seqLength > MOST_STEPS;
  const row = shortestRow(lengths);
  const isLong = workOf(the.model) > LONG_RUN;
  if (row === null || !before.hasShapes) return null;
  if (batchSize === 1 && !isCut && !isLong) return null;
  const screen = partScreen(the, judged, { rows: [row], steps: isCut ? MOST_STEPS : seqLength });
  if (!screen.endsEarly || !isCuttable || seqLength <= HEAD_STEPS) return screen;
  return { ...screen, head: partScreen(the, judged, { rows: [row], steps: HEAD_STEPS }) };
}

/** The row with the fewest steps, of those that have any. */
function shortestRow(lengths: Int32Array): number | null {
  const rows = [...lengths.keys()].filter((row) => lengths[row]! > 0);
  const [row = null] = rows.sort((left, other) => lengths[left]! - lengths[other]!);
  return row;
}

function partScreen(the: Case, { run, right, tolerance }: Judged, part: Part): Screen {
  const isWhole = the.model.batchSize === 1 && part.steps === the.model.seqLength;
  const cut = isWhole ? the : partOfCase(the, part);
  return {
    ...{ part, isWhole, tolerance, head: null },
    the: cut,
    run: isWhole ? run : forwardUnder(cut.model, run.switches)!,
    right: isWhole ? right : partOfReturned(the, right, part),
    endsEarly: workOf(cut.model) > LONG_RUN,
  };
}

/** True where what alternatives do to the part is a part of what they do to the whole. */
export function canScreen(
  { part }: Screen,
  whole: Case,
  alternatives: readonly Alternative[],
): boolean {
  if (alternatives.some(({ wholeBatch, layout }) => wholeBatch === true || layout !== undefined)) {
    return false;
  }
  // Without its end, nothing can be made from final states, nor from steps counted from the end.
  const hasEnd = part.steps === whole.model.seqLength;
  return hasEnd || alternatives.every((one) => !needsEnd(one));
}

function needsEnd({ results, switches }: Alternative): boolean {
  return results !== undefined || switches?.carrying === "chainedThroughLayers";
}

/** Of what is run on a screen: how far it is from the reference, and whether that rules it out. */
export interface Screened {
  /** null where it was ended early. */
  readonly run: Run | null;
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
  if (screen.head !== null && canScreen(screen.head, whole, alternatives)) {
    const found = screened(whole, screen.head, alternatives);
    if (found === null || found.isRuledOut) return found;
  }
  const { the, run: right, tolerance } = screen;
  const limit = tolerance * DOUBTFUL;
  const early: Distance[] = [];
  const goesOn = (distance: Distance | null): boolean => {
    if (distance !== null) early.push(distance);
    return distance === null;
  };
  const isPlain = alternatives.every(({ results, layout }) => !results && !layout);
  const options: ForwardOptions =
    isPlain && endsEarly
      ? {
          begins: (slot, lane) => goesOn(wrongTail(screen, slot, lane, limit)),
          goesOn: (slot, lane) => goesOn(wrongFinal(screen, slot, lane, limit)),
        }
      : {};
  const run = runPartUnder(whole, alternatives, { part: screen.part, right }, options);
  const [ended] = early;
  if (ended !== undefined) return { run: null, distance: ended, isRuledOut: true };
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
  return { run, distance, isRuledOut: !isDoubtful };
}

/** A part has a larger share of outliers than the whole by chance, but not all of it. */
const PART_SLACK = 2;

function mayBeOutliers(alternatives: readonly Alternative[], distance: Distance): boolean {
  return alternatives.some(
    ({ outliers }) =>
      outliers !== undefined && distance.outside <= PART_SLACK * outliers.share * distance.count,
  );
}
