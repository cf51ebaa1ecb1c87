/**
 * Describes a run for the panel and for reports: everything except the values.
 */
import { rounded } from "../../core/numeric";
import { chaosOf } from "../../analysis/chaos";
import { defaultTolerance } from "../../analysis/compare";
import type { Lane, LanePart } from "../../analysis/lanes";
import type { LaneNumbers } from "../../analysis/measure";
import type { Named } from "../../diagnosis/answer";
import { constructorLine } from "../../model/config";
import { outputLikeness, stateLikeness } from "../../model/shapes/referenceLikeness";
import { unknownArguments } from "../../model/find/find";
import type { GivenName } from "../../model/given";
import { causeText, clashText } from "../../model/shapes/clashTexts";
import type { ShapeCheck } from "../../model/shapes/shapes";
import type { SequenceSizes } from "../../model/sequence";
import { gateActivationOption } from "../../model/variant";
import type { LaneInfo, OwnView, RunView, VerdictView } from "../../protocol/run/messages";
import type { LaneId } from "../../protocol/run/windowMessages";
import { encodeNumber } from "../../protocol/wire";
import type { ComparedTensor } from "../../run/compare";
import type { RunResult } from "../../run/execute";
import { parseTensorRef, type RunSpec, type TensorRef } from "../../run/spec/spec";
import { formatShape, sameShape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { SurroundingView } from "../../protocol/run/surroundingMessages";
import { baseName } from "../../core/baseName";
import { hintsOf } from "./hints";
import { fitsState } from "../../run/load/states";
import type { LoadedRun } from "../../run/load/load";
import type { OwnEntries } from "../../run/load/ownTensors";
import { describeSurrounding, firstOutside } from "./surrounding";
import { firstDivergence, firstText } from "./firstDivergence";
import { ownPart } from "./own";
import { verdictSentence } from "./verdictSentence";
import { sourceName } from "../../run/load/sequences";

/** Information that the caller has and the files do not. */
export interface ViewFrame {
  readonly revision: number;
  readonly spec: RunSpec;
  readonly runFile: string | null;
  readonly elapsedMs: number;
  /** What would make a run fit whose shapes clash, and what raises no error. */
  readonly mended: Pick<RunView, "fixes" | "traps">;
  /** The mistakes that the run is shown under. */
  readonly under: readonly Named[];
}

/** Shown where nothing was compared. */
const unusedTolerance = { ...defaultTolerance("float32", "float32"), equalNan: false };

/** The view of a run; `result` is null when the shape check has a clash. */
export function describeRun(
  frame: ViewFrame,
  loaded: LoadedRun,
  sizes: SequenceSizes | null,
  shapes: ShapeCheck,
  result: RunResult | null,
): RunView {
  const { config, module, modules } = loaded;
  const surrounding = describeSurrounding(loaded);
  const judgement = judgementOf(result, surrounding, loaded);
  const third = ownPart(result, judgement.verdicts);
  const ownNotes = third.own === undefined ? [] : aloneNotes(third.own);
  return {
    revision: frame.revision,
    spec: frame.spec,
    under: frame.under,
    labels: labelsOf(frame, loaded.own),
    config,
    constructorLine: constructorLine(config, module.facts.dropout),
    unknown: unknownArguments(module),
    modules: modules.map(({ prefix }) => prefix),
    module: module.prefix,
    options: {
      batchFirst: config.batchFirst,
      nonlinearity: config.nonlinearity,
      precision: loaded.precision,
      resetAfter: config.variant.resetAfter,
      gateActivation: gateActivationOption(config.variant.gateActivation),
      clip: config.variant.clip,
      coupledInputForget: config.variant.coupledInputForget,
    },
    ...sizesOf(sizes),
    lengths: loaded.lengths,
    ...(surrounding === null ? {} : { surrounding }),
    lanes:
      result?.lanes.map((lane, index) => laneInfo(lane, result.numbers[index]!, surrounding)) ?? [],
    ...judgement,
    ...third,
    noiseFloor: result?.noise == null ? null : encodeNumber(result.noise.floor),
    tolerance: result?.context.tolerance ?? unusedTolerance,
    shapes: withReadings(shapes, judgement.verdicts),
    ...clashPart(shapes),
    ...frame.mended,
    ...chaosPart(result, [...ownNotes, ...gateNotes(result), ...loaded.notes]),
    details: { path: result?.trace.path ?? null, elapsedMs: frame.elapsedMs },
  };
}

/** A reference of another shape that was recognised fits as what it holds. */
function withReadings(shapes: ShapeCheck, verdicts: readonly VerdictView[]): ShapeCheck {
  const rows = shapes.rows.map((row) => {
    const read = verdicts.find(({ name }) => row.name === `reference ${name}`)?.readAs;
    return read === undefined ? row : { ...row, status: "ok" as const, reason: read };
  });
  return { ...shapes, rows };
}

/** The sentences of a clash. */
function clashPart(shapes: ShapeCheck): Pick<RunView, "clash"> {
  const sentence = clashText(shapes);
  return sentence === null ? {} : { clash: { sentence, cause: causeText(shapes) } };
}

/** Who stands alone in all, then in each tensor where that is another one. */
function aloneNotes({ alone, sentence, each }: OwnView): Text[] {
  const others = Object.entries(each).filter(([, one]) => one.alone !== alone);
  return [sentence, ...others.map(([name, one]) => text("{0}: {1}", name, one.sentence))];
}

/** What is said where not every step of the gates was compared. */
function gateNotes(result: RunResult | null): Text[] {
  const gates = result?.gates ?? null;
  if (gates === null || gates.steps === gates.of) return [];
  return [
    text(
      "the gates of the reference were compared at {0} of {1} steps, in the order of processing: a gate takes a step to be computed again",
      gates.steps,
      gates.of,
    ),
  ];
}

/** Where the run is chaotic, and the notes with a sentence about it. */
function chaosPart(
  result: RunResult | null,
  notes: readonly Text[],
): Pick<RunView, "chaos" | "notes"> {
  const chaos = result?.noise == null ? null : chaosOf(result.noise, result.forwardInput);
  if (chaos === null) return { chaos, notes };
  const { layer, processing, exponent } = chaos;
  const note = text(
    "the run is chaotic: from step {0} of layer {1} on, rounding alone moves its states anywhere (a small difference grows {2} times a step)",
    processing,
    layer,
    rounded(Math.exp(exponent), 2),
  );
  return { chaos, notes: [note, ...notes] };
}

/** An input that is no sequence has no sizes to show. */
function sizesOf(
  sizes: SequenceSizes | null,
): Pick<RunView, "seqLength" | "batchSize" | "unbatched"> {
  if (sizes === null) return { seqLength: 0, batchSize: 0, unbatched: false };
  const { seqLength, batchSize, unbatched } = sizes;
  return { seqLength, batchSize, unbatched };
}

function labelsOf({ spec, runFile }: ViewFrame, own: OwnEntries): RunView["labels"] {
  const label = (ref: TensorRef | undefined): string | null => {
    if (ref === undefined) return null;
    const { file, tensor } = parseTensorRef(ref);
    return tensor === undefined || tensor === "" ? baseName(file) : `${baseName(file)} · ${tensor}`;
  };
  const references = Object.values<TensorRef>(spec.reference ?? {});
  const files = new Set(references.map((ref) => baseName(parseTensorRef(ref).file)));
  const { lengths } = spec;
  const weights = baseName(spec.weights.file);
  const ownLabel = (name: GivenName): string | null =>
    own[name] === undefined ? null : `${weights} · ${own[name]}`;
  return {
    weights,
    input: label(spec.input) ?? "",
    h0: label(spec.h0) ?? ownLabel("h0"),
    c0: label(spec.c0) ?? ownLabel("c0"),
    lengths:
      (typeof lengths === "string" ? label(lengths) : lengths?.join(", ")) ?? ownLabel("lengths"),
    reference: files.size === 0 ? null : [...files].join(", "),
    runFile: runFile === null ? null : baseName(runFile),
  };
}

function referenceOf(parts: readonly LanePart[]): LaneInfo["reference"] {
  return parts.every(({ reference }) => reference !== null) ? "full" : "none";
}

function laneInfo(
  lane: Lane,
  { cell, ...numbers }: LaneNumbers,
  surrounding: SurroundingView | null,
): LaneInfo {
  const reference = referenceOf(lane.parts);
  return {
    id: lane.id as LaneId,
    layer: lane.layer,
    direction: lane.direction,
    units: lane.units,
    reference,
    ...numbers,
    cell:
      lane.cell === null || cell === null
        ? null
        : { units: lane.cell.units, reference: referenceOf([lane.cell]), ...cell },
    ...(lane.id === "logits" && surrounding?.head !== "every" ? { isFinal: true } : {}),
  };
}

/** The verdicts of the comparisons; none for a run that could not start. */
function judgementOf(
  result: RunResult | null,
  surrounding: SurroundingView | null,
  loaded: LoadedRun,
): Pick<RunView, "verdicts" | "firstDivergence"> {
  if (result === null) return { verdicts: [], firstDivergence: null };
  const run = { loaded, result };
  return {
    verdicts: result.compared.map((tensor) => describeVerdict(tensor, surrounding, run)),
    firstDivergence: firstDivergence(result, surrounding),
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
  return {
    ...shapes,
    // Where nothing can be known, nothing is claimed.
    verdict: unjudged > 0 && unjudged === total ? "cannot-compare" : verdict,
    maxAbs: encodeNumber(maxAbs),
    maxRel: encodeNumber(maxRel),
    deltaRange,
    outside,
    total,
    ...first,
    firstText: firstText(compared, first, run.result),
    referenceError: error,
    sentence: verdictSentence(compared.name, comparison, run.loaded.precision),
    ...readAs(compared, run.loaded.givenReference),
    hints: verdict === "differs" ? [...knownOf(compared), ...hintsOf(name, run.result)] : [],
  };
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
