/**
 * Ranks the tensors that the quick pick offers for each part of a run.
 */
import {
  fitsCell,
  fitsHidden,
  fitsInput,
  fitsLengths,
  fitsOutput,
  fitsTokens,
  impliedBatchFirst,
  usualNames,
} from "../../model/find/fit";
import { returnedList, type ReturnedList } from "../../model/find/returned";
import type { RecurrentConfig } from "../../model/config";
import type { ArchiveView } from "../../protocol/run/workerMessages";
import {
  formatTensorRef,
  type ReferenceSpec,
  type RunSpec,
  type TensorRef,
} from "../../run/spec/spec";
import type { Shape, TensorEntry } from "../../tensor/tensor";
import { defined } from "../base/defined";

/** A file that could be read, and where it lies. */
export interface Candidate {
  readonly location: string;
  readonly archive: ArchiveView;
}

/** A tensor in a file. */
export interface TensorChoice {
  readonly ref: TensorRef;
  readonly entry: TensorEntry;
  readonly fits: boolean;
}

/** A reference, whole or in part. */
export interface ReferenceChoice {
  readonly reference: ReferenceSpec;
  /** The tensors it consists of, by what they are compared with. */
  readonly entries: Readonly<Partial<Record<ReferenceName, TensorEntry>>>;
  readonly fits: boolean;
}

/** States and lengths found beside an input. */
export interface Companions {
  readonly h0?: TensorChoice;
  readonly c0?: TensorChoice;
  readonly lengths?: TensorChoice;
}

export type ReferenceName = keyof ReferenceSpec;

const parameterName = /(^|\.)(weight|bias)(_[a-z]{2}(_l\d+(_reverse)?)?)?$/;
/** What an optimizer keeps for each parameter, in a training checkpoint: `optimizer.state.3.exp_avg`. */
const optimizerStateName = /(^|\.)state\.\d+\.[a-z_]+$/;

/**
 * Tensors of a file as inputs; parameters of modules, and what an optimizer keeps for them, are left out. Tokens fit
 * where an embedding stands before the module.
 */
export function inputChoices(
  config: RecurrentConfig,
  { location, archive }: Candidate,
  hasEmbedding = false,
): TensorChoice[] {
  if (archive.isTestSet === true) return testSetChoices(location, archive);
  const data = isModel(archive)
    ? []
    : archive.entries.filter(
        ({ name }) => !parameterName.test(name) && !optimizerStateName.test(name),
      );
  const stateNames = new Set(["output", "h_n", "c_n", "h0", "c0", "lengths"]);
  return data.map((entry) => ({
    ...choose(location, archive, entry),
    fits:
      (fitsInput(config, entry) || (hasEmbedding && fitsTokens(entry))) &&
      !stateNames.has(entry.name),
  }));
}

/** A folder of test data is one choice: all inputs of a whole model. */
function testSetChoices(location: string, { entries }: ArchiveView): TensorChoice[] {
  const entry = entries.find(({ name }) => name.startsWith("input_"));
  return entry === undefined ? [] : [{ ref: location, entry, fits: true }];
}

/** A model of ONNX or Keras holds weights and constants alone, whatever they are called. */
function isModel({ format, modules }: ArchiveView): boolean {
  return (format === "onnx" || format === "keras") && modules.length > 0;
}

/** The shape of what layer 0 reads: tokens become rows of an embedding. */
export function sequenceShapeOf(
  { inputSize }: RecurrentConfig,
  entry: Pick<TensorEntry, "dtype" | "shape">,
  hasEmbedding: boolean,
): Shape {
  return hasEmbedding && fitsTokens(entry) ? [...entry.shape, inputSize] : entry.shape;
}

/** The references of a file: what it holds under PyTorch's names as one, or each tensor that fits an output. */
export function referenceChoices(
  config: RecurrentConfig,
  input: Shape,
  { location, archive }: Candidate,
): ReferenceChoice[] {
  // What it holds is of a whole model, and is compared where its inputs are taken.
  if (archive.isTestSet === true) return [];
  const fit = {
    output: (entry: TensorEntry) => fitsOutput(config, input, entry),
    h_n: (entry: TensorEntry) => fitsHidden(config, input, entry),
    c_n: (entry: TensorEntry) => fitsCell(config, input, entry),
  };
  const names = ["output", "h_n", ...(config.cell === "LSTM" ? (["c_n"] as const) : [])] as const;
  const named = names.flatMap((name) => {
    const entry = archive.entries.find((each) => each.name === name);
    return entry === undefined ? [] : [{ name, entry }];
  });
  if (named.length > 0) {
    const fits = named.every(({ name, entry }) => fit[name](entry));
    return [referenceOf(location, archive, named, fits)];
  }
  const returned = returnedList(archive.entries, config);
  if (returned !== null) return [returnedChoice(location, archive, returned, fit.output)];
  return archive.entries
    .filter((entry) => !isModel(archive) && fit.output(entry))
    .map((entry) => referenceOf(location, archive, [{ name: "output", entry }], true));
}

