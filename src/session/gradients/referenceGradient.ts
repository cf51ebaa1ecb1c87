/**
 * Gradients of an engine beside ours: how far they are apart, in one sentence.
 */
import { text } from "../../core/text";
import type { Direction } from "../../model/config";
import type { GradientReference, LossChoice } from "../../protocol/run/curveMessages";
import { engineTitles, type ReferenceAnswer } from "../../reference/engine";

/** One row of the batch in one lane. */
interface LaneRow {
  readonly layer: number;
  readonly direction: Direction;
  readonly batch: number;
  readonly batchSize: number;
  /** Steps that the row has. */
  readonly length: number;
}

/** Norms of a lane, (T, B), and what is said of them. */
interface OtherGradient {
  readonly norms: ArrayLike<number>;
  readonly said: Omit<GradientReference, "norm">;
}

/** Parts of the largest norm that rounding over some hundred steps makes of a gradient, by the engine's dtype. */
const allowed = { float32: 1e-3, float64: 1e-9 } as const;

/** That of the first engine that has it; null where none has, as of a loss that it was not asked for. */
export function referenceGradient(
  answers: readonly ReferenceAnswer[],
  loss: LossChoice,
  place: LaneRow,
  ours: ArrayLike<number>,
): OtherGradient | null {
  for (const { engine, dtype, gradients = [] } of answers) {
    const found = gradients.find(
      (one) =>
        one.loss === loss.kind && one.layer === place.layer && one.direction === place.direction,
    );
    const norms = found?.norms.data;
    if (norms?.length !== ours.length) continue;
    return {
      norms,
      said: said(engineTitles[engine], allowed[dtype], distanceOf(ours, norms, place)),
    };
  }
  return null;
}

interface Distance {
  /** Largest |‖ours‖ − ‖theirs‖| as a part of the largest of ours; NaN where one is not finite. */
  readonly part: number;
  /** Where it is. */
  readonly step: number;
}

function distanceOf(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  { batch, batchSize, length }: LaneRow,
): Distance {
  let [largest, apart, step] = [0, 0, 0];
  for (let t = 0; t < length; t++) {
    const [own, other] = [ours[t * batchSize + batch]!, theirs[t * batchSize + batch]!];
    const isSame = own === other || (Number.isNaN(own) && Number.isNaN(other));
    const size = isSame ? 0 : Math.abs(own - other);
    if (own > largest) largest = own;
    if (size <= apart) continue;
    [apart, step] = [size, t];
    if (Number.isNaN(size)) break;
  }
  return { part: apart === 0 ? 0 : apart / largest, step };
}

function said(title: string, most: number, { part, step }: Distance): OtherGradient["said"] {
  const agrees = part <= most;
  const written = part.toPrecision(2);
  return {
    title,
    agrees,
    sentence: agrees
      ? text("{0} has the same gradient, at most {1} of the largest apart", title, written)
      : text("{0} has another gradient: {1} of the largest apart at t = {2}", title, written, step),
  };
}
