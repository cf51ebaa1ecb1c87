/**
 * Two mistakes at once: each of the best singles together with every other one.
 *
 * Of two mistakes, the single one that comes nearest is one of the two in more than nine of ten cases (docs/diagnosis.md),
 * so that pairs are built from those that come nearest.
 */
import { noControl, type RunControl } from "../../core/control";
import { text } from "../../core/text";
import type { Alternative } from "../alternatives/alternative";
import type { Returned } from "../base/model";
import { workOf } from "./work";
import type { Run } from "../forward/forward";
import { distanceFrom, type Distance } from "./closeness";
import { canScreen, screened } from "./screen";
import { fitsWithin, type Ground, type Tried } from "./singles";
import { returnedUnder, runUnder, usesRightStates } from "./trial";

/** Two mistakes that reproduce the reference together. */
export interface FittingPair {
  /** The one that comes nearer by itself, first. */
  readonly alternatives: readonly [Alternative, Alternative];
  readonly distance: Distance;
}

/** Singles that pairs are built from, at most. */
const MOST_SEEDS = 200;
/** Multiplications that the search for pairs may take: some seconds. */
const MOST_WORK = 3e9;

/** What was found, and how many pairs were tried. */
export interface PairSearch {
  readonly found: readonly FittingPair[];
  readonly count: number;
}

/** Pairs that fit, of the first seed that has one. @throws CancelledError when `control` says so. */
export function findPairs(
  ground: Ground,
  tried: readonly Tried[],
  control: RunControl = noControl,
): PairSearch {
  const ranked = [...tried].sort((left, right) => left.distance.mean - right.distance.mean);
  const seeds = ranked.filter(({ distance }) => distance.hasShapes).slice(0, MOST_SEEDS);
  const search = new Search(ground, workOf(ground.the.model));
  for (const [index, seed] of seeds.entries()) {
    const found: FittingPair[] = [];
    for (const other of ranked) {
      control.check();
      if (seeds.slice(0, index + 1).includes(other)) continue;
      const distance = search.try(seed.alternative, other.alternative);
      if (distance === null) continue;
      const nearer = seed.distance.mean <= other.distance.mean ? [seed, other] : [other, seed];
      const [first, second] = nearer as [Tried, Tried];
      found.push({ alternatives: [first.alternative, second.alternative], distance });
    }
    if (found.length > 0) return { found, count: search.count };
    if (search.isSpent) break;
    control.report((index + 1) / seeds.length, text("Trying two mistakes at once"));
  }
  return { found: [], count: search.count };
}

/** Tries pairs of one case, and counts what that takes. */
class Search {
  count = 0;
  readonly #ground: Ground;
  readonly #rowWork: number;
  /** States under the alternative that was run last, for all rows. */
  #kept: { readonly alternative: Alternative; readonly run: Run } | null = null;
  #work = 0;

  constructor(ground: Ground, rowWork: number) {
    this.#ground = ground;
    this.#rowWork = rowWork;
  }

  get isSpent(): boolean {
    return this.#work > MOST_WORK;
  }

  /** The distance of two alternatives together where they fit; null where they do not. */
  try(seed: Alternative, other: Alternative): Distance | null {
    if (this.isSpent) return null;
    this.count += 1;
    for (const pair of ordersOf(seed, other)) {
      const distance = this.#tryInOrder(pair);
      if (distance !== null) return distance;
    }
    return null;
  }

  #tryInOrder(pair: readonly Alternative[]): Distance | null {
    const { the, tolerance } = this.#ground;
    if (this.#failsOnRow(pair)) return null;
    const returned = this.#returned(pair);
    if (returned === null) return null;
    const distance = distanceFrom(returned, the.reference, the, tolerance);
    return fitsWithin(this.#ground, pair, distance) ? distance : null;
  }

  #failsOnRow(pair: readonly Alternative[]): boolean {
    const { the, screen } = this.#ground;
    if (screen === null || pair.every(usesRightStates)) return false;
    if (!canScreen(screen, the, pair)) return false;
    // Results of the states that were run last cost next to nothing.
    if (pair.some((one) => one === this.#kept?.alternative)) return false;
    this.#work += this.#rowWork;
    const found = screened(the, screen, pair, "wrong");
    return found === null || found.isRuledOut;
  }

  #returned(pair: readonly Alternative[]): Returned | null {
    const { the, run } = this.#ground;
    const changing = pair.filter((one) => !usesRightStates(one));
    if (changing.length === 0) return returnedUnder(the, run, pair);
    const [only] = changing;
    if (changing.length === 1 && only !== undefined) {
      return returnedUnder(the, this.#runOf(only), pair);
    }
    this.#work += this.#rowWork * the.model.batchSize;
    const both = runUnder(the, pair, { known: run });
    return both === null ? null : returnedUnder(the, both, pair);
  }

  #runOf(alternative: Alternative): Run {
    if (this.#kept?.alternative === alternative) return this.#kept.run;
    this.#work += this.#rowWork * this.#ground.the.model.batchSize;
    const { the, run: right } = this.#ground;
    const run = runUnder(the, [alternative], { known: right });
    if (run === null) throw new RangeError("one alternative has its switches to itself");
    this.#kept = { alternative, run };
    return run;
  }
}

/** The orders in which two alternatives may have been made: both where they change the same thing, else one. */
function ordersOf(seed: Alternative, other: Alternative): (readonly Alternative[])[] {
  const isSame = (["edit", "results", "layout"] as const).some(
    (change) => seed[change] !== undefined && other[change] !== undefined,
  );
  return isSame
    ? [
        [seed, other],
        [other, seed],
      ]
    : [[seed, other]];
}
