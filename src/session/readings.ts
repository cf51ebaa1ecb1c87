/**
 * Tensors that can be read as several modules, where the run names none: the reading that reproduces the reference is
 * the one that runs.
 */
import { baseName } from "../core/baseName";
import { text, type Text } from "../core/text";
import { chooseEngine } from "../engine/choose";
import { withModules } from "../model/derive/derive";
import type { RecurrentModule } from "../model/find/find";
import type { ArchiveFiles } from "../run/load/chooseTensor";
import type { RunSpec } from "../run/spec/spec";
import type { RunControl } from "../core/control";
import { rankByReference } from "./assign/rank";

/** Readings of one file that are run; a file has two or three. */
const maxReadings = 8;

/** A run, and what is said of the module that was chosen for it. */
export interface SettledRun {
  readonly spec: RunSpec;
  readonly notes: readonly Text[];
}

/**
 * The run with the reading of its weights that reproduces its reference, where that is not the first one. A run that
 * names its module, or has no reference, stays as it is.
 * @throws the readers' errors, CancelledError.
 */
export async function settledRun(
  spec: RunSpec,
  files: ArchiveFiles,
  control: RunControl,
): Promise<SettledRun> {
  const asItIs = { spec, notes: [] };
  const { weights, reference = {} } = spec;
  const { output, h_n: hn, c_n: cn } = reference;
  const isCompared = [output, hn, cn].some((each) => each !== undefined);
  if (weights.module !== undefined || weights.map !== undefined || !isCompared) return asItIs;
  const { modules } = withModules(baseName(weights.file), await files.open(weights.file));
  const [first, ...others] = readingsOf(modules);
  if (first === undefined || others.length === 0) return asItIs;
  const candidates = [first, ...others].map(({ prefix }) => ({ module: prefix }));
  const means = { control, createEngine: chooseEngine };
  const { ranked } = await rankByReference(spec, candidates, files, means);
  const [best] = ranked;
  if (best?.reproduces !== true || !("module" in best.origin)) return asItIs;
  const { module } = best.origin;
  if (module === first.prefix) return asItIs;
  return {
    spec: { ...spec, weights: { ...weights, module } },
    notes: [
      text(
        "{0} is shown: of the {1} ways to read these tensors it is the one that reproduces the reference",
        module,
        candidates.length,
      ),
    ],
  };
}

/** The first module, and those that are made of the same tensors. */
function readingsOf(modules: readonly RecurrentModule[]): readonly RecurrentModule[] {
  const [first] = modules;
  if (first === undefined) return [];
  const own = sourcesOf(first);
  if (own.size === 0) return [first];
  const isSame = (module: RecurrentModule): boolean => {
    const sources = sourcesOf(module);
    return [...own].every((name) => sources.has(name));
  };
  return [first, ...modules.slice(1).filter(isSame)].slice(0, maxReadings);
}

/** Names of the tensors of the file that a module is made of. */
function sourcesOf({ entries }: RecurrentModule): ReadonlySet<string> {
  return new Set([...entries.values()].flatMap(({ origin }) => origin?.from ?? []));
}
