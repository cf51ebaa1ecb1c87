/**
 * The mask of one step: which features of the layer below were dropped, each 0 or 1/(1 − p).
 *
 * Where a layer shows at least as many values as it reads features, real factors are found by least squares, and each
 * lies near one of the two. Where it shows fewer, all masks are tried.
 */
import { normalsFrom } from "../../cases/random";
import { dampedStep, normalEquations } from "./leastSquares";
import type { UpperLayer } from "./upperLayer";

/** Probabilities that people write. */
const PROBABILITIES = [0.5, 0.1, 0.2, 0.3, 0.4, 0.25];
/** 2^12 masks a step are tried in milliseconds. */
const MOST_FEATURES = 12;

/** True where the mask of a step can be found. */
export function canBeFound({ features, rows }: UpperLayer): boolean {
  return rows >= features || features <= MOST_FEATURES;
}

/** What was read at a step. */
export interface Masked {
  readonly read: Float64Array;
  /** 1/(1 − p); null where every feature was dropped, so that it cannot be told. */
  readonly scale: number | null;
  /** Of the features that are not 0 anyway. */
  readonly dropped: number;
  readonly count: number;
}

interface Search {
  readonly layer: UpperLayer;
  /** What the layer below gave, (features). */
  readonly below: Float64Array;
  readonly tolerance: number;
  /** Where it is known from steps before. */
  readonly scale: number | null;
}

/** The mask under which the layer shows what it should; null where there is none. */
export function findMask(search: Search): Masked | null {
  const { layer } = search;
  const found = layer.rows >= layer.features ? byLeastSquares(search) : null;
  return found ?? (layer.features <= MOST_FEATURES ? byTrying(search) : null);
}

const MOST_ROUNDS = 30;
const [FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING] = [1e-4, 1e-14, 1e4];

/** Before the last step of least squares, a mask is right within this part of the tolerance. */
const EARLY = 1 / 32;

function byLeastSquares(search: Search): Masked | null {
  let start: Float64Array = new Float64Array(search.layer.features).fill(1);
  const most = search.scale === null ? FIRST_ATTEMPTS : LATER_ATTEMPTS;
  for (let attempt = 0; attempt < most; attempt++) {
    const fitting = new Fitting(search, start);
    const found = fittedMask(search, fitting);
    if (found !== null) return found;
    start = nextStart(search, fitting.factors, attempt);
  }
  return null;
}

function fittedMask(search: Search, fitting: Fitting): Masked | null {
  // A few steps are often near enough to tell each factor; one of a small feature that is taken wrongly shows a little.
  const closely = { ...search, tolerance: search.tolerance * EARLY };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const goesOn = fitting.step();
    const [scale] = scalesOf(search, fitting.factors);
    const found =
      scale === undefined ? null : masked(closely, keptOf(fitting.factors, scale), scale);
    if (found !== null) return found;
    if (!goesOn) break;
  }
  for (const scale of scalesOf(search, fitting.factors)) {
    const found = isNearMask(search, fitting.factors, scale)
      ? nearest(search, fitting.factors, scale)
      : null;
    if (found !== null) return found;
  }
  return null;
}

/** Of a mask, this part of the factors is this near to 0 or to its scale, in units of the scale. */
const [MOST_NEAR, NEAR] = [0.7, 0.2];

/** False where other values than masked ones were read: their factors lie anywhere. */
function isNearMask({ below }: Search, factors: Float64Array, scale: number): boolean {
  const telling = factors.filter((_, at) => isTelling(below, at));
  const near = telling.filter(
    (factor) => Math.min(Math.abs(factor), Math.abs(factor - scale)) < NEAR * scale,
  );
  return near.length >= MOST_NEAR * telling.length;
}

function isTelling(below: Float64Array, at: number): boolean {
  const largest = below.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Math.abs(below[at]!) > TELLING * largest;
}

/**
 * Where gates are saturated, least squares may end in a place that is none: it begins again elsewhere, more often where
 * masks of other steps were found.
 */
const [FIRST_ATTEMPTS, LATER_ATTEMPTS] = [6, 40];

/** First the mask that is nearest to where the last attempt has ended, then others that follow from its number. */
function nextStart({ scale }: Search, factors: Float64Array, attempt: number): Float64Array {
  const kept = scale ?? 2;
  if (attempt === 0) return factors.map((factor) => (factor > kept / 2 ? kept : 0));
  const next = normalsFrom(attempt);
  return factors.map(() => (next() > 0 ? kept : 0));
}

function scalesOf({ scale, below }: Search, factors: Float64Array): readonly number[] {
  return scale === null ? scalesNear(factors, below) : [scale];
}

/** What each feature is multiplied by, as least squares has it. */
class Fitting {
  factors: Float64Array;
  readonly #search: Search;
  readonly #residual: Float64Array;
  #damping = FIRST_DAMPING;

