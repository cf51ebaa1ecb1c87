/**
 * The JSON output of the commands. NaN and the infinities are the strings "NaN", "Infinity" and "-Infinity".
 */
import type { ReducedPrecision } from "../../diagnosis/answer";
import { escapeJson } from "../../core/escapeJson";
import type { RunView } from "../../protocol/run/messages";
import type { VerdictView } from "../../protocol/run/verdictMessages";
import type { NumbersView } from "../../protocol/run/numbersMessages";
import type { SurroundingView } from "../../protocol/run/surroundingMessages";
import { wholeReduction } from "../../protocol/run/reducedPrecision";
import type { ArchiveView, ModuleView } from "../../protocol/run/workerMessages";
import type { Resemblance } from "../../model/find/lookAlike";
import { isGate } from "../../model/stateNames";
import type { Tensor } from "../../tensor/tensor";
import { isUnrollError } from "../../core/errors";
import { isText, renderText } from "../../core/text";
import { lookSentence } from "./errorSentence";
import { numbersJson } from "./numbers";

/** JSON as the commands print it: nothing in it steers a terminal. */
export function toJson(value: object): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}

/** `unroll inspect --json`. */
export function archiveJson(file: string, archive: ArchiveView): object {
  return {
    file,
    format: archive.format,
    entries: archive.entries.map(({ name, dtype, shape, byteLength, origin }) => ({
      name,
      dtype,
      shape,
      byteLength,
      ...(origin === undefined
        ? {}
        : { origin: { from: origin.from, how: renderText(origin.how) } }),
    })),
    modules: archive.modules.map(moduleJson),
    ...(archive.lookAlike === null ? {} : lookJson(archive.lookAlike)),
    notes: archive.notes.map((note) => renderText(note)),
  };
}

function lookJson(look: Resemblance): object {
  const { looksLike, remedies } = look;
  return { lookAlike: lookSentence(look), looksLike, remedies };
}

function moduleJson(module: ModuleView): object {
  const { prefix, framework, config, constructorLine, embedding, linear } = module;
  return {
    prefix,
    framework,
    kind: config.cell + (config.isCellClass ? "Cell" : ""),
    inputSize: config.inputSize,
    hiddenSize: config.hiddenSize,
    numLayers: config.numLayers,
    bidirectional: config.bidirectional,
    bias: config.bias,
    projSize: config.projSize,
    peephole: config.variant.peephole,
    constructor: constructorLine,
    unknown: module.unknown,
    remarks: module.remarks.map((remark) => renderText(remark)),
    departures: module.departures.map((departure) => renderText(departure)),
    ...(embedding === null ? {} : { embedding }),
    ...(linear === null ? {} : { linear }),
  };
}