/** Initial states and lengths that lie in the input's file under their names, and fit. */
export function companionsOf(
  config: RecurrentConfig,
  input: Shape,
  { location, archive }: Candidate,
): Companions {
  const find = (
    names: readonly string[],
    fits: (entry: TensorEntry) => boolean,
  ): TensorChoice | undefined => {
    const entry = archive.entries.find((each) => names.includes(each.name) && fits(each));
    return entry === undefined ? undefined : choose(location, archive, entry);
  };
  const h0 = find(usualNames.h0, (entry) => fitsHidden(config, input, entry));
  const c0 = find(usualNames.c0, (entry) => fitsCell(config, input, entry));
  const lengths = find(usualNames.lengths, (entry) => fitsLengths(input, entry));
  return defined({ h0, c0, lengths });
}

/** The input that needs no question: the only one that fits, else the only tensor there is. */
export function soleInput(
  config: RecurrentConfig,
  candidate: Candidate,
  hasEmbedding = false,
): TensorChoice | undefined {
  const choices = inputChoices(config, candidate, hasEmbedding);
  const fitting = choices.filter(({ fits }) => fits);
  const likely = fitting.length > 0 ? fitting : choices;
  if (likely.length === 1) return likely[0];
  return likely.find(({ entry }) => entry.name === "x" || entry.name === "input");
}

/** The reference that needs no question: all that fits, else the only tensor, taken for the output. */
export function soleReference(
  config: RecurrentConfig,
  input: Shape,
  candidate: Candidate,
): ReferenceChoice | undefined {
  const [first] = referenceChoices(config, input, candidate);
  if (first !== undefined) return first;
  const { location, archive } = candidate;
  const [entry, ...others] = archive.entries;
  if (entry === undefined || others.length > 0) return undefined;
  return referenceOf(location, archive, [{ name: "output", entry }], false);
}

/** Which of the selected files is what: the first with a module, then by names and shapes. */
export function guessRoles(candidates: readonly Candidate[]): {
  readonly weights?: Candidate;
  readonly input?: Candidate;
  readonly reference?: Candidate;
} {
  const weights = candidates.find(({ archive }) => archive.modules.length > 0);
  const module = weights?.archive.modules[0];
  if (weights === undefined || module === undefined) return {};
  const hasEmbedding = module.embedding !== null;
  const others = candidates.filter((candidate) => candidate !== weights);
  const isReference = ({ archive }: Candidate): boolean =>
    archive.entries.some(({ name }) => ["output", "h_n", "c_n"].includes(name));
  const hasInput = (candidate: Candidate): boolean =>
    inputChoices(module.config, candidate, hasEmbedding).some(({ fits }) => fits);
  const input =
    others.find((candidate) => hasInput(candidate) && !isReference(candidate)) ??
    others.find(hasInput) ??
    others.find((candidate) => !isReference(candidate));
  // One file may hold both, as PyTorch's input and output saved together.
  const reference =
    others.find((candidate) => candidate !== input && isReference(candidate)) ??
    (input !== undefined && isReference(input)
      ? input
      : others.find((candidate) => candidate !== input));
  return defined({ weights, input, reference });
}

/** The run with `batchFirst` set where a state, a length or a final state of the reference tells it. */
export function withImpliedBatch(
  spec: RunSpec,
  config: RecurrentConfig,
  input: Shape,
  known: Parameters<typeof impliedBatchFirst>[2],
): RunSpec {
  const batchFirst = impliedBatchFirst(config, input, known);
  if (batchFirst !== true) return spec;
  return { ...spec, options: { ...spec.options, batchFirst } };
}

/** The one tensor of an .npy file needs no name; that of nested JSON lists has none. */
function choose(location: string, archive: ArchiveView, entry: TensorEntry): TensorChoice {
  const name = archive.format === "npy" || entry.name === "" ? undefined : entry.name;
  return { ref: formatTensorRef(location, name), entry, fits: true };
}

function referenceOf(
  location: string,
  archive: ArchiveView,
  parts: readonly { readonly name: ReferenceName; readonly entry: TensorEntry }[],
  fits: boolean,
): ReferenceChoice {
  const refs = parts.map(({ name, entry }) => [name, choose(location, archive, entry).ref]);
  return {
    reference: Object.fromEntries(refs) as ReferenceSpec,
    entries: Object.fromEntries(parts.map(({ name, entry }) => [name, entry])),
    fits,
  };
}

/** A list as layers of Keras return it: its states are put together when the run is loaded. */
function returnedChoice(
  location: string,
  archive: ArchiveView,
  { output, hn, cn }: ReturnedList,
  fits: (entry: TensorEntry) => boolean,
): ReferenceChoice {
  const ofOutput = output === null ? [] : [{ name: "output" as const, entry: output }];
  const choice = referenceOf(location, archive, ofOutput, output === null || fits(output));
  const [hidden] = hn;
  const [cell] = cn;
  return {
    ...choice,
    reference: {
      ...choice.reference,
      ...(hidden === undefined ? {} : { h_n: location }),
      ...(cell === undefined ? {} : { c_n: location }),
    },
    entries: { ...choice.entries, ...defined({ h_n: hidden, c_n: cell }) },
  };
}
