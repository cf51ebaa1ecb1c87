/**
 * Every alternative by itself: which of them fit the reference, and which this case cannot tell from the right forward.
 *
 * One row of the batch is run first; an alternative that differs there from both the reference and the right forward is not
 * run any further. One that changes results only is applied to the states that are there.
 */
import { explainablePart } from "./chaotic";
import { noControl, type RunControl } from "../../core/control";
import { text } from "../../core/text";
import { alternativesOf } from "../alternatives/registry";
import type { Alternative } from "../alternatives/alternative";
import type { Case, Returned } from "../base/model";
import { layOut, resultsOf } from "../forward/returned";
import { forwardUnder, type Run } from "../forward/forward";
import { switchesOf } from "../forward/switches";
import { canScreen, DOUBTFUL, screened, screenOf, type Screen } from "./screen";
import type { OutsideInAll } from "./onset";
import {
  distanceFrom,
  scaleOf,
  toleranceOf,
  type Distance,
  type MeasuredDistance,
} from "./closeness";
import { returnedUnder, runUnder, usesRightStates } from "./trial";

/** The right forward of a case, and what counts as rounding. */
export interface Ground {
  readonly the: Case;
  readonly run: Run;
  readonly right: Returned;
  /** The same, rounded to float32 at each step. */
  readonly rounded: Returned;
  readonly before: MeasuredDistance;
  /** Largest distance between the float32 and the float64 run. */
  readonly noise: number;
  readonly scale: number;
  readonly tolerance: number;
  /** What is run first; null where the whole is. */
  readonly screen: Screen | null;
  /** Of a part: what is outside rounding in all of the run; not given where that is not known. */
  readonly inAll?: OutsideInAll;
}

/** An alternative beside the reference. */
export interface Tried {
  readonly alternative: Alternative;
  readonly distance: Distance;
  readonly fits: boolean;
  /** True where the case cannot tell it from the right forward. */
  readonly isHidden: boolean;
  /** False where the distance is that of one row: it was enough to rule it out. */
  readonly isWhole: boolean;
}

/** Runs the right forward; null where nothing can be told of it, since it is chaotic. @throws CancelledError. */
export function groundOf(whole: Case, control: RunControl = noControl): Ground | null {
  const check = (): void => {
    control.check();
  };
  const switches = switchesOf(whole.model.config);
  const bothOf = (the: Case): readonly [run: Run, right: Returned, rounded: Returned] => {
    const run = forwardUnder(the.model, switches, { check })!;
    const rounded = forwardUnder(the.model, switches, { check, round: Math.fround, known: run })!;
    return [run, layOut(resultsOf(run), the), layOut(resultsOf(rounded), the)];
  };
  const wholes = bothOf(whole);
  const the = explainablePart(whole, wholes[1], wholes[2]);
  if (the === null) return null;
  const [run, right, rounded] = the === whole ? wholes : bothOf(the);
  const noise = distanceFrom(rounded, right, the, 0).most;
  const scale = scaleOf(the.reference, the);
  const tolerance = toleranceOf(noise, scale);
  const before = distanceFrom(right, the.reference, the, tolerance);
  const screen = screenOf(the, { run, right, before, tolerance });
  return { the, run, right, rounded, before, noise, scale, tolerance, screen };
}

/** Tries every alternative that applies, or some of them. @throws CancelledError when `control` says so. */
export function trySingles(
  ground: Ground,
  control: RunControl = noControl,
  alternatives: readonly Alternative[] = alternativesOf(ground.the),
): Tried[] {
  return alternatives.map((alternative, index) => {
    control.check();
    control.report(index / alternatives.length, text("Trying mistakes"));
    return tryOne(ground, alternative);
  });
}

function tryOne(ground: Ground, alternative: Alternative): Tried {
  const { the, screen } = ground;
  if (usesRightStates(alternative)) {
    return judge(ground, alternative, ground.run);
  }
  if (screen !== null && canScreen(screen, the, [alternative])) {
    const found = screened(the, screen, [alternative]);
    if (found?.isRuledOut === true) {
      const { distance } = found;
      return { alternative, distance, fits: false, isHidden: false, isWhole: false };
    }
    if (screen.isWhole && found?.run != null) return judge(ground, alternative, found.run);
  }
  return judge(ground, alternative, runUnder(the, [alternative], { known: ground.run })!);
}

/** An alternative by its run of the whole batch. */
export function judge(ground: Ground, alternative: Alternative, run: Run): Tried {
  const { the, right, tolerance } = ground;
  const returned = returnedUnder(the, run, [alternative]);
  const distance = distanceFrom(returned, the.reference, the, tolerance);
  const given = onlyGiven(right, the.reference);
  const fromRight = distanceFrom(returned, given, the, tolerance);
  return {
    alternative,
    distance,
    fits: fitsWithin(ground, [alternative], distance, run),
    isHidden: fromRight.hasShapes && fromRight.most <= tolerance,
    isWhole: true,
  };
}

/** The tensors of `right` that the reference has. */
function onlyGiven(right: Returned, reference: Returned): Returned {
  return {
    output: reference.output === null ? null : right.output,
    hn: reference.hn === null ? null : right.hn,
    cn: reference.cn === null ? null : right.cn,
  };
}

/** True where a distance under alternatives is rounding. `run` is the one of the whole batch, where it is there. */
export function fitsWithin(
  ground: Ground,
  alternatives: readonly Alternative[],
  distance: Distance,
  run: Run | null = null,
): boolean {
  const { tolerance, scale } = ground;
  if (!distance.hasShapes) return false;
  if (distance.most <= tolerance) return true;
  for (const { outliers } of alternatives) {
    if (outliers === undefined || distance.most > outliers.most * scale) continue;
    if (distance.outside <= outliers.share * distance.count) return true;
  }
  // Rounding that decides discretely is as far off in float32 as that moves it: it has been asked for outliers.
  if (alternatives.some(({ outliers }) => outliers !== undefined)) return false;
  if (distance.most > tolerance * DOUBTFUL || alternatives.every(usesRightStates)) return false;
  return distance.most <= toleranceOf(noiseUnder(ground, alternatives, run), scale);
}

/** How far rounding to float32 moves what alternatives return. */
function noiseUnder(
  { the, run: right }: Ground,
  alternatives: readonly Alternative[],
  run: Run | null,
): number {
  const exact = run ?? runUnder(the, alternatives, { known: right });
  const options = { round: Math.fround, known: exact };
  const rounded = exact && forwardUnder(exact.model, exact.switches, options);
  if (exact === null || rounded === null) return 0;
  const of = (one: Run): Returned => returnedUnder(the, one, alternatives);
  return distanceFrom(of(rounded), of(exact), the, 0).most;
}