/** `unroll run --json`. */
export function runJson(
  view: RunView,
  tensors: ReadonlyMap<string, Tensor>,
  out: string | null,
): object {
  return {
    module: view.module,
    constructor: view.constructorLine,
    ...(view.surrounding === undefined ? {} : { pipeline: surroundingJson(view.surrounding) }),
    options: view.options,
    seqLength: view.seqLength,
    batchSize: view.batchSize,
    unbatched: view.unbatched,
    lengths: view.lengths,
    tensors: Object.fromEntries(
      [...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
    ),
    verdicts: verdictsJson(view.verdicts),
    first: firstJson(view),
    ...ownJson(view),
    ...comparedJson(view),
    noiseFloor: view.noiseFloor,
    notes: view.notes.map((note) => renderText(note)),
    elapsedMs: view.details.elapsedMs,
    out,
  };
}

/** The layers around the module; null for one that is not there or does not run. */
function surroundingJson({ embedding, linear, head }: SurroundingView): object {
  return {
    embedding: embedding?.isUsed === true ? embedding.name : null,
    linear: head === null ? null : (linear?.name ?? null),
    head,
  };
}

/** One element of `runs` of `unroll check --json`. */
export function checkJson(
  file: string,
  view: RunView,
  {
    precision,
    numbers,
  }: { readonly precision: ReducedPrecision | null; readonly numbers: readonly NumbersView[] },
): object {
  return {
    file,
    verdicts: verdictsJson(view.verdicts),
    numbers: numbersJson(numbers),
    precision: precisionJson(view.verdicts, precision),
    first: firstJson(view),
    ...ownJson(view),
    ...comparedJson(view),
    noiseFloor: view.noiseFloor,
    chaoticFrom: view.chaos,
    tolerance: view.tolerance,
    notes: view.notes.map((note) => renderText(note)),
  };
}

/**
 * The precision that every difference of a run is a matter of; null where one is not, or there is none. `verdict` says
 * "differs" of such a run: its values are outside tolerance.
 */
export function precisionJson(
  verdicts: readonly VerdictView[],
  precision: ReducedPrecision | null,
): string | null {
  const reduced = wholeReduction(verdicts, precision);
  return reduced === null ? null : renderText(reduced);
}

/** The element of a run that could not be made. */
export function failedCheckJson(file: string, sentence: string, error: unknown): object {
  return { file, verdicts: {}, noiseFloor: null, error: sentence, details: errorData(error) };
}

/** What the commands print with `--json` when they could not do their work. */
export function failureJson(sentence: string, error: unknown): object {
  return { error: sentence, details: errorData(error) };
}

/** What an error is about; of a bug nothing but that it is one. */
function errorData(error: unknown): object {
  return isUnrollError(error) ? plainData({ tag: error.tag, ...error.data }) : { tag: "bug" };
}

/** Data with its sentences in English. */
export function plainData(data: object): object {
  const plain = (_key: string, value: unknown): unknown =>
    isText(value) ? renderText(value) : value;
  return JSON.parse(JSON.stringify(data, plain)) as object;
}

/** The first element outside tolerance over all tensors, with the tensor it is of. */
function firstJson({ firstDivergence: found }: RunView): object | null {
  if (found === null) return null;
  const { name, first, firstElement, quantity, processing, isClean, sentence } = found;
  return {
    tensor: name,
    ...(first ?? firstElement),
    processing,
    gate: quantity !== null && isGate(quantity) ? quantity : null,
    state: quantity !== null && !isGate(quantity) ? quantity : null,
    everythingBeforeIsClean: isClean,
    sentence: renderText(sentence),
  };
}

/** The engines that the run was compared with; nothing where there are none. */
function comparedJson({ compared }: RunView): object {
  return compared === undefined ? {} : { compared: plainData(compared) };
}

/** What the user's own implementation gave; nothing where it is not given. */
export function ownJson({ own }: RunView): object {
  if (own === undefined) return {};
  const withReference = new Map(own.withReference.map(({ name, verdict }) => [name, verdict]));
  const verdicts = own.withRun.map(({ name, verdict, maxAbs, outside, total, first }) => [
    name,
    {
      verdict,
      withReference: withReference.get(name) ?? null,
      alone: own.each[name]?.alone ?? null,
      maxAbs,
      outside,
      total,
      first,
    },
  ]);
  const { alone, sentence } = own;
  return {
    own: {
      alone,
      sentence: renderText(sentence),
      verdicts: Object.fromEntries(verdicts) as object,
    },
  };
}

function verdictsJson(verdicts: readonly VerdictView[]): object {
  return Object.fromEntries(
    verdicts.map((verdict) => [
      verdict.name,
      {
        verdict: verdict.verdict,
        maxAbs: verdict.maxAbs,
        maxRel: verdict.maxRel,
        outside: verdict.outside,
        total: verdict.total,
        first: verdict.first ?? verdict.firstElement ?? null,
        referenceError: verdict.referenceError,
        ...(verdict.readAs === undefined ? {} : { readAs: renderText(verdict.readAs) }),
        ...(verdict.verdict === "cannot-compare"
          ? {
              shape: verdict.expected,
              referenceShape: verdict.found,
              sentence: renderText(verdict.sentence),
            }
          : {}),
        hints: verdict.hints.map((hint) => renderText(hint)),
      },
    ]),
  );
}
