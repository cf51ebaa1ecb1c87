/**
 * What comes of running candidates against a reference, and what is said of it.
 */
import { text, type Text } from "../../core/text";
import type { ModuleMap } from "../../model/assign/map";
import type { Nonlinearity } from "../../model/config";
import type { RunSpec } from "../../run/spec/spec";

/** A map, or a module that the file has without one. */
export type RankCandidate = { readonly map: ModuleMap } | { readonly module: string };

/** A candidate beside the reference. */
export interface Ranked {
  /** As it was given. */
  readonly origin: RankCandidate;
  /** That, or the variation of it that is nearest to the reference. */
  readonly candidate: RankCandidate;
  /** Largest difference from the reference; null where it was not run. */
  readonly error: number | null;
  /** False where its shapes do not go with the input or the reference. */
  readonly fits: boolean;
  /** True where only rounding remains. */
  readonly reproduces: boolean;
  /** Of an RNN: the activation that it was run with. */
  readonly nonlinearity: Nonlinearity | null;
}

export interface Ranking {
  /** The best first, one for each candidate; those without an error last. */
  readonly ranked: readonly Ranked[];
  /** Networks that were run, and those that were not, because the time was over or one reproduced the reference. */
  readonly tried: number;
  readonly leftOut: number;
  /** Candidates whose shapes do not go with the input or the reference. */
  readonly unfit: number;
}

/**
 * A map says the activation, and that the batch comes first, with which it was nearest: tensors do not tell it, and who
 * uses the map does not know it.
 */
export function withFound(
  candidate: RankCandidate,
  found: { readonly nonlinearity: Nonlinearity | null; readonly batchFirst: boolean },
): RankCandidate {
  if (!("map" in candidate)) return candidate;
  const { nonlinearity, batchFirst } = found;
  const isNew = batchFirst && candidate.map.batchFirst === undefined;
  if (nonlinearity === null && !isNew) return candidate;
  const activation = nonlinearity === null ? {} : { nonlinearity };
  return { map: { ...candidate.map, ...activation, ...(isNew ? { batchFirst } : {}) } };
}

export function untried(candidate: RankCandidate): Ranked {
  return {
    ...{ origin: candidate, candidate, error: null, fits: false },
    ...{ reproduces: false, nonlinearity: null },
  };
}

export function specWith(spec: RunSpec, candidate: RankCandidate): RunSpec {
  const { file } = spec.weights;
  return { ...spec, weights: { file, ...candidate } };
}

/** What a ranking says of itself: how much was tried, and how much was left out. */
export function rankingSentence({ ranked, tried, leftOut }: Ranking): Text {
  const [best] = ranked;
  return best?.reproduces === true
    ? text("{0} networks were run until one reproduced the reference", tried)
    : text(
        "{0} networks were run, {1} were left out; none reproduced the reference",
        tried,
        leftOut,
      );
}
