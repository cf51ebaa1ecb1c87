/**
 * From a run written down to tensors in memory: opens the files, finds the module and the tensors, infers what was
 * left out.
 */
import { NotFoundError, UnsupportedError } from "../errors";
import type { Archive } from "../formats/archive";
import type { RecurrentConfig } from "../model/config";
import { hasInputShape, impliedBatchFirst, usualH0Names } from "../model/fit";
import { findModules, type RecurrentModule } from "../model/find";
import { parseTensorRef, type Precision, type RunSpec, type TensorRef } from "../runSpec";
import { formatShape, type Tensor, type TensorEntry } from "../tensor/tensor";
import { text, type Text } from "../text";

/** Opens the files that a run names; the same location gives the same archive within one run. */
export interface ArchiveFiles {
  open(location: string): Promise<Archive>;
}

/** A run's tensors, not yet checked against each other. */
export interface LoadedRun {
  readonly module: RecurrentModule;
  readonly modules: readonly RecurrentModule[];
  readonly config: RecurrentConfig;
  readonly precision: Precision;
  readonly weights: Archive;
  readonly input: Tensor;
  readonly h0: Tensor | null;
  readonly lengths: readonly number[] | null;
  readonly reference: { readonly output: Tensor | null; readonly hn: Tensor | null };
  /** What was assumed or inferred, one sentence each. */
  readonly notes: readonly Text[];
}

/**
 * Loads what `spec` names.
 * @throws the readers' errors; NotFoundError when a module or tensor is not there.
 */
export async function loadRun(spec: RunSpec, files: ArchiveFiles): Promise<LoadedRun> {
  const notes: Text[] = [];
  const weights = await files.open(spec.weights.file);
  const modules = findModules(weights.entries);
  const module = chooseModule(spec, weights, modules, notes);
  const tensors = await readTensors(spec, files, module.config);
  const config = completeConfig(spec, module.config, tensors, notes);
  if (config.cell !== "LSTM" && (spec.c0 ?? spec.reference?.c_n) !== undefined) {
    notes.push(text("c0 and c_n are not used: nn.{0} has no cell state", config.cell));
  }
  noteCoarseReference(tensors.reference, notes);
  return {
    module,
    modules,
    config,
    precision: spec.options?.precision ?? defaultPrecision(module, weights),
    weights,
    ...tensors,
    notes: [...weights.notes, ...notes],
  };
}

type RunTensors = Pick<LoadedRun, "input" | "h0" | "lengths" | "reference">;

/** Reads everything but the weights, by name or by what tensors of that part are usually called. */
async function readTensors(
  spec: RunSpec,
  files: ArchiveFiles,
  config: RecurrentConfig,
): Promise<RunTensors> {
  const fits = ({ shape }: TensorEntry): boolean => hasInputShape(config, shape);
  return {
    input: await readTensor(spec.input, files, fits, ["input", "x", "inputs"]),
    h0: await readOptional(spec.h0, files, usualH0Names),
    lengths: await readLengths(spec.lengths, files),
    reference: {
      output: await readOptional(spec.reference?.output, files, ["output", "out", "y"]),
      hn: await readOptional(spec.reference?.h_n, files, ["h_n", "hn", "hidden"]),
    },
  };
}

/** The module with what its weights do not tell: as given, as inferred, or PyTorch's default with a note. */
function completeConfig(
  spec: RunSpec,
  config: RecurrentConfig,
  tensors: RunTensors,
  notes: Text[],
): RecurrentConfig {
  const { input, h0, reference } = tensors;
  const batchFirst = resolveBatchFirst(spec, config, { input, h0, hn: reference.hn }, notes);
  const nonlinearity = spec.options?.nonlinearity ?? "tanh";
  if (config.cell === "RNN" && spec.options?.nonlinearity === undefined) {
    notes.push(text("nonlinearity = tanh is assumed, the weights do not tell"));
  }
  return { ...config, batchFirst, nonlinearity };
}

/** A network that computed in a 16-bit type rounded every step to it; the run does not. */
function noteCoarseReference({ output, hn }: LoadedRun["reference"], notes: Text[]): void {
  const dtype = output?.dtype ?? hn?.dtype;
  if (dtype !== "float16" && dtype !== "bfloat16") return;
  notes.push(
    text(
      "the reference is {0}, the run is not: a network that computes in {0} rounds at every step, and the tolerance allows for one rounding only",
      dtype,
    ),
  );
}

