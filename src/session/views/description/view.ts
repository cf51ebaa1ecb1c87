/**
 * Describes a run for the panel and for reports: everything except the values.
 */
import { grouped, rounded } from "../../../core/numeric";
import { chaosOf } from "../../../analysis/chaos";
import { defaultTolerance } from "../../../analysis/compare";
import type { Lane, LanePart } from "../../../analysis/lanes";
import type { LaneNumbers } from "../../../analysis/laneMeasures/measure";
import type { Named } from "../../../diagnosis/answer";
import { constructorLine } from "../../../model/config";
import { unknownArguments } from "../../../model/find/find";
import type { GivenName } from "../../../model/given";
import { causeText, clashText } from "../../../model/shapes/clashTexts";
import type { ShapeCheck } from "../../../model/shapes/shapes";
import type { SequenceSizes } from "../../../model/sequence";
import { gateActivationOption } from "../../../model/variant";
import type { LaneInfo, RunView } from "../../../protocol/run/messages";
import type { OwnView, VerdictView } from "../../../protocol/run/verdictMessages";
import type { LaneId } from "../../../protocol/run/windowMessages";
import { encodeNumber } from "../../../protocol/wire";
import type { RunResult } from "../../../run/execute";
import { offeredOptions } from "../../../run/spec/offered";
import { parseTensorRef, type RunSpec, type TensorRef } from "../../../run/spec/spec";
import { text, type Text } from "../../../core/text";
import type { SurroundingView } from "../../../protocol/run/surroundingMessages";
import { baseName } from "../../../core/baseName";
import type { LoadedRun } from "../../../run/load/load";
import { describeSurrounding } from "./surrounding";
import { notFiniteNotes } from "./notFinite";
import { finalsOfLanes } from "../finals";
import { judgementOf } from "./verdicts";
import { gatesOf } from "../gates";
import { ownPart } from "./own";

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
    labels: labelsOf(frame, loaded),
    config,
    constructorLine: constructorLine(config, module.facts.dropout),
    unknown: unknownArguments(module),
    modules: modules.map(({ prefix }) => prefix),
    module: module.prefix,
    options: {
      ...offeredOptions(frame.spec.options),
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
    lanes: result === null ? [] : lanesOf(result, surrounding),
    ...judgement,
    ...third,
    noiseFloor: result?.noise == null ? null : encodeNumber(result.noise.floor),
    tolerance: result?.context.tolerance ?? unusedTolerance,
    shapes: withReadings(shapes, judgement.verdicts),
    ...clashPart(shapes),
    ...frame.mended,
    ...notesPart(result, [...ownNotes, ...gateNotes(result), ...loaded.notes]),
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
      grouped(gates.steps),
      grouped(gates.of),
    ),
  ];
}

/** What the run itself tells of its values, and the notes with a sentence about each. */
function notesPart(
  result: RunResult | null,
  notes: readonly Text[],
): Pick<RunView, "chaos" | "notFinite" | "notes"> {
  const notFinite = result === null ? [] : notFiniteNotes(result.inputs);
  const chaos = chaosPart(result, [...notFinite, ...notes]);
  return notFinite.length === 0 ? chaos : { notFinite, ...chaos };
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

function labelsOf(
  { spec, runFile }: ViewFrame,
  { own, sources }: Pick<LoadedRun, "own" | "sources">,
): RunView["labels"] {
  const label = (ref: TensorRef | undefined): string | null => {
    if (ref === undefined) return null;
    const { file, tensor } = parseTensorRef(ref);
    return tensor === undefined || tensor === "" ? baseName(file) : `${baseName(file)} · ${tensor}`;
  };
  const references = Object.values<TensorRef>(spec.reference ?? {});
  const named = references.map((ref) => baseName(parseTensorRef(ref).file));
  // Test data are references that no one has named.
  const files = new Set(named.length > 0 ? named : Object.values(sources));
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

function gatesPart(result: RunResult, { layer, direction }: Lane): Pick<LaneInfo, "gates"> {
  const gates =
    layer === null || direction === null ? undefined : gatesOf(result, { layer, direction });
  return gates === undefined ? {} : { gates };
}

function referenceOf(parts: readonly LanePart[]): LaneInfo["reference"] {
  return parts.every(({ reference }) => reference !== null) ? "full" : "none";
}

function lanesOf(result: RunResult, surrounding: SurroundingView | null): LaneInfo[] {
  const withFinals = finalsOfLanes(result);
  return result.lanes.map((lane, index) => ({
    ...withFinals(laneInfo(lane, result.numbers[index]!, surrounding)),
    ...gatesPart(result, lane),
  }));
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
