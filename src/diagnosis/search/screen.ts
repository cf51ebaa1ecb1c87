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
import { finalVerdict, tailVerdict, type Verdict } from "./finalStates";
import { LastSteps } from "./lastSteps";
import { editedBy, runPart, type Edited } from "./trial";
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
  /** The last steps of a part with a reverse direction; null without. */
  readonly last: LastSteps | null;
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
  const own = isWhole ? run : forwardUnder(cut.model, run.switches)!;
  return {
    ...{ part, isWhole, tolerance, head: null },
    the: cut,
    run: own,
    last: LastSteps.of(the, part.rows[0]!, { the: cut, run: own }),
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
  if (alternatives.some(({ layout }) => layout !== undefined)) return false;
  const hasAllRows = part.rows.length === whole.model.batchSize;
  if (!hasAllRows && alternatives.some(({ wholeBatch }) => wholeBatch === true)) return false;
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

/** How much of a screen is run: up to a single wrong state, or until it is seen as well that there is something to see. */
type Ending = "whole" | "wrong" | "wrongAndSeen";

/** Runs alternatives on a screen; null where they exclude each other. */
export function screened(
  whole: Case,
  screen: Screen,
  alternatives: readonly Alternative[],
  ending: Ending = screen.endsEarly ? "wrongAndSeen" : "whole",
): Screened | null {
  const edited = editedBy(whole, alternatives);
  return edited && screenedRun(whole, screen, { ...edited, alternatives }, ending);
}

/** Alternatives, and what a run under them computes with. */
interface Trial extends Edited {
  readonly alternatives: readonly Alternative[];
}

function screenedRun(whole: Case, screen: Screen, trial: Trial, ending: Ending): Screened | null {
  const { alternatives } = trial;
  if (screen.head !== null && canScreen(screen.head, whole, alternatives)) {
    const ofHead = screen.head.endsEarly ? "wrongAndSeen" : "whole";
    const found = screenedRun(whole, screen.head, trial, ofHead);
    if (found === null || found.isRuledOut) return found;
  }
  const { the, run: right, tolerance } = screen;
  const isPlain = alternatives.every(({ results, layout }) => !results && !layout);
  const early = new EarlyEnd(screen, trial, ending === "wrong");
  const options = isPlain && ending !== "whole" ? early.options : {};
  const run = runPart(whole, trial, { part: screen.part, right }, options);
  if (early.isEnded) return { run: null, distance: early.distance!, isRuledOut: true };
  if (run === null) return null;
  const results = alternatives.reduce(
    (own, alternative) => alternative.results?.(own, the) ?? own,
    resultsOf(run),
  );
  const returned = layOut(results, the);
  const distance = distanceFrom(returned, the.reference, the, tolerance);
  const fromRight = distanceFrom(returned, screen.right, the, tolerance);
  const isDoubtful =
    distance.most <= tolerance * DOUBTFUL ||
    fromRight.most <= tolerance ||
    mayBeOutliers(alternatives, distance);
  return { run, distance, isRuledOut: !isDoubtful };
}

/** Ends a run when what is there of it rules its mistakes out. */
class EarlyEnd {
  /** What is wrong, where something is. */
  distance: Distance | null = null;
  readonly options: ForwardOptions;
  #isSeen: boolean;
  #hasLast = false;

  /** `isSeen`: true where it does not matter whether there is something to see. */
  constructor(screen: Screen, edited: Edited, isSeen: boolean) {
    const limits = { wrong: screen.tolerance * DOUBTFUL, seen: screen.tolerance };
    this.#isSeen = isSeen;
    this.options = {
      begins: (slot, lane) => {
        this.#take(tailVerdict(screen, slot, lane, limits));
        if (!this.isEnded && !this.#hasLast) {
          this.#hasLast = true;
          this.#take(screen.last?.verdict(edited, limits) ?? null);
        }
        return !this.isEnded;
      },
      goesOn: (slot, lane) => {
        this.#take(finalVerdict(screen, slot, lane, limits));
        return !this.isEnded;
      },
    };
  }

  get isEnded(): boolean {
    return this.distance !== null && this.#isSeen;
  }

  #take(verdict: Verdict | null): void {
    if (verdict === null) return;
    if (verdict.isWrong) this.distance ??= verdict.distance;
    this.#isSeen ||= verdict.isSeen;
  }
}

/** A part has a larger share of outliers than the whole by chance, but not all of it. */
const PART_SLACK = 2;

function mayBeOutliers(alternatives: readonly Alternative[], distance: Distance): boolean {
  return alternatives.some(
    ({ outliers }) =>
      outliers !== undefined && distance.outside <= PART_SLACK * outliers.share * distance.count,
  );
}
