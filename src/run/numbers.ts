/**
 * The numbers that people quote of a result beside its reference, each with what it is measured by and a sentence.
 */
import { toleranceFor, type OwnTolerance, type Tolerance } from "../analysis/compare";
import type { ErrorDensity, PairDensity } from "../analysis/numbers/density";
import {
  NumbersMeter,
  type ComparedElement,
  type MeasuredNumbers,
} from "../analysis/numbers/measured";
import { walk } from "../analysis/walk";
import { grouped, shortest } from "../core/numeric";
import { noControl, type RunControl } from "../core/control";
import { text, type Text } from "../core/text";
import type { Place } from "../engine/base/trace";
import type { ComparedPart } from "../analysis/rows";
import { stateSize } from "../model/config";
import type { RunResult } from "./execute";
import { partsOf } from "./compare";
import { toleranceOf } from "./inputs";
import type { Reference } from "./references";

/** A number with what it may be at most or least, where there is such a bound. */
export interface Figure {
  readonly id: FigureId;
  readonly value: number;
  readonly threshold: number | null;
  readonly sentence: Text;
}

export type FigureId =
  | "max"
  | "outside"
  | "mean"
  | "median"
  | "p99"
  | "passingAtol"
  | "passingRtol"
  | "cosine"
  | "pearson"
  | "snr"
  | "ulpPeak"
  | "ulpP99"
  | "floorRatio";

/** An element of a result; `index` is that of the tensor as it is saved, null in a reference of another shape. */
export interface QuotedElement extends Pick<
  ComparedElement,
  "ours" | "reference" | "size" | "allowed"
> {
  readonly index: readonly number[] | null;
  /** Where it lies in the run; outside the recurrent layers as far as it lies anywhere. */
  readonly place: Partial<Place>;
}

/** The numbers of one result. */
export interface TensorNumbers {
  /** That of a result of a run, or of a saved tensor. */
  readonly name: string;
  readonly figures: readonly Figure[];
  /** The element of the largest difference; null when all are equal. */
  readonly largest: QuotedElement | null;
  /** Elements outside tolerance, the first ten in dependency order. */
  readonly mismatches: readonly QuotedElement[];
  /** Elements outside tolerance, the ten that are off most. */
  readonly worst: readonly QuotedElement[];
  /** What it was judged by. */
  readonly tolerance: Tolerance;
  readonly errors: ErrorDensity;
  readonly pairs: PairDensity;
}

/** Another tolerance than that of the run. */
export type JudgedBy = Partial<Pick<Tolerance, "rtol" | "atol" | "equalNan">>;

/** The same, and that of single results by their names. */
export interface JudgedAll extends JudgedBy {
  readonly each?: Readonly<Record<string, OwnTolerance>>;
}

/**
 * Measures each result that has a reference, by the tolerance of the run where `judged` says no other.
 * @throws CancelledError when `control` says so.
 */
export function numbersOf(
  result: RunResult,
  control: RunControl = noControl,
  { each = {}, ...judged }: JudgedAll = {},
): TensorNumbers[] {
  const { inputs, forwardInput, results, references, rounding } = result;
  const ofAll = toleranceOf(inputs);
  const frame = { rounding, steps: result.steps };
  const measured = references.flatMap((reference) => {
    const parts = partsOf(forwardInput, results, reference, frame);
    if (parts.length === 0) return [];
    const own = { ...ofAll.each?.[reference.name], ...judged, ...each[reference.name] };
    const tolerance = { ...toleranceFor(ofAll, undefined), ...own };
    const meter = new NumbersMeter(parts, tolerance, forwardInput.precision);
    return [{ reference, parts, tolerance, meter }];
  });
  walk(
    measured.flatMap(({ meter }) => meter.meters),
    control,
    text("Measuring the differences"),
  );
  return measured.map(({ reference, parts, tolerance, meter }) => {
    const found = meter.finish();
    const locate = (element: ComparedElement): Located => ({
      index: indexOf(result, reference, element),
      place: placeOf(result, reference, parts, element),
    });
    return {
      name: reference.name,
      tolerance,
      figures: figuresOf(found, { tolerance, floor: result.noise?.floor ?? null }),
      ...quoted(found, locate),
    };
  });
}

/** Where an element lies in its tensor and in the run. */
export type Located = Pick<QuotedElement, "index" | "place">;

