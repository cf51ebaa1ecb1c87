/**
 * Adds tensors in PyTorch's names and gate order to an archive, derived from the modules in the file.
 */
import type { Archive } from "../../formats/base/archive";
import type { DeclaredModule } from "../../formats/base/declared";
import { shardHint } from "../shardName";
import { decodeRaw, wholeBox } from "../../tensor/raw";
import type { TensorEntry } from "../../tensor/tensor";
import { deriveKeras } from "./keras";
import { deriveLayouts } from "./byLayout/layouts";
import { deriveOnnx } from "./onnx/onnx";
import { deriveQuantizable } from "./quantizable";
import { deriveReparametrized } from "./reparametrized";
import { deriveSpelled } from "./spelled";
import type { DerivedEntry, DerivedModules } from "./base/derived";
import type { ModuleFacts } from "../facts";
import { findModules, type RecurrentModule } from "../find/find";
import { recurrentSources } from "../find/layerIndex";
import { leftoverSentences } from "../find/leftovers";
import { torchFacts } from "./torchFacts";

/** An archive with its derived entries behind its own, and the recurrent modules among them. */
export interface ModuleArchive extends Archive {
  readonly modules: readonly RecurrentModule[];
}

/** Finds the modules of an archive without reading values. `file` is its name in sentences. */
export function withModules(file: string, archive: Archive): ModuleArchive {
  const declared = [deriveTorch(archive), deriveKeras(archive), deriveOnnx(archive)];
  const recognised = deriveLayouts(archive, sourcesOf(archive, declared));
  const taken = sourcesOf(archive, [recognised]);
  const derived = [...declared.map((each) => without(each, taken)), recognised];
  const made = derived.flatMap(({ entries }) => entries);
  const whole = withEntries(file, archive, made);
  const facts = new Map(derived.flatMap((each) => [...each.facts]));
  const found = findModules(whole.entries, facts).filter((module) => !isOther(module, recognised));
  const hint = [shardHint(file)].filter((each) => each !== null);
  return {
    ...whole,
    notes: [...hint, ...archive.notes],
    modules: withLeftovers(
      archive.entries,
      found,
      made.map(({ entry }) => entry),
    ),
  };
}

/** An archive with derived entries behind its own, which are computed when they are read. */
export function withEntries(
  file: string,
  archive: Archive,
  derived: readonly DerivedEntry[],
): Archive {
  if (derived.length === 0) return archive;
  const made = new Map<TensorEntry, DerivedEntry>(derived.map((each) => [each.entry, each]));
  return {
    ...archive,
    entries: [...archive.entries, ...made.keys()],
    readBox: (entry, box) => made.get(entry)?.readBox(box) ?? archive.readBox(entry, box),
    read: async (entry) => {
      const own = made.get(entry);
      if (own === undefined) return archive.read(entry);
      return decodeRaw(await own.readBox(wholeBox(entry.shape)), `${file}: ${entry.name}`);
    },
  };
}

/** Names of the tensors that parameters of recurrent modules are made of, and of those that these were computed from. */
function sourcesOf(archive: Archive, derived: readonly DerivedModules[]): ReadonlySet<string> {
  const sources = new Set(
    recurrentSources(derived.flatMap(({ entries }) => entries.map(({ entry }) => entry))),
  );
  if (sources.size === 0) return sources;
  const origins = new Map(archive.entries.map(({ name, origin }) => [name, origin?.from ?? []]));
  // A set gives what is added to it while it is walked.
  for (const name of sources) for (const from of origins.get(name) ?? []) sources.add(from);
  return sources;
}

/** Without what is made of `taken`, such as a kernel of TensorFlow 1 that looks like one of a dense layer of Keras. */
function without(derived: DerivedModules, taken: ReadonlySet<string>): DerivedModules {
  const isKept = ({ entry }: DerivedEntry): boolean =>
    entry.origin?.from.some((name) => taken.has(name)) !== true;
  return { ...derived, entries: derived.entries.filter(isKept) };
}

/** True for a cell of PyTorch by its names that is one of another framework, such as Equinox'. */
function isOther({ prefix, config }: RecurrentModule, { facts }: DerivedModules): boolean {
  const { framework = "PyTorch" } = facts.get(prefix) ?? {};
  return config.isCellClass && framework !== "PyTorch";
}

/** Adds to each module of PyTorch a note about its tensors that a run does not use. */
function withLeftovers(
  entries: readonly TensorEntry[],
  modules: readonly RecurrentModule[],
  derived: Iterable<TensorEntry>,
): readonly RecurrentModule[] {
  const used = new Set([...derived].flatMap(({ origin }) => origin?.from ?? []));
  const own = modules.filter(
    ({ facts }) => facts.framework === "PyTorch" || facts.remarks !== undefined,
  );
  const sentences = leftoverSentences(entries, own, used);
  return modules.map((module) => {
    const sentence = sentences.get(module.prefix);
    if (sentence === undefined) return module;
    const { facts } = module;
    return { ...module, facts: { ...facts, departures: [...facts.departures, sentence] } };
  });
}

/** PyTorch's own modules need derived tensors only for weights that are computed in every forward. */
function deriveTorch(archive: Archive): DerivedModules {
  const facts = new Map<string, ModuleFacts>();
  for (const module of archive.declared) {
    if (isRecurrentTorch(module)) facts.set(module.prefix, torchFacts(module));
  }
  const entries = [
    ...deriveSpelled(archive),
    ...deriveQuantizable(archive),
    ...deriveReparametrized(archive),
  ];
  return { entries, facts };
}

function isRecurrentTorch(
  module: DeclaredModule,
): module is Extract<DeclaredModule, { framework: "pytorch" }> {
  return module.framework === "pytorch" && /^(?:RNN|LSTM|GRU)(?:Cell)?$/.test(module.className);
}
