/**
 * Which tensors of a run are inputs of the whole model, and not of its module.
 */
import { baseName } from "../../../core/baseName";
import { isUnrollError, NotFoundError } from "../../../core/errors";
import { text } from "../../../core/text";
import type { Archive, TestSet, TestTensor } from "../../../formats/base/archive";
import { hasInputShape, fitsTokens } from "../../../model/find/fit";
import type { RecurrentModule } from "../../../model/find/find";
import type { TensorEntry } from "../../../tensor/tensor";
import { parseTensorRef, type RunSpec } from "../../spec/spec";
import type { ArchiveFiles } from "../tensors/chooseTensor";

/** A tensor in a file. */
interface GivenTensor {
  /** As a run names it. */
  readonly file: string;
  readonly archive: Archive;
  readonly entry: TensorEntry;
}

/** What the model is given. */
export interface GivenToGraph {
  /** By the names of the model's inputs. */
  readonly inputs: ReadonlyMap<string, GivenTensor>;
  /** What a folder of test data says the model gives, by the names of its outputs. */
  readonly outputs: ReadonlyMap<string, GivenTensor>;
  /** What the run names as its input. */
  readonly file: string;
}

/** A model, its module and the run. */
export interface GraphFrame {
  readonly spec: RunSpec;
  readonly weights: Archive;
  readonly module: RecurrentModule;
}

/** `input_0.pb` and so on, each an input of a model by its position. */
const testInput = /input_(\d{1,4})\.pb$/;

/**
 * null where the run's input is what the module itself is given.
 * @throws NotFoundError where the model's inputs are meant and one is missing; the readers' errors.
 */
export async function givenToGraph(
  frame: GraphFrame,
  files: ArchiveFiles,
): Promise<GivenToGraph | null> {
  const { spec, weights, module } = frame;
  const { graph } = weights;
  const asked = spec.options?.inputOf;
  const isGraph = graph !== undefined && module.facts.onnxNodes !== undefined;
  if (!isGraph || asked === "module") return null;
  const { file, tensor = "" } = parseTensorRef(spec.input);
  const archive = await files.open(file);
  const set = await testSetOf(archive, file, files, graph.inputs.length);
  const place = { file, archive, tensor };
  const inputs = foundFor(graph.inputs, (name, position) =>
    set === null
      ? namedIn(place, name, graph.inputs.length)
      : positioned(set.inputs, set.places, position, name),
  );
  const missing = graph.inputs.filter((name) => !inputs.has(name));
  const isSure = archive.testSet !== undefined || asked === "graph";
  if (!isSure && (missing.length > 0 || !isMeant(frame, inputs))) return null;
  if (inputs.size === 0 || missing.length > 0) throw notGiven(file, archive, missing);
  const outputs = foundFor(graph.outputs, (name, position) =>
    set === null ? undefined : positioned(set.outputs, set.places, position, name),
  );
  return { inputs, outputs, file };
}

function foundFor(
  names: readonly string[],
  find: (name: string, position: number) => GivenTensor | undefined,
): ReadonlyMap<string, GivenTensor> {
  return new Map(
    names.flatMap((name, position) => {
      const found = find(name, position);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
}

function notGiven(file: string, archive: Archive, missing: readonly string[]): NotFoundError {
  const names = archive.entries.map(({ name }) => name);
  return new NotFoundError(
    baseName(file),
    text("the model's input {0} is not given", missing.slice(0, 4).join(", ")),
    names,
    { data: { file, candidates: names } },
  );
}

/** True for tensors that are called as the model's inputs, and for one that its module does not take. */
function isMeant(
  { weights, module }: GraphFrame,
  inputs: ReadonlyMap<string, GivenTensor>,
): boolean {
  if ([...inputs].every(([name, { entry }]) => entry.name === name)) return true;
  const [first] = inputs.values();
  if (first === undefined || weights.graph?.inputs.length !== 1) return false;
  const { shape } = first.entry;
  const hasEmbedding = module.facts.onnxNodes?.readsFrom === "Gather" && fitsTokens(first.entry);
  return !hasInputShape(module.config, shape) && !hasEmbedding;
}

/** The tensor of an archive that is called as an input, or the only one there is for the only input. */
function namedIn(
  { file, archive, tensor }: { file: string; archive: Archive; tensor: string },
  name: string,
  count: number,
): GivenTensor | undefined {
  const { entries } = archive;
  const called = entries.find((entry) => entry.name === name);
  const meant = tensor === "" ? undefined : entries.find((entry) => entry.name === tensor);
  const only = count === 1 ? (meant ?? (entries.length === 1 ? entries[0] : undefined)) : undefined;
  const entry = only ?? (tensor === "" || count > 1 ? called : undefined);
  return entry && { file, archive, entry };
}

interface FoundSet extends TestSet {
  /** Where a tensor is. */
  readonly places: ReadonlyMap<TensorEntry, Pick<GivenTensor, "file" | "archive">>;
}

/** The set of a folder, or of the files beside `input_0.pb` where a model has several inputs. */
async function testSetOf(
  archive: Archive,
  file: string,
  files: ArchiveFiles,
  count: number,
): Promise<FoundSet | null> {
  if (archive.testSet !== undefined) {
    const places = new Map(archive.entries.map((entry) => [entry, { file, archive }] as const));
    return { ...archive.testSet, places };
  }
  const [, position] = testInput.exec(file) ?? [];
  if (position === undefined || count < 2) return null;
  const places = new Map<TensorEntry, Pick<GivenTensor, "file" | "archive">>();
  const inputs: (TestTensor | null)[] = [];
  for (let at = 0; at < count; at++) {
    const beside = file.replace(testInput, `input_${at}.pb`);
    const found = at === Number(position) ? archive : await openedOrNull(files, beside);
    const [entry] = found?.entries ?? [];
    if (found !== null && entry !== undefined) places.set(entry, { file: beside, archive: found });
    inputs.push(entry === undefined ? null : { entry, name: entry.name });
  }
  return { inputs, outputs: [], places };
}

async function openedOrNull(files: ArchiveFiles, location: string): Promise<Archive | null> {
  try {
    return await files.open(location);
  } catch (error) {
    if (isUnrollError(error) && error.tag === "not-found") return null;
    throw error;
  }
}

/** By its own name, else by its place. */
function positioned(
  tensors: readonly (TestTensor | null)[],
  places: FoundSet["places"],
  position: number,
  name: string,
): GivenTensor | undefined {
  const found = tensors.find((tensor) => tensor?.name === name) ?? tensors[position] ?? null;
  const place = found === null ? undefined : places.get(found.entry);
  return found === null || place === undefined ? undefined : { ...place, entry: found.entry };
}
