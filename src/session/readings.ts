/**
 * Runs that name none of several modules that could be meant: readings of the same tensors, such as two orders of
 * gates; or modules of the same sizes, such as weights and their averages. The one that reproduces the reference runs.
 */
import { baseName } from "../core/baseName";
import type { RunControl } from "../core/control";
import { CancelledError, isUnrollError } from "../core/errors";
import { text, type Text } from "../core/text";
import { chooseEngine } from "../engine/choose";
import { constructorLine } from "../model/config";
import { withModules } from "../model/derive/derive";
import type { RecurrentModule } from "../model/find/find";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import type { RunSpec } from "../run/spec/spec";
import { rankByReference } from "./assign/rank";

/** Modules of one file that are run. */
const maxTried = 8;

/** Time after which no further one is run: a run is waited for. */
const maxMilliseconds = 2000;

/** A run, and what is said of the module that was chosen for it. */
interface SettledRun {
  readonly spec: RunSpec;
  readonly notes: readonly Text[];
}

/**
 * The run with the module that reproduces its reference, where that is not the first one. A run that names its module,
 * or has no reference, stays as it is.
 * @throws what opening the weights throws, CancelledError.
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
  const [first, ...others] = meantBy(modules);
  if (first === undefined || others.length === 0) return asItIs;
  const meant = [first, ...others];
  const module = await reproducing(spec, meant, files, control);
  if (module === null || module === first.prefix) return asItIs;
  return {
    spec: { ...spec, weights: { ...weights, module } },
    notes: [
      text(
        "{0} is shown: of the {1} modules that could be meant it is the one that reproduces the reference",
        module === "" ? text("(no prefix)") : module,
        meant.length,
      ),
    ],
  };
}

/** The prefix of the module that reproduces the reference as the run would compute it; null where none does. */
async function reproducing(
  spec: RunSpec,
  modules: readonly RecurrentModule[],
  files: ArchiveFiles,
  control: RunControl,
): Promise<string | null> {
  const candidates = modules.map(({ prefix }) => ({ module: prefix }));
  const means = { control, createEngine: chooseEngine, maxMilliseconds };
  const ranking = await rankByReference(spec, candidates, files, means).catch((error: unknown) => {
    // What keeps a run from being made is said where it is made.
    if (isUnrollError(error) && !(error instanceof CancelledError)) return null;
    throw error;
  });
  const [best] = ranking?.ranked ?? [];
  if (best?.reproduces !== true || !("module" in best.origin)) return null;
  const { module } = best.origin;
  const own = modules.find(({ prefix }) => prefix === module)?.config.nonlinearity;
  const said = spec.options?.nonlinearity ?? own;
  return best.nonlinearity === null || best.nonlinearity === said ? module : null;
}

/** The first module, and those that are made of the same tensors, or have the same sizes. */
function meantBy(modules: readonly RecurrentModule[]): readonly RecurrentModule[] {
  const [first, ...others] = modules;
  if (first === undefined) return [];
  const own = sourcesOf(first);
  const line = constructorLine(first.config);
  const isMeant = (module: RecurrentModule): boolean => {
    const sources = sourcesOf(module);
    const isReading = own.size > 0 && [...own].every((name) => sources.has(name));
    return isReading || constructorLine(module.config) === line;
  };
  return [first, ...others.filter(isMeant)].slice(0, maxTried);
}

/** Names of the tensors of the file that a module is made of. */
function sourcesOf({ entries }: RecurrentModule): ReadonlySet<string> {
  return new Set([...entries.values()].flatMap(({ origin }) => origin?.from ?? []));
}
