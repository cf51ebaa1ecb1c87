/**
 * From a run written down to tensors in memory: opens the files, finds the module and the tensors, infers what was
 * left out.
 */
import { NotFoundError } from "../errors";
import type { Archive } from "../formats/archive";
import type { RecurrentConfig } from "../model/config";
import { withModules, type ModuleArchive } from "../model/derive";
import { moduleNamed, type RecurrentModule } from "../model/find";
import type { Precision, RunSpec } from "../runSpec";
import type { Tensor } from "../tensor/tensor";
import { text, type Text } from "../text";
import { completeConfig, noteAssumedStates, noteCoarseReference } from "./assumptions";
import { baseName } from "./baseName";
import { choosePipeline, completePipeline, embedInput, type LoadedPipeline } from "./pipeline";
import { repeatInput } from "./repeatInput";
import { fromKerasLayout } from "./kerasLayouts";
import { fromNodeLayout } from "./nodeLayouts";
import { withOwnTensors, type OwnEntries } from "./ownTensors";
import { readRunTensors, type ArchiveFiles, type RunTensors } from "./runTensors";

/** A run's tensors, not yet checked against each other. `input` is what layer 0 reads: tokens arrive embedded. */
export interface LoadedRun extends RunTensors {
  readonly module: RecurrentModule;
  readonly modules: readonly RecurrentModule[];
  readonly config: RecurrentConfig;
  readonly precision: Precision;
  readonly weights: Archive;
  /** What runs around the module. */
  readonly pipeline: LoadedPipeline;
  /** Why a run would not be what the file says. */
  readonly refusals: readonly Text[];
  /** The states and lengths that are the weights file's own. */
  readonly own: OwnEntries;
  /** What was assumed or inferred, one sentence each. */
  readonly notes: readonly Text[];
}

/**
 * Loads what `spec` names.
 * @throws the readers' errors; NotFoundError when a module or tensor is not there.
 */
export async function loadRun(spec: RunSpec, files: ArchiveFiles): Promise<LoadedRun> {
  const notes: Text[] = [];
  const weights = withModules(baseName(spec.weights.file), await files.open(spec.weights.file));
  const { modules } = weights;
  const module = chooseModule(spec, weights, notes);
  const layers = choosePipeline(spec.pipeline ?? {}, weights, module, notes);
  const given = await readRunTensors(spec, files, module.config);
  const precision = spec.options?.precision ?? defaultPrecision(module, weights);
  const { inputSize } = module.config;
  const embedded = await embedInput(given.input, layers, weights, { inputSize, precision });
  const once = { ...given, input: embedded.input };
  const config = completeConfig(spec, module, once, notes);
  const input = repeated(once.input, config, spec, notes);
  const frame = { spec, config, module, weights };
  const { tokens } = embedded;
  const { own, refusals, ...states } = await withOwnTensors(
    frame,
    { ...once, input, tokens },
    notes,
  );
  const layout = { config, facts: module.facts, notes };
  const tensors = fromKerasLayout(
    fromNodeLayout({ ...once, ...states, input }, layout, notes),
    layout,
  );
  noteAssumedStates(spec, config, own, notes);
  noteCoarseReference(tensors.reference, precision, notes);
  const pipeline = await completePipeline(
    { spec: spec.pipeline ?? {}, config, precision, ...tensors },
    layers,
    {
      embedded,
      weights,
      notes,
    },
  );
  return {
    module,
    modules,
    config,
    precision,
    weights,
    ...tensors,
    reference: { ...tensors.reference, ...pipeline.reference },
    pipeline,
    own,
    refusals: [...module.facts.refusals, ...refusals],
    notes: [...weights.notes, ...notes],
  };
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

function chooseModule(spec: RunSpec, weights: ModuleArchive, notes: Text[]): RecurrentModule {
  const file = baseName(spec.weights.file);
  const { modules } = weights;
  const [first] = modules;
  if (first === undefined) {
    const names = weights.entries.map(({ name }) => name);
    const missing = text("no recurrent module found, expected names such as weight_ih_l0");
    throw new NotFoundError(file, missing, names);
  }
  const wanted = spec.weights.module;
  if (wanted === undefined) {
    if (modules.length > 1) {
      notes.push(text("{0} holds {1} modules; the first one is shown", file, modules.length));
    }
    return first;
  }
  const found = moduleNamed(modules, wanted);
  if (found === undefined) {
    const prefixes = modules.map(({ prefix }) => (prefix === "" ? '""' : prefix));
    throw new NotFoundError(file, text("there is no module {0}", wanted), prefixes);
  }
  return found;
}

/** float64 weights run in float64, as PyTorch runs them; numbers in JSON have no dtype and count as float32. */
function defaultPrecision(module: RecurrentModule, weights: Archive): Precision {
  if (weights.format === "json") return "f32";
  const dtypes = [...module.entries.values()].map(({ dtype }) => dtype);
  return dtypes.every((dtype) => dtype === "float64") ? "f64" : "f32";
}
