/**
 * Where a run is chaotic: small differences grow from step to step, until a float32 run and a float64 run of the same
 * network have nothing in common. From there on its values do not tell whether a reference is right.
 *
 * The horizon is about t* = ln(tolerance / ε) / λ₁, λ₁ the largest Lyapunov exponent (Wolf et al. 1985). Both are measured
 * on the run itself, by the distance between the two runs.
 */
import type { Direction } from "../model/config";
import { directionsOf } from "../model/directions";
import type { ForwardInput } from "../engine/base/engine";
import { stepInProcessing, type Noise } from "./noise";
import { sequenceLength } from "../model/sequence";

/** Where a run is chaotic first. */
export interface Chaos {
  readonly layer: number;
  readonly direction: Direction;
  /** Step in the direction's order of processing, and the time index that it is. */
  readonly processing: number;
  readonly step: number;
  readonly batch: number;
  /** Largest Lyapunov exponent: the growth of a small difference, in powers of e a step. */
  readonly exponent: number;
}

/** True where rounding alone moves a state by more than can be judged. */
export function isChaotic({ allowance, cellAllowance, judgedTo }: Noise): boolean {
  return [...allowance, ...(cellAllowance ?? [])].some((directions) =>
    directions.some((lane) => lane.some((allowed) => allowed > judgedTo)),
  );
}

type ChaosFrame = Pick<ForwardInput, "config" | "lengths" | "seqLength" | "batchSize">;

/** The first place in the order of processing where a run cannot be judged any more; null where all of it can. */
export function chaosOf({ allowance, judgedTo }: Noise, run: ChaosFrame): Chaos | null {
  let first: Chaos | null = null;
  allowance.forEach((directions, layer) => {
    directionsOf(run.config).forEach((direction, at) => {
      const found = chaosOfLane(
        { allowance: directions[at]!, judgedTo },
        { layer, direction },
        run,
      );
      if (found !== null && found.processing < (first?.processing ?? Infinity)) first = found;
    });
  });
  return first;
}

function chaosOfLane(
  { allowance, judgedTo }: { readonly allowance: Float64Array; readonly judgedTo: number },
  { layer, direction }: Pick<Chaos, "layer" | "direction">,
  { lengths, seqLength, batchSize }: ChaosFrame,
): Chaos | null {
  let first: Chaos | null = null;
  for (let batch = 0; batch < batchSize; batch++) {
    const length = sequenceLength({ lengths, seqLength }, batch);
    const at = (s: number): number =>
      allowance[stepInProcessing(direction, s, length) * batchSize + batch]!;
    let s = 0;
    while (s < length && at(s) <= judgedTo) s++;
    if (s === length || s >= (first?.processing ?? Infinity)) continue;
    const step = stepInProcessing(direction, s, length);
    first = { layer, direction, processing: s, step, batch, exponent: exponentOf(at, s) };
  }
  return first;
}

/** The mean growth of the distance from where it first is one, in powers of e a step. */
function exponentOf(at: (s: number) => number, end: number): number {
  let begin = 0;
  while (begin < end && at(begin) === 0) begin++;
  return begin === end ? 0 : Math.log(at(end) / at(begin)) / (end - begin);
}
