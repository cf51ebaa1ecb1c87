/**
 * The table of contents of an archive: its entries and recurrent modules.
 */
import type { Archive } from "../../formats/base/archive";
import { packedNames } from "../../formats/base/packed";
import { withMappedModule, type GivenMap } from "../../model/assign/mapped";
import { withModules } from "../../model/derive/derive";
import { givenSentences } from "../../model/given";
import { lookAlike } from "../../model/find/lookAlike";
import type { ArchiveView } from "../../protocol/run/workerMessages";
import { linesOf } from "./moduleLines";

/** Describes an opened archive; `file` is the name shown, the module of a given map stands first. Reads no tensor data. */
export function inspectArchive(
  file: string,
  archive: Archive,
  given: GivenMap | null = null,
): ArchiveView {
  const recognised = withModules(file, archive);
  const opened = given === null ? recognised : withMappedModule(file, recognised, given);
  const { entries, notes, modules: found } = opened;
  const describe = linesOf(opened);
  const modules = found.map((module) => {
    const { config, facts } = module;
    const lines = describe(module);
    return {
      ...lines,
      config,
      departures: [...lines.departures, ...facts.refusals, ...givenSentences(facts.given)],
    };
  });
  // A message must hold plain data, and a reader's entries may carry more than their description.
  const listed = entries.map(({ name, dtype, shape, byteLength, origin }) => ({
    name,
    dtype,
    shape,
    byteLength,
    ...(origin === undefined ? {} : { origin }),
  }));
  const packed = packedNames(archive);
  return {
    file,
    format: archive.format,
    entries: listed,
    modules,
    notes,
    lookAlike: modules.length === 0 ? lookAlike(entries) : null,
    ...(packed.length === 0 ? {} : { packed }),
    ...(archive.testSet === undefined ? {} : { isTestSet: true as const }),
  };
}
