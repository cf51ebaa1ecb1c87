/**
 * Loads a run: opens its files, finds the module and the tensors, and infers missing options.
 */
import type { Archive } from "../../formats/base/archive";
import type { RecurrentConfig } from "../../model/config";
import { withModules, type ModuleArchive } from "../../model/derive/derive";
import type { RecurrentModule } from "../../model/find/find";
import type { Precision, RunSpec } from "../spec/spec";
import type { Tensor } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { completeConfig, noteAssumedStates, noteCoarseReference } from "./assumptions";
import { baseName } from "../../core/baseName";
import { chooseModule } from "./chooseModule";
import type { LoadedSurrounding } from "./loadedSurrounding";
import { chooseSurrounding, completeSurrounding, embedInput } from "./surrounding";
import { readVocabulary, type Vocabulary } from "./vocabulary";
import { repeatInput } from "./repeatInput";
import type { ArchiveFiles } from "./tensors/chooseTensor";
import { fitReferences } from "./fitReferences";
import { fromGraph, type LoadedGraph } from "./graph/fromGraph";
import { fromKerasLayout } from "./tensors/kerasLayouts";
import { takeLengths } from "./tensors/lengths";
import { notedFiles } from "./notedFiles";
import { fromNodeLayout } from "./tensors/nodeLayouts";
import { withOwnTensors, type OwnEntries } from "./tensors/ownTensors";
import { mappedWeights } from "./readMap";
import { readRunTensors, type ReadTensors, type RunTensors } from "./tensors/runTensors";
import { loadStates, type LoadedStates } from "./states";
import { referenceTensors, sourcesOf, takeInput, takeOutput } from "./tensors/sequences";

/** A run's tensors, not yet checked against each other. `input` is that of layer 0: tokens are embedded already. */
export interface LoadedRun extends RunTensors {
  readonly module: RecurrentModule;
  readonly modules: readonly RecurrentModule[];
  readonly config: RecurrentConfig;
  readonly precision: Precision;
  readonly weights: Archive;
  /** The references as their files have them, before axes of size 1 were taken out or put in. */
  readonly givenReference: RunTensors["reference"];
  /** The layers that run around the module. */
  readonly surrounding: LoadedSurrounding;
  /** The words of tokens; null where no file names them. */
  readonly vocabulary: Vocabulary | null;
  /** The names of classes, by their logits; null where no file names them. */
  readonly classes: Vocabulary | null;
  /** The states inside the layers that it is compared with; null when none are given. */
  readonly states: LoadedStates | null;
  /** Why a run would not compute what the file describes. */
  readonly refusals: readonly Text[];
  /** The states and lengths that are the weights file's own. */
  readonly own: OwnEntries;
  /** Without its folder. */
  readonly weightsFile: string;
  /** File and tensor of each reference. */
  readonly sources: ReturnType<typeof sourcesOf>;
  /** The whole model, where the run's input is the model's; else null. */
  readonly graph: LoadedGraph | null;
  /** Assumptions and inferences, one sentence each. */
  readonly notes: readonly Text[];
}

/**
 * Loads the files and tensors that `spec` names.
 * @throws the readers' errors; NotFoundError when a module or tensor is not there.
 */