/** What sentences and labels call a file: its base name. */
export function baseName(location: string): string {
  const name = location.slice(Math.max(location.lastIndexOf("/"), location.lastIndexOf("\\")) + 1);
  try {
    return /^[a-z][a-z0-9+.-]+:\/\//i.test(location) ? decodeURIComponent(name) : name;
  } catch {
    return name;
  }
}

function chooseModule(
  spec: RunSpec,
  weights: Archive,
  modules: readonly RecurrentModule[],
  notes: Text[],
): RecurrentModule {
  const file = baseName(spec.weights.file);
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
  const bare = (prefix: string): string => prefix.replace(/[./]$/, "");
  const exact = modules.find(({ prefix }) => bare(prefix) === bare(wanted));
  const ending = modules.filter(({ prefix }) => bare(prefix).endsWith(`.${bare(wanted)}`));
  const found = exact ?? (ending.length === 1 ? ending[0] : undefined);
  if (found === undefined) {
    const prefixes = modules.map(({ prefix }) => (prefix === "" ? '""' : prefix));
    throw new NotFoundError(file, text("there is no module {0}", wanted), prefixes);
  }
  return found;
}

async function readOptional(
  ref: TensorRef | undefined,
  files: ArchiveFiles,
  names: readonly string[],
): Promise<Tensor | null> {
  return ref === undefined ? null : readTensor(ref, files, () => false, names);
}

/** Reads `file#tensor`; without a name the only entry, the one with a usual name, or the only one that fits. */
async function readTensor(
  ref: TensorRef,
  files: ArchiveFiles,
  fits: (entry: TensorEntry) => boolean,
  usualNames: readonly string[],
): Promise<Tensor> {
  const { file, tensor } = parseTensorRef(ref);
  const archive = await files.open(file);
  const { entries } = archive;
  const byName = (name: string): TensorEntry | undefined =>
    entries.find((entry) => entry.name === name);
  const describe = entries.map(({ name, shape }) => `${name} ${formatShape(shape)}`);
  if (tensor !== undefined && tensor !== "") {
    const entry = byName(tensor);
    if (entry !== undefined) return archive.read(entry);
    throw new NotFoundError(baseName(file), text("there is no tensor {0}", tensor), describe);
  }
  const fitting = entries.filter(fits);
  const entry =
    (entries.length === 1 ? entries[0] : undefined) ??
    usualNames.map(byName).find((named) => named !== undefined) ??
    (fitting.length === 1 ? fitting[0] : undefined);
  if (entry !== undefined) return archive.read(entry);
  const missing =
    entries.length === 0
      ? text("it holds no tensor")
      : text("say which tensor is meant, as {0}", `${baseName(file)}#${entries[0]?.name ?? ""}`);
  throw new NotFoundError(baseName(file), missing, describe);
}

async function readLengths(
  lengths: RunSpec["lengths"],
  files: ArchiveFiles,
): Promise<readonly number[] | null> {
  if (lengths === undefined) return null;
  if (typeof lengths !== "string") return lengths;
  const { data } = await readTensor(lengths, files, () => false, ["lengths"]);
  const bad = data.find((length) => !Number.isFinite(length));
  if (bad !== undefined) {
    const { file } = parseTensorRef(lengths);
    const problem = text("a length is {0}, lengths are whole numbers", String(bad));
    throw new UnsupportedError(baseName(file), problem);
  }
  return Array.from(data);
}

/** batch_first as given, else as the batch axis of h0 or h_n gives it away, else PyTorch's default. */
function resolveBatchFirst(
  spec: RunSpec,
  config: RecurrentConfig,
  tensors: { input: Tensor; h0: Tensor | null; hn: Tensor | null },
  notes: Text[],
): boolean {
  if (spec.options?.batchFirst !== undefined) return spec.options.batchFirst;
  const { shape } = tensors.input;
  if (shape.length !== 3) return false;
  for (const [name, state] of [
    [text("h0"), tensors.h0],
    [text("h_n of the reference"), tensors.hn],
  ] as const) {
    const inferred =
      state === null ? undefined : impliedBatchFirst(config, shape, { state: state.shape });
    if (inferred === undefined) continue;
    notes.push(text("batch_first = {0} follows from {1}", inferred ? "True" : "False", name));
    return inferred;
  }
  notes.push(text("batch_first = False is assumed, the files do not tell"));
  return false;
}

/** float64 weights run in float64, as PyTorch runs them; numbers in JSON have no dtype and count as float32. */
function defaultPrecision(module: RecurrentModule, weights: Archive): Precision {
  if (weights.format === "json") return "f32";
  const dtypes = [...module.entries.values()].map(({ dtype }) => dtype);
  return dtypes.every((dtype) => dtype === "float64") ? "f64" : "f32";
}