/** What was measured of single elements, with where they lie. */
export function quoted(
  { largest, mismatches, worst, errors, pairs }: MeasuredNumbers,
  locate: (element: ComparedElement) => Located,
): Pick<TensorNumbers, "largest" | "mismatches" | "worst" | "errors" | "pairs"> {
  const quote = (element: ComparedElement): QuotedElement => {
    const { ours, reference, size, allowed } = element;
    return { ...locate(element), ours, reference, size, allowed };
  };
  return {
    largest: largest === null ? null : quote(largest),
    mismatches: mismatches.map(quote),
    worst: worst.map(quote),
    errors,
    pairs,
  };
}

/** Where an element lies; logits of one step lie at no step, and units outside the layers are none of a layer. */
function placeOf(
  { results }: RunResult,
  { name }: Reference,
  parts: readonly ComparedPart[],
  { part: at, index, batch, unit }: ComparedElement,
): Partial<Place> {
  const part = parts[at]!;
  const lane = part.laneOf(index);
  if (lane !== null) return { ...lane, step: part.stepOf(index, batch), batch, unit };
  const hasSteps = name !== "logits" || results.logits?.head === "every";
  return hasSteps ? { step: part.stepOf(index, batch), batch } : { batch };
}

/** The index of an element in the tensor as it is saved. */
function indexOf(
  { forwardInput, sizes, results }: RunResult,
  { name, values }: Reference,
  { part, index, batch, unit }: ComparedElement,
): number[] | null {
  if (values === null) return null;
  const at = name === "output" ? part * stateSize(forwardInput.config) + unit : unit;
  if (name === "logits" && results.logits?.head !== "every") {
    return sizes.unbatched ? [at] : [batch, at];
  }
  if (sizes.unbatched) return [index, at];
  const isSequence = name !== "h_n" && name !== "c_n";
  return isSequence && forwardInput.config.batchFirst ? [batch, index, at] : [index, batch, at];
}

/** The numbers of what was measured; `floor` is that of the run in float64, null where it is not known. */
export function figuresOf(
  found: MeasuredNumbers,
  { tolerance, floor }: { readonly tolerance: Tolerance; readonly floor: number | null },
): Figure[] {
  const { rtol, atol } = tolerance;
  const { largest, isExact, isByStep } = found;
  const max = largest?.size ?? 0;
  // Of very many values, bins are counted.
  const about = (what: Text): Text => (isExact ? what : text("{0} (±0.05 %)", what));
  return [
    figure("max", max, isByStep ? null : (largest?.allowed ?? atol), text("largest |Δ|")),
    figure("outside", found.outside, 0, outsideText(found)),
    figure("mean", found.mean, null, text("mean |Δ|")),
    figure("median", found.median, null, about(text("median |Δ|"))),
    figure("p99", found.p99, null, about(text("99 % of |Δ| are not larger"))),
    ...(isByStep
      ? []
      : [
          figure(
            "passingAtol",
            found.passingAtol,
            atol,
            text("the smallest atol that passes with rtol {0}", shortest(rtol)),
          ),
          figure(
            "passingRtol",
            found.passingRtol,
            rtol,
            text("the smallest rtol that passes with atol {0}", shortest(atol)),
          ),
        ]),
    figure("cosine", found.cosine, null, text("cosine similarity")),
    figure("pearson", found.pearson, null, text("Pearson correlation")),
    figure("snr", found.snr, null, text("signal to noise in dB, 10·log₁₀(Σ reference² / Σ Δ²)")),
    figure(
      "ulpPeak",
      found.ulpPeak,
      null,
      text("largest distance in ulp, near zero as at {0}", shortest(atol)),
    ),
    figure("ulpP99", found.ulpP99, null, text("99 % of the distances in ulp are not larger")),
    ...(floor === null || floor === 0
      ? []
      : [
          figure(
            "floorRatio",
            max / floor,
            null,
            text(
              "largest |Δ| as a multiple of this run's rounding, {0}",
              Number(floor.toPrecision(3)),
            ),
          ),
        ]),
  ];
}

function outsideText({ total, isByStep }: MeasuredNumbers): Text {
  if (isByStep) return text("of {0} elements outside what their own steps give", grouped(total));
  return total === 1
    ? text("elements outside tolerance, of one")
    : text("of {0} elements outside tolerance", grouped(total));
}

function figure(id: FigureId, value: number, threshold: number | null, sentence: Text): Figure {
  return { id, value, threshold, sentence };
}
