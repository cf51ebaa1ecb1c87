/**
 * Every alternative by itself: which of them fit the reference, and which this case cannot tell from the right forward.
 *
 * One row of the batch is run first; whoever is wrong there, beside the reference and beside the right forward, is not
 * run any further. What changes results alone is applied to the states that are there.
 */
import { noControl, type RunControl } from "../../core/control";
import { numDirections } from "../../model/config";
import { text } from "../../core/text";
import { alternativesOf } from "../alternatives/registry";
import type { Alternative } from "../alternatives/alternative";
import { rowsOf, takeRows, type Case, type Returned, type Values } from "../base/model";
import { layOut, resultsOf } from "../forward/returned";
import { forwardUnder, type Run } from "../forward/forward";
import { switchesOf } from "../forward/switches";
import { distanceFrom, scaleOf, toleranceOf, type Distance } from "./closeness";
import { returnedUnder, runUnder, usesRightStates } from "./trial";

/** The right forward of a case, and what counts as rounding. */
export interface Ground {
  readonly the: Case;
  readonly run: Run;
  readonly right: Returned;
  readonly before: Distance;
  /** Largest distance between the float32 and the float64 run. */
  readonly noise: number;
  readonly scale: number;
  readonly tolerance: number;
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

/** Runs the right forward. @throws CancelledError when `control` says so. */
export function groundOf(the: Case, control: RunControl = noControl): Ground {
  const check = (): void => {
    control.check();
  };
  const switches = switchesOf(the.model.config);
  const run = forwardUnder(the.model, switches, { check })!;
  const right = layOut(resultsOf(run), the);
  const rounded = forwardUnder(the.model, switches, { check, round: Math.fround })!;
  const noise = distanceFrom(layOut(resultsOf(rounded), the), right, the, 0).most;
  const scale = scaleOf(the.reference);
  const tolerance = toleranceOf(noise, scale);
  const before = distanceFrom(right, the.reference, the, tolerance);
  return { the, run, right, before, noise, scale, tolerance };
}

/** Tries every alternative that applies. @throws CancelledError when `control` says so. */
export function trySingles(ground: Ground, control: RunControl = noControl): Tried[] {
  const alternatives = alternativesOf(ground.the);
  const screen = screenOf(ground);
  return alternatives.map((alternative, index) => {
    control.check();
    control.report(index / alternatives.length, text("Trying mistakes"));
    return tryOne(ground, screen, alternative);
  });
}

function tryOne(ground: Ground, screen: Screen | null, alternative: Alternative): Tried {
  const { the } = ground;
  if (usesRightStates(alternative)) {
    return judge(ground, alternative, returnedUnder(the, ground.run, [alternative]));
  }
  if (screen !== null && alternative.wholeBatch !== true) {
    const failed = failsOnRow(ground, screen, alternative);
    if (failed !== null) {
      return { alternative, distance: failed, fits: false, isHidden: false, isWhole: false };
    }
  }
  const run = runUnder(the, [alternative])!;
  return judge(ground, alternative, returnedUnder(the, run, [alternative]));
}

/** An alternative by what it returns for the whole batch. */
function judge(ground: Ground, alternative: Alternative, returned: Returned): Tried {
  const { the, right, tolerance } = ground;
  const distance = distanceFrom(returned, the.reference, the, tolerance);
  const given = onlyGiven(right, the.reference);
  const fromRight = distanceFrom(returned, given, the, tolerance);
  return {
    alternative,
    distance,
    fits: fitsWithin(ground, [alternative], distance),
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

/** Distances that many times over the tolerance may still be rounding, if the alternative rounds more than the right forward. */
export const DOUBTFUL = 1e3;

/** True where a distance under alternatives is rounding. */
export function fitsWithin(
  ground: Ground,
  alternatives: readonly Alternative[],
  distance: Distance,
): boolean {
  const { tolerance, scale } = ground;
  if (!distance.hasShapes) return false;
  if (distance.most <= tolerance) return true;
  for (const { outliers } of alternatives) {
    if (outliers === undefined || distance.most > outliers.most * scale) continue;
    if (distance.outside <= outliers.share * distance.count) return true;
  }
  if (distance.most > tolerance * DOUBTFUL || alternatives.every(usesRightStates)) return false;
  return distance.most <= toleranceOf(noiseUnder(ground, alternatives), scale);
}

/** How far rounding to float32 moves what alternatives return. */
function noiseUnder({ the }: Ground, alternatives: readonly Alternative[]): number {
  const [exact, rounded] = [
    runUnder(the, alternatives),
    runUnder(the, alternatives, { round: Math.fround }),
  ];
  if (exact === null || rounded === null) return 0;
  const of = (run: Run): Returned => returnedUnder(the, run, alternatives);
  return distanceFrom(of(rounded), of(exact), the, 0).most;
}

/** One row of the batch, with what the reference and the right forward have of it. */
export interface Screen {
  readonly row: number;
  readonly the: Case;
  readonly right: Returned;
}

/** The shortest row, which is run first; null where there is one row only, or the reference has other shapes. */
export function screenOf({ the, right, before }: Ground): Screen | null {
  const { batchSize, lengths } = the.model;
  if (batchSize === 1 || !before.hasShapes) return null;
  const rows = [...lengths.keys()].filter((row) => lengths[row]! > 0);
  const [row] = rows.sort((left, other) => lengths[left]! - lengths[other]!);
  if (row === undefined) return null;
  return {
    row,
    the: { ...the, model: rowsOf(the.model, [row]), reference: rowOf(the, the.reference, row) },
    right: rowOf(the, onlyGiven(right, the.reference), row),
  };
}

/** One row of what is returned, as a batch of one. */
function rowOf({ model }: Case, returned: Returned, row: number): Returned {
  const { batchSize: B, seqLength: T, config } = model;
  const part = (values: Values | null, axis: number, count: number): Values | null => {
    if (values === null) return null;
    const size = values.data.length / (count * B);
    const shape = values.shape.map((own, at) => (at === axis ? 1 : own));
    return { shape, data: takeRows(values.data, B, [row], size) };
  };
  const slots = config.isCellClass ? 1 : config.numLayers * numDirections(config);
  const axis = config.isCellClass ? 0 : 1;
  return {
    output: config.batchFirst ? part(returned.output, 0, 1) : part(returned.output, 1, T),
    hn: part(returned.hn, axis, slots),
    cn: part(returned.cn, axis, slots),
  };
}

/** The distance of one row where it is enough to rule the alternative out; null where it is not. */
function failsOnRow(ground: Ground, screen: Screen, alternative: Alternative): Distance | null {
  const { the, row, right } = screen;
  const run = runUnder(ground.the, [alternative], { rows: [row] })!;
  const returned = layOut(resultsOf(run), the);
  const distance = distanceFrom(returned, the.reference, the, ground.tolerance);
  const fromRight = distanceFrom(returned, right, the, ground.tolerance);
  const isDoubtful =
    alternative.outliers !== undefined || distance.most <= ground.tolerance * DOUBTFUL;
  return isDoubtful || fromRight.most <= ground.tolerance ? null : distance;
}
