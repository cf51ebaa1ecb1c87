/**
 * What a run's comparisons say: a verdict for each tensor, and where the run differs first.
 */
import { toleranceFor, type Comparison } from "../../../analysis/compare";
import { text, type Text } from "../../../core/text";
import { outputLikeness, stateLikeness } from "../../../model/shapes/referenceLikeness";
import type { RunView } from "../../../protocol/run/messages";
import type { VerdictView } from "../../../protocol/run/verdictMessages";
import type { SurroundingView } from "../../../protocol/run/surroundingMessages";
import { encodeNumber } from "../../../protocol/wire";
import type { ComparedTensor } from "../../../run/compare";
import type { RunResult } from "../../../run/execute";
import { toleranceOf } from "../../../run/inputs";
import type { LoadedRun } from "../../../run/load/load";
import { sourceName } from "../../../run/load/tensors/sequences";
import { fitsState } from "../../../run/load/states";
import { formatShape, sameShape } from "../../../tensor/tensor";
import { firstDivergence, firstText } from "./firstDivergence";
import { contradictionHint } from "./contradiction";
import { hintsOf } from "./hints";
import { firstOutside } from "./surrounding";
import { verdictSentence, wideSentence } from "./verdictSentence";

/** The verdicts of the comparisons; none for a run that could not start. */
export function judgementOf(
  result: RunResult | null,
  surrounding: SurroundingView | null,
  loaded: LoadedRun,
): Pick<RunView, "verdicts" | "firstDivergence" | "contradiction"> {
  if (result === null) return { verdicts: [], firstDivergence: null };
  const run = { loaded, result };
  const contradiction = contradictionHint(result);
  return {
    verdicts: result.compared.map((tensor) => describeVerdict(tensor, surrounding, run)),
    firstDivergence: firstDivergence(result, surrounding),
    ...(contradiction === null ? {} : { contradiction }),
  };
}

/** A run and its loaded files. */
interface Described {
  readonly loaded: LoadedRun;
  readonly result: RunResult;
}

/** A comparison as it travels. */
function describeVerdict(
  compared: ComparedTensor,
  surrounding: SurroundingView | null,
  run: Described,
): VerdictView {
  const { name, comparison, found, expected, referenceError } = compared;
  const shapes = { name, found, expected };
  const error = referenceError === null ? null : encodeNumber(referenceError);
  if (comparison === null) {
    return {
      ...shapes,
      verdict: "cannot-compare",
      maxAbs: "NaN",
      maxRel: "NaN",
      deltaRange: [0, 0],
      outside: 0,
      total: 0,
      first: null,
      firstText: null,
      referenceError: error,
      ...incomparable(compared, run),
    };
  }
  const { verdict, maxAbs, maxRel, deltaRange, outside, total, unjudged } = comparison;
  const first = firstOutside({ name, first: comparison.first }, surrounding?.head ?? null);
  const isWide = passesByWidth(name, comparison, run.result);
  return {
    ...shapes,
    // Where nothing can be known, nothing is claimed.
    verdict: unjudged > 0 && unjudged === total ? "cannot-compare" : verdict,
    maxAbs: encodeNumber(maxAbs),
    maxRel: encodeNumber(maxRel),
    deltaRange,
    outside,
    total,
    ...(isWide ? { isWide } : {}),
    ...ownTolerance(name, run.result),
    ...first,
    firstText: firstText(compared, first, run.result),
    referenceError: error,
    sentence: isWide
      ? wideSentence(name, comparison)
      : verdictSentence(name, comparison, run.loaded.precision),
    ...readAs(compared, run.loaded.givenReference),
    hints: verdict === "differs" ? [...knownOf(compared), ...hintsOf(name, run.result)] : [],
  };
}

/**
 * True for a difference that is larger than assert_close's defaults allow of any value, and passes by a tolerance that was
 * given: how much of it is rounding was not asked.
 */
function passesByWidth(
  name: ComparedTensor["name"],
  { verdict, maxAbs, withinNoiseOnly, byStep, unjudged }: Comparison,
  { inputs, context }: RunResult,
): boolean {
  if (verdict !== "rounding" || withinNoiseOnly + byStep + unjudged > 0) return false;
  const given = toleranceFor(context.tolerance, name);
  const usual = toleranceOf({ ...inputs, tolerance: {} });
  const isWider = given.rtol > usual.rtol || given.atol > usual.atol;
  return isWider && maxAbs > usual.atol;
}

/** The tolerance of a result that has another one than all. */
function ownTolerance(
  name: ComparedTensor["name"],
  { context: { tolerance } }: RunResult,
): Pick<VerdictView, "tolerance"> {
  if (tolerance.each?.[name] === undefined) return {};
  const { rtol, atol } = toleranceFor(tolerance, name);
  return { tolerance: { rtol, atol } };
}

/** What a tensor of another shape was compared as; nothing where it has that of the result. `given` is as its file has it. */
function readAs(
  { name, found, expected, reading }: ComparedTensor,
  given: LoadedRun["reference"],
): Pick<VerdictView, "readAs"> {
  const { output, hn, cn } = given;
  const tensor = name === "output" ? output : name === "h_n" ? hn : name === "c_n" ? cn : null;
  if (reading !== undefined) {
    return { readAs: text("given as {0}, read as: {1}", formatShape(found), reading) };
  }
  if (tensor === null || sameShape(tensor.shape, expected)) return {};
  const shapes = [formatShape(tensor.shape), formatShape(expected)] as const;
  return { readAs: text("given as {0}, read as {1}: only axes of size 1 differ", ...shapes) };
}

/** The first state that does not fit, as it is written in its file. */
function sourceOfStates({ states, input }: LoadedRun): string {
  const clashing = states?.states.find((state) => !fitsState(state, input.shape));
  return clashing?.entry.name ?? "";
}

/** Both sides of what cannot be compared, each by its file, and what the reference's shape looks like. */
function incomparable(
  compared: ComparedTensor,
  { loaded, result }: Described,
): Pick<VerdictView, "sentence" | "hints"> {
  const { name, expected, found } = compared;
  const { sources, weightsFile, module, config } = loaded;
  const frame = { config, sizes: result.sizes };
  const hint =
    name === "output"
      ? outputLikeness(frame, found)
      : name === "h_n" || name === "c_n"
        ? stateLikeness(frame, name, found)
        : null;
  return {
    sentence: text(
      "{0} cannot be compared: {1} gives {2}, {3} has {4}",
      name,
      sourceName({ file: weightsFile, name: module.prefix.replace(/\.$/, "") }),
      formatShape(expected),
      name === "states" ? sourceOfStates(loaded) : (sources[name] ?? sources.output ?? ""),
      formatShape(found),
    ),
    hints: [...knownOf(compared), ...(hint === null ? [] : [hint])],
  };
}

/** More readings than these are counted. */
const MOST_READINGS = 6;

/** What its values show of a reference of another shape, and what they were compared with in vain. */
function knownOf({ recognition }: ComparedTensor): readonly Text[] {
  if (recognition === undefined) return [];
  const { hint, unfit } = recognition;
  const [first, ...others] = unfit;
  if (first === undefined) return hint === null ? [] : [hint];
  const shown = others
    .slice(0, MOST_READINGS - 1)
    .reduce((all, one) => text("{0}; {1}", all, one), first);
  const more = others.length - (MOST_READINGS - 1);
  const list = more > 0 ? text("{0}; and {1} more", shown, more) : shown;
  return [
    text(
      "its values fit nothing that has this shape; tried were: {0}. Give the tensor as the module returns it",
      list,
    ),
  ];
}
