/**
 * The mask of one step: which features of the layer below were dropped, each 0 or 1/(1 − p).
 *
 * Where a layer shows at least as many values as it reads features, real factors are found by least squares, and each
 * lies near one of the two. Where it shows fewer, all masks are tried.
 */
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
  readonly dropped: number;
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

function byLeastSquares(search: Search): Masked | null {
  const factors = realFactors(search);
  const scales = search.scale === null ? scalesNear(factors, search.below) : [search.scale];
  for (const scale of scales) {
    const found = nearest(search, factors, scale);
    if (found !== null) return found;
  }
  return null;
}

/** What each feature is multiplied by, as least squares has it. */
function realFactors({ layer, below, tolerance }: Search): Float64Array {
  const columns = layer.features;
  const residual = new Float64Array(layer.rows);
  const errorOf = (factors: Float64Array): number => {
    layer.show(timesOf(below, factors), residual);
    return residual.reduce((sum, value) => sum + value * value, 0);
  };
  let factors = new Float64Array(columns).fill(1);
  let error = errorOf(factors);
  let damping = FIRST_DAMPING;
  for (let round = 0; round < MOST_ROUNDS && error > 0; round++) {
    const jacobian = layer.derivative(below);
    const equations = normalEquations({ jacobian, residual, columns });
    const before = error;
    for (;;) {
      const step = dampedStep(equations, damping);
      const next = factors.map((factor, at) => factor + step[at]!);
      error = errorOf(next);
      if (error < before) {
        factors = next;
        damping = Math.max(LEAST_DAMPING, damping / 10);
        break;
      }
      damping *= 10;
      if (damping > MOST_DAMPING) return factors;
    }
    if (before - error < 1e-3 * before && Math.sqrt(error) < tolerance) break;
  }
  return factors;
}

function timesOf(below: Float64Array, factors: Float64Array): Float64Array {
  return below.map((value, at) => value * factors[at]!);
}

/** Of features that are smaller than this part of the largest one, factors say little. */
const TELLING = 1e-2;

/** 1/(1 − p) for what the factors say of p: two decimals, then what people write, the nearest first. */
function scalesNear(factors: Float64Array, below: Float64Array): number[] {
  const largest = below.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const telling = factors.filter((_, at) => Math.abs(below[at]!) > TELLING * largest);
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
  const kept = [...factors].map((factor) => factor > scale / 2);
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
  const dropped = kept.filter((each) => !each).length;
  return { read, dropped, scale: dropped === kept.length ? null : scale };
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