export async function loadRun(written: RunSpec, at: ArchiveFiles): Promise<LoadedRun> {
  const notes: Text[] = [];
  const noted = notedFiles(at);
  const opened = await noted.open(written.weights.file);
  const found = withModules(baseName(written.weights.file), opened);
  const weights = await mappedWeights(written.weights, found, noted);
  const module = takeModule(written, weights, notes);
  const asked = { spec: written, weights, module };
  const { spec, files, graph } = await fromGraph(asked, noted, notes);
  const layers = chooseSurrounding(spec.pipeline ?? {}, weights, module, notes);
  const read = await readRunTensors(spec, files, module.config, notes);
  const precision = spec.options?.precision ?? defaultPrecision(module, weights);
  const known = spec.options?.batchFirst ?? module.facts.batchFirst ?? false;
  const sequence = takeInput(read.input, known, notes);
  const embedded = await embedInput(sequence, layers, weights, { ...module.config, precision });
  const states = { h0: read.h0, c0: read.c0, reference: referenceTensors(read) };
  const laidOut = withPackedLayout(spec, read, known);
  const config = completeConfig(laidOut, module, { ...states, input: embedded.input }, notes);
  const input = repeated(embedded.input, config, spec, notes);
  const layout = { shape: input.shape, batchFirst: config.batchFirst };
  const lengths = takeLengths(read, layout, notes);
  const output = takeOutput(read.reference.output, layout, notes);
  const taken = { ...states, input, lengths, reference: { ...states.reference, output } };
  const frame = { spec, config, module, weights };
  const { own, refusals, ...begun } = await withOwnTensors(
    frame,
    { ...taken, tokens: embedded.tokens },
    notes,
  );
  const facing = { config, facts: module.facts, notes };
  const tensors = fromKerasLayout(fromNodeLayout({ ...taken, ...begun }, facing, notes), facing);
  noteAssumedStates(spec, config, own, notes);
  noteCoarseReference(tensors.reference, precision, notes);
  const surrounding = await completeSurrounding(
    { spec: spec.pipeline ?? {}, config, precision, ...tensors },
    layers,
    { embedded, weights, notes },
  );
  const inside = { config, input: input.shape };
  const givenReference = { ...tensors.reference, ...surrounding.reference };
  return {
    module,
    modules: weights.modules,
    config,
    precision,
    weights,
    ...tensors,
    reference: fitReferences(givenReference, inside),
    givenReference,
    states: await loadStates(spec.reference?.states, files, inside, notes),
    surrounding,
    ...(await namesOf(spec.pipeline, files)),
    own,
    refusals: [...module.facts.refusals, ...refusals],
    weightsFile: baseName(spec.weights.file),
    sources: sourcesOf(read),
    graph,
    notes: [...weights.notes, ...noted.notes(opened), ...notes],
  };
}

/** A PackedSequence has no layout that could be assumed wrongly. */
function withPackedLayout(spec: RunSpec, { input }: ReadTensors, batchFirst: boolean): RunSpec {
  return input.packed === null ? spec : { ...spec, options: { ...spec.options, batchFirst } };
}

/** The names of tokens and of classes, out of the files that tell them. */
async function namesOf(
  { vocabulary, classes }: RunSpec["pipeline"] = {},
  files: ArchiveFiles,
): Promise<Pick<LoadedRun, "vocabulary" | "classes">> {
  const read = (file: string | undefined): Promise<Vocabulary> | null =>
    file === undefined ? null : readVocabulary(file, files);
  return { vocabulary: await read(vocabulary), classes: await read(classes) };
}

/** The input as often as the run repeats its one step. */
function repeated(
  input: Tensor,
  { batchFirst }: RecurrentConfig,
  { options }: RunSpec,
  notes: Text[],
): Tensor {
  const count = options?.repeat;
  if (count === undefined) return input;
  notes.push(text("the input's one step is given at each of {0} steps", count));
  return repeatInput(input, batchFirst, count);
}

/** Modules that a sentence names. */
const maxNamed = 4;

function takeModule(spec: RunSpec, weights: ModuleArchive, notes: Text[]): RecurrentModule {
  const file = baseName(spec.weights.file);
  const { modules } = weights;
  const wanted = spec.weights.module;
  const module = chooseModule(file, weights, wanted);
  if (wanted === undefined && modules.length > 1) {
    notes.push(othersText(file, modules));
  }
  return module;
}

/** The modules that are not shown, as far as a sentence holds them. */
function othersText(file: string, modules: readonly RecurrentModule[]): Text {
  const others = modules
    .slice(1, 1 + maxNamed)
    .map(({ prefix }) => (prefix === "" ? '""' : prefix.replace(/[./]$/, "")));
  return modules.length > 1 + maxNamed
    ? text(
        "{0} holds {1} modules; the first one is shown, among the others are: {2}",
        file,
        modules.length,
        others,
      )
    : text(
        "{0} holds {1} modules; the first one is shown, the others are: {2}",
        file,
        modules.length,
        others,
      );
}

/** float64 weights run in float64, as PyTorch runs them; numbers in JSON have no dtype and count as float32. */
function defaultPrecision(module: RecurrentModule, weights: Archive): Precision {
  if (weights.format === "json") return "f32";
  const dtypes = [...module.entries.values()].map(({ dtype }) => dtype);
  return dtypes.every((dtype) => dtype === "float64") ? "f64" : "f32";
}
