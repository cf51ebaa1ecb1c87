/**
 * What the values of a reference tell by themselves: stored or computed in 16 bits, dropped out, or off in a few places.
 */
import { grouped, rounded } from "../../../core/numeric";
import { text, type Text } from "../../../core/text";
import { roundedModel } from "../../alternatives/edits";
import {
  roundingOf,
  roundToBfloat16,
  roundToFloat16,
  type Rounding,
} from "../../../engine/base/rounding";
import { toTimeMajor } from "../../../model/sequence";
import { returnedNames } from "../../base/model";
import { outputPlace } from "../../base/part";
import { distanceFrom, distanceOf } from "../closeness";
import type { Outside } from "../onset";
import type { Ground } from "../singles";
import type { FreeFinding } from "./found";
import { loweredRun } from "./lowered";

/** A run in 16 bits may be off by this many units in the last place of 1. */
const MOST_UNITS = 24;

/** Computed in bfloat16 or float16: asked in this order, since most bfloat16 values are float16 values too. */
export function reducedPrecision(ground: Ground): FreeFinding | null {
  const { before } = ground;
  if (!before.hasShapes) return null;
  const isStoredBy = (round: Rounding): boolean =>
    referenceValues(ground).every((value) => Object.is(round(value), value));
  const found = (
    id: string,
    title: FreeFinding["title"],
    precision: "f16" | "bf16",
  ): FreeFinding => ({
    id,
    title,
    parameter: null,
    isPrecision: true,
    changes: { precision, edit: (model) => roundedModel(model, roundingOf(precision)) },
    ...loweredRun(ground, precision),
  });
  if (before.most < MOST_UNITS * 2 ** -8 && isStoredBy(roundToBfloat16)) {
    const title = text("everything was computed in bfloat16");
    return found("precision/bfloat16", title, "bf16");
  }
  if (before.most < MOST_UNITS * 2 ** -11 && isStoredBy(roundToFloat16)) {
    const title = text("everything was computed in float16");
    return found("precision/float16", title, "f16");
  }
  return null;
}

function referenceValues({ the }: Ground): number[] {
  return returnedNames.flatMap((name) => [...(the.reference[name]?.data ?? [])]);
}

/** More values than these are no longer single ones. */
export const MOST_ISOLATED = 3;

/** At most three values, fewer than one in twenty, are outside rounding: in all of the run, where that is known. */
export function isolatedValues(ground: Ground): FreeFinding | null {
  const { before, inAll = before } = ground;
  const { outside, count, rest } = inAll;
  if (!before.hasShapes) return null;
  if (outside === 0 || outside > MOST_ISOLATED || outside * 20 >= count) return null;
  return {
    id: "data/isolated-values",
    title: isolatedText(ground, inAll),
    parameter: {
      kind: "values",
      count: outside,
      ...(ground.inAll === undefined ? {} : { inAll: true }),
    },
    changes: null,
    after: rest,
  };
}

function isolatedText(
  ground: Ground,
  { outside, count }: Pick<Outside, "outside" | "count">,
): Text {
  if (outside > 1)
    return text("single values are off: {0} of {1}", grouped(outside), grouped(count));
  const place = placeInOutput(ground);
  return place === null
    ? text("one of {0} values is off", grouped(count))
    : text("one of {0} values is off: {1}", grouped(count), place);
}

/** The first value of the output that is outside rounding; null where none is. */
function placeInOutput({ the, right, tolerance }: Ground): Text | null {
  const [ours, theirs] = [right.output, the.reference.output];
  if (ours === null || theirs === null) return null;
  const { seqLength, batchSize, lengths } = the.model;
  const width = theirs.data.length / (seqLength * batchSize);
  for (let k = 0; k < theirs.data.length; k++) {
    if (distanceOf(ours.data[k]!, theirs.data[k]!) <= tolerance) continue;
    const { step, row } = outputPlace(the.model, the.unbatched, Math.floor(k / width));
    if (step >= lengths[row]!) continue;
    const t = (the.first ?? 0) + step;
    return the.unbatched
      ? text("output, t = {0}, unit {1}", t, k % width)
      : text("{0}, t = {1}, batch {2}, unit {3}", "output", t, the.rows?.[row] ?? row, k % width);
  }
  return null;
}

/** Elements of the output are 0, or 1/(1 − p) times what they should be, with one p; h_n is right. */
export function outputDropout({ the, right, before, tolerance }: Ground): FreeFinding | null {
  const [ours, theirs] = [right.output, the.reference.output];
  if (!before.hasShapes || ours === null || theirs === null) return null;
  const finals = { ...the.reference, output: null };
  if (distanceFrom(right, finals, the, tolerance).most > tolerance) return null;
  const scale = scaleOfKept(ours.data, theirs.data);
  if (scale === null || scale <= 1) return null;
  const after = distanceUnderDropout(ours.data, theirs.data, { scale, tolerance });
  if (after === null) return null;
  const { shape, data } = theirs;
  const { batchFirst } = the.model.config;
  const kept = toTimeMajor({ dtype: "float64", shape, data }, batchFirst);
  const probability = rounded(1 - 1 / scale, 4);
  return {
    id: "dropout/on-output",
    title: text("dropout with p = {0} was applied to the output: train mode", probability),
    parameter: { kind: "probability", probability },
    changes: {
      results: (results) => ({
        ...results,
        output: results.output.map((value, k) => (kept[k] === 0 ? 0 : value * scale)),
      }),
    },
    after,
  };
}

/** theirs / ours at the largest of ours that was not dropped; null where there is none. */
function scaleOfKept(ours: Float64Array, theirs: Float64Array): number | null {
  let at = -1;
  for (let k = 0; k < theirs.length; k++) {
    if (theirs[k] !== 0 && (at < 0 || Math.abs(ours[k]!) > Math.abs(ours[at]!))) at = k;
  }
  if (at < 0 || ours[at] === 0) return null;
  return theirs[at]! / ours[at]!;
}

/** The largest difference of what was kept; null where something does not fit, or nothing was dropped. */
function distanceUnderDropout(
  ours: Float64Array,
  theirs: Float64Array,
  { scale, tolerance }: { readonly scale: number; readonly tolerance: number },
): number | null {
  let [after, dropped] = [0, 0];
  for (let k = 0; k < theirs.length; k++) {
    const own = ours[k]!;
    if (theirs[k] === 0) {
      if (Math.abs(own) > tolerance) dropped += 1;
      continue;
    }
    const distance = Math.abs(own * scale - theirs[k]!);
    if (!(distance <= tolerance * scale)) return null;
    after = Math.max(after, distance);
  }
  return dropped === 0 ? null : after;
}
