/**
 * The verdict of one compared tensor in a sentence.
 */
import { dtypesOfPrecisions } from "../../engine/base/precisions";
import type { ComparedTensor } from "../../run/compare";
import type { Precision } from "../../run/spec/spec";
import { text, type Text } from "../../core/text";

/** What is said of a tensor that cannot be judged by its values alone. */
function chaoticSentence(
  name: string,
  { outside, total, unjudged, byStep }: NonNullable<ComparedTensor["comparison"]>,
): Text {
  if (unjudged === total) {
    return text(
      "{0} cannot be judged: the run is chaotic, so that float32 and float64 have nothing in common there",
      name,
    );
  }
  if (outside === 0) {
    return text(
      "{0} agrees as far as it can be judged: {1} of {2} values by themselves, {3} by the reference's own step, {4} not at all, since the run is chaotic",
      name,
      total - unjudged - byStep,
      total,
      byStep,
      unjudged,
    );
  }
  return text(
    "{0} differs: {1} of {2} values are wrong; {3} were judged by the reference's own step and {4} not at all, since the run is chaotic",
    name,
    outside,
    total,
    byStep,
    unjudged,
  );
}

/** Of a tensor that passes by a tolerance which is wider than what rounding takes. */
export function wideSentence(
  name: string,
  { maxAbs, total }: NonNullable<ComparedTensor["comparison"]>,
): Text {
  return text(
    "{0} is within the tolerance given: max |Δ| {1}, all {2} values inside; the usual tolerance is narrower",
    name,
    maxAbs.toPrecision(3),
    total,
  );
}

/** The verdict of a tensor in one sentence. */
export function verdictSentence(
  name: string,
  comparison: NonNullable<ComparedTensor["comparison"]>,
  precision: Precision,
): Text {
  const { verdict, outside, total, withinNoiseOnly } = comparison;
  if (comparison.unjudged + comparison.byStep > 0) return chaoticSentence(name, comparison);
  const maxAbs = comparison.maxAbs.toPrecision(3);
  if (verdict === "equal") return text("{0} is equal: all {1} values are the same", name, total);
  if (verdict === "rounding") {
    return withinNoiseOnly === 0
      ? text(
          "{0} differs by rounding only: max |Δ| {1}, all {2} values inside tolerance",
          name,
          maxAbs,
          total,
        )
      : text(
          "{0} differs by rounding only: max |Δ| {1}; {2} of {3} values are outside tolerance, but no further than {4} and float64 differ there",
          name,
          maxAbs,
          withinNoiseOnly,
          total,
          dtypesOfPrecisions[precision],
        );
  }
  const share = ((100 * outside) / total).toPrecision(3);
  return text(
    "{0} differs: max |Δ| {1}, {2} of {3} values ({4} %) outside tolerance",
    name,
    maxAbs,
    outside,
    total,
    share,
  );
}