  constructor(search: Search, start: Float64Array) {
    this.#search = search;
    this.#residual = new Float64Array(search.layer.rows);
    this.factors = start;
  }

  /** Goes nearer; false where it cannot, or is there. */
  step(): boolean {
    const { layer, below, tolerance } = this.#search;
    const before = this.#errorOf(this.factors);
    const jacobian = layer.derivative(below);
    const model = { jacobian, residual: this.#residual, columns: layer.features };
    const equations = normalEquations(model);
    do {
      const step = dampedStep(equations, this.#damping);
      const next = this.factors.map((factor, at) => factor + step[at]!);
      const error = this.#errorOf(next);
      if (error < before) {
        this.factors = next;
        this.#damping = Math.max(LEAST_DAMPING, this.#damping / 10);
        const isThere = Math.sqrt(error) < tolerance;
        return !(isThere && before - error < LEAST_GAIN * before);
      }
      this.#damping *= 10;
    } while (this.#damping <= MOST_DAMPING);
    return false;
  }

  #errorOf(factors: Float64Array): number {
    const { layer, below } = this.#search;
    layer.show(timesOf(below, factors), this.#residual);
    return this.#residual.reduce((sum, value) => sum + value * value, 0);
  }
}

/** Where a step gains less than this part, rounding is all that is left. */
const LEAST_GAIN = 1e-3;

function timesOf(below: Float64Array, factors: Float64Array): Float64Array {
  return below.map((value, at) => value * factors[at]!);
}

/** Of features that are smaller than this part of the largest one, factors say little. */
const TELLING = 1e-2;

/** 1/(1 − p) for what the factors say of p: two decimals, then what people write, the nearest first. */
function scalesNear(factors: Float64Array, below: Float64Array): number[] {
  const telling = factors.filter((_, at) => isTelling(below, at));
  const most = telling.reduce((found, factor) => Math.max(found, factor), 0);
  const kept = telling.filter((factor) => factor > most / 2);
  const mean = kept.reduce((sum, factor) => sum + factor, 0) / Math.max(1, kept.length);
  const known = PROBABILITIES.map(scaleOf).sort(
    (left, right) => Math.abs(left - mean) - Math.abs(right - mean),
  );
  const exactly = Math.round((1 - 1 / mean) * 100) / 100;
  return exactly > 0 && exactly < 1 ? [scaleOf(exactly), ...known] : known;
}

/** True for 1/(1 − p) of a p that people write. */
export function isUsual(scale: number): boolean {
  return PROBABILITIES.some((probability) => scaleOf(probability) === scale);
}

function scaleOf(probability: number): number {
  return 1 / (1 - probability);
}

/** As many of the least certain features are tried both ways. */
const MOST_DOUBTFUL = 8;

/** The mask that real factors are nearest to, or one that differs from it in some of its least certain features. */
function nearest(search: Search, factors: Float64Array, scale: number): Masked | null {
  const kept = keptOf(factors, scale);
  const doubtful = [...factors.keys()]
    .sort((left, right) => marginOf(factors, left, scale) - marginOf(factors, right, scale))
    .slice(0, MOST_DOUBTFUL);
  for (let code = 0; code < 2 ** doubtful.length; code++) {
    const turned = kept.slice();
    doubtful.forEach((feature, bit) => {
      if (((code >> bit) & 1) === 1) turned[feature] = !turned[feature];
    });
    const found = masked(search, turned, scale);
    if (found !== null) return found;
  }
  return null;
}

function keptOf(factors: Float64Array, scale: number): boolean[] {
  return Array.from(factors, (factor) => factor > scale / 2);
}

function marginOf(factors: Float64Array, feature: number, scale: number): number {
  return Math.abs(factors[feature]! - scale / 2);
}

/** What was read under a mask; null where the layer shows something else. */
function masked(
  { layer, below, tolerance }: Search,
  kept: readonly boolean[],
  scale: number,
): Masked | null {
  const read = below.map((value, at) => (kept[at] === true ? value * scale : 0));
  const residual = new Float64Array(layer.rows);
  layer.show(read, residual);
  if (!residual.every((value) => Math.abs(value) <= tolerance)) return null;
  const told = kept.filter((_, at) => below[at] !== 0);
  const dropped = told.filter((each) => !each).length;
  return { read, dropped, count: told.length, scale: dropped === told.length ? null : scale };
}

/** All masks, one after another. */
function byTrying(search: Search): Masked | null {
  const { features } = search.layer;
  const scales = search.scale === null ? PROBABILITIES.map(scaleOf) : [search.scale];
  for (const scale of scales) {
    for (let code = 0; code < 2 ** features; code++) {
      const kept = Array.from({ length: features }, (_, bit) => ((code >> bit) & 1) === 0);
      const found = masked(search, kept, scale);
      if (found !== null) return found;
    }
  }
  return null;
}
