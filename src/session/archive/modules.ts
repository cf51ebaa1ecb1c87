/**
 * The modules of an archive as the tensor editor lists them.
 */
import type { ModuleArchive } from "../../model/derive/derive";
import type { RecurrentModule } from "../../model/find/find";
import { eachParameter, parameterNamed, type Parameter } from "../../model/parameters";
import type { ModuleSummary } from "../../protocol/archive/messages";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { linesOf } from "./moduleLines";

/** A file that names more modules is no network; the rest are shown as groups. */
const maxModules = 1000;

/** A module with its entries, in PyTorch's order. */
export interface ArchiveModule {
  readonly module: RecurrentModule;
  readonly summary: ModuleSummary;
  readonly entries: readonly TensorEntry[];
}

/** The modules of an archive. */
export function modulesOf(archive: ModuleArchive): ArchiveModule[] {
  const describe = linesOf(archive);
  return archive.modules.slice(0, maxModules).map((module) => {
    const entries = inOrder(module);
    return {
      module,
      entries,
      summary: {
        ...describe(module),
        parameters: entries.reduce((sum, { shape }) => sum + elementCount(shape), 0),
        entries: entries.map(({ name }) => name),
      },
    };
  });
}

/** The parameter that an entry of a module is; undefined for one that PyTorch does not know. */
export function parameterOf({ module }: ArchiveModule, entry: TensorEntry): Parameter | undefined {
  return parameterNamed(module.config, entry.name.slice(module.prefix.length));
}

/** PyTorch's parameters in their order first, then other tensors with names of parameters. */
function inOrder({ config, entries }: RecurrentModule): TensorEntry[] {
  const known = new Set<TensorEntry>();
  // A module may lack most of the layers that one name claims.
  let missing = 0;
  for (const { name } of eachParameter(config)) {
    const entry = entries.get(name);
    if (entry !== undefined) known.add(entry);
    else if ((missing += 1) > entries.size) break;
  }
  return [...new Set([...known, ...entries.values()])];
}
