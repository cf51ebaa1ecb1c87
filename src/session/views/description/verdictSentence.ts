/**
 * The verdict of one compared tensor in a sentence.
 */
import { grouped, percentOf } from "../../../core/numeric";
import { dtypesOfPrecisions } from "../../../engine/base/precisions";
import type { ComparedTensor } from "../../../run/compare";
import type { Precision } from "../../../run/spec/spec";
import { text, type Text } from "../../../core/text";

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
    const counts = [total - unjudged - byStep, total, byStep, unjudged].map(grouped);
    return unjudged === 0
      ? text(
          "{0} agrees: {1} of {2} values by themselves, {3} by the reference's own step",
          name,
          ...counts,
        )
      : text(
          "{0} agrees as far as it can be judged: {1} of {2} values by themselves, {3} by the reference's own step, {4} not at all, since the run is chaotic",
          name,
          ...counts,
        );
  }
  return text(
    "{0} differs: wrong are {1} of {2} values, {3} of all judged by the reference's own step and {4} not at all, since the run is chaotic",
    name,
    ...[outside, total, byStep, unjudged].map(grouped),
  );
}

/** Of a tensor that passes by a tolerance which is wider than what rounding takes. */
export function wideSentence(
  name: string,
  { maxAbs, total }: NonNullable<ComparedTensor["comparison"]>,
): Text {
  const largest = maxAbs.toPrecision(3);
  return total === 1
    ? text(
        "{0} is within the tolerance given: |Δ| {1}; the usual tolerance is narrower",
        name,
        largest,
      )
    : text(
        "{0} is within the tolerance given: max |Δ| {1}, all {2} values inside; the usual tolerance is narrower",
        name,
        largest,
        grouped(total),
      );
}

/** The verdict of a tensor in one sentence. */
export function verdictSentence(
  name: string,
  comparison: NonNullable<ComparedTensor["comparison"]>,
  precision: Precision,
): Text {
  if (comparison.unjudged + comparison.byStep > 0) return chaoticSentence(name, comparison);
  return comparison.total === 1
    ? sentenceOfOne(name, comparison, precision)
    : sentenceOfMany(name, comparison, precision);
}

function sentenceOfOne(
  name: string,
  { verdict, maxAbs, withinNoiseOnly }: NonNullable<ComparedTensor["comparison"]>,
  precision: Precision,
): Text {
  const largest = maxAbs.toPrecision(3);
  if (verdict === "equal") return text("{0} is equal: its one value is the same", name);
  if (verdict !== "rounding") return text("{0} differs: |Δ| {1}, outside tolerance", name, largest);
  return withinNoiseOnly === 0
    ? text("{0} differs by rounding only: |Δ| {1}, inside tolerance", name, largest)
    : text(
        "{0} differs by rounding only: |Δ| {1} is outside tolerance, but no further than {2} and float64 differ there",
        name,
        largest,
        dtypesOfPrecisions[precision],
      );
}

function sentenceOfMany(
  name: string,
  { verdict, outside, total, withinNoiseOnly, ...found }: NonNullable<ComparedTensor["comparison"]>,
  precision: Precision,
): Text {
  const maxAbs = found.maxAbs.toPrecision(3);
  const count = grouped(total);
  if (verdict === "equal") return text("{0} is equal: all {1} values are the same", name, count);
  if (verdict === "rounding") {
    return withinNoiseOnly === 0
      ? text(
          "{0} differs by rounding only: max |Δ| {1}, all {2} values inside tolerance",
          name,
          maxAbs,
          count,
        )
      : text(
          "{0} differs by rounding only: max |Δ| {1}; outside tolerance, but no further than {2} and float64 differ there: {3} of {4} values",
          name,
          maxAbs,
          dtypesOfPrecisions[precision],
          grouped(withinNoiseOnly),
          count,
        );
  }
  return text(
    "{0} differs: max |Δ| {1}, {2} of {3} values ({4}) outside tolerance",
    name,
    maxAbs,
    grouped(outside),
    count,
    percentOf(outside, total),
  );
}
