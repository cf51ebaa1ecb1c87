/**
 * The error over time: the largest difference of the output at each step, of the right forward and under what was found.
 */
import type { RunControl } from "../../core/control";
import { sameShape } from "../../tensor/tensor";
import type { Alternative } from "../alternatives/alternative";
import { alternativesOf } from "../alternatives/registry";
import type { ErrorOverTime, Finding, StepCurve } from "../answer";
import type { Case, Returned } from "../base/model";
import { distanceOf, toleranceOf } from "./closeness";
import { alternativeOf, type FreeFinding } from "./free/found";
import type { Ground } from "./singles";
import { returnedUnder, runUnder } from "./trial";

/** As many columns as a drawing has room for. */
const MOST_COLUMNS = 400;

/** What was found, the one of it that has a free parameter, and what stops the work. */
interface Explained {
  readonly findings: readonly Finding[];
  readonly free: FreeFinding | null;
  readonly control: RunControl;
}

/**
 * null without a finding, where the reference has no steps of the run's shape, and where no step is off by more than
 * rounding: then the error is in h_n or c_n alone. @throws CancelledError.
 */
export function errorOverTime(
  ground: Ground,
  explained: Explained,
): Omit<ErrorOverTime, "where"> | null {
  const { the, right, rounded, scale, tolerance } = ground;
  const { output } = the.reference;
  if (explained.findings.length === 0 || output === null) return null;
  if (!sameShape(output.shape, right.output?.shape ?? [])) return null;
  const before = stepDistances(the, right, the.reference)!;
  const floor = stepDistances(the, rounded, right)!.map((own) => toleranceOf(own, scale));
  const leading = ground.inAll?.leading ?? new Float64Array(0);
  const isOff = before.some((most, step) => !(most <= floor[step]!));
  if (!isOff && leading.every((most) => most <= tolerance)) return null;
  const after = distancesUnder(ground, explained);
  const columns = (part: Float64Array, first = leading): StepCurve => {
    const all = new Float64Array(first.length + part.length);
    all.set(first);
    all.set(part, first.length);
    return columnsOf(all);
  };
  return {
    first: (the.first ?? 0) - leading.length,
    steps: leading.length + the.model.seqLength,
    before: columns(before),
    after:
      after &&
      columns(
        after,
        leading.map(() => NaN),
      ),
    floor: columns(
      floor,
      leading.map(() => tolerance),
    ).most,
  };
}

/** The differences of each step under the first finding; null where it is no change of a run. */
function distancesUnder(
  { the, run }: Ground,
  { findings: [finding], free, control }: Explained,
): Float64Array | null {
  if (free?.returned !== undefined) return stepDistances(the, free.returned, the.reference);
  const found = free === null ? fixedOf(the, finding!) : [alternativeOf(free)];
  const known = found.filter((one) => one !== null);
  if (known.length < found.length) return null;
  const check = (): void => {
    control.check();
  };
  const under = runUnder(the, known, { known: run, check });
  return under && stepDistances(the, returnedUnder(the, under, known), the.reference);
}

/** The alternatives without a free parameter that a finding is of. */
function fixedOf(the: Case, { id, with: others }: Finding): (Alternative | null)[] {
  const known = alternativesOf(the);
  return [id, ...others.map((other) => other.id)].map(
    (own) => known.find((each) => each.id === own) ?? null,
  );
}

/** The largest difference of `output` at each step over rows that have it; null where the shapes differ. */
function stepDistances(
  { model, unbatched }: Case,
  ours: Returned,
  theirs: Returned,
): Float64Array | null {
  const [own, other] = [ours.output, theirs.output];
  if (own === null || other === null || !sameShape(own.shape, other.shape)) return null;
  const { config, seqLength: T, batchSize: B, lengths } = model;
  const width = other.data.length / (T * B);
  const isTurned = config.batchFirst && !unbatched;
  const distances = new Float64Array(T);
  for (let t = 0; t < T; t++) {
    for (let row = 0; row < B; row++) {
      if (t >= lengths[row]!) continue;
      const from = (isTurned ? row * T + t : t * B + row) * width;
      for (let k = from; k < from + width; k++) {
        distances[t] = Math.max(distances[t]!, distanceOf(own.data[k]!, other.data[k]!));
      }
    }
  }
  return distances;
}

/** Steps gathered in columns: of each, its largest and its smallest value; NaN where none is known. */
function columnsOf(steps: Float64Array): StepCurve {
  const columns = Math.min(steps.length, MOST_COLUMNS);
  const most = new Float32Array(columns).fill(NaN);
  const least = new Float32Array(columns).fill(NaN);
  steps.forEach((value, step) => {
    const column = Math.floor((step * columns) / steps.length);
    if (!(value <= most[column]!)) most[column] = value;
    if (!(value >= least[column]!)) least[column] = value;
  });
  return { most, least };
}
