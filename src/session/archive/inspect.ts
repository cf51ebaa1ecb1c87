/**
 * The table of contents of an archive: its entries and recurrent modules.
 */
import type { Archive } from "../../formats/base/archive";
import { packedNames } from "../../formats/base/packed";
import { withMappedModule, type GivenMap } from "../../model/assign/mapped";
import { constructorLine } from "../../model/config";
import { withModules } from "../../model/derive/derive";
import { givenSentences } from "../../model/given";
import { remarksOf } from "../../model/facts";
import { incompleteness, unknownArguments } from "../../model/find/find";
import { LayersBeside } from "../../model/find/layersBeside";
import { LayerIndex } from "../../model/find/layerIndex";
import { lookAlike } from "../../model/find/lookAlike";
import { departures } from "../../model/variant";
import { embeddingLine, findSurrounding, linearLine } from "../../model/find/surrounding";
import type { ArchiveView } from "../../protocol/run/workerMessages";

/** Describes an opened archive; `file` is the name shown, the module of a given map stands first. Reads no tensor data. */
export function inspectArchive(
  file: string,
  archive: Archive,
  given: GivenMap | null = null,
): ArchiveView {
  const recognised = withModules(file, archive);
  const opened = given === null ? recognised : withMappedModule(file, recognised, given);
  const { entries, notes, modules: found } = opened;
  const layers = new LayerIndex(entries);
  const beside = new LayersBeside(opened);
  const modules = found.map((module) => {
    const { embedding, linear } = findSurrounding(layers, module);
    const { prefix, config, facts } = module;
    return {
      prefix,
      config,
      constructorLine: constructorLine(config, facts.dropout),
      unknown: unknownArguments(module),
      departures: [
        ...incompleteness(module),
        ...departures(config),
        ...facts.departures,
        ...facts.refusals,
        ...givenSentences(facts.given),
      ],
      remarks: [
        ...remarksOf(facts, {}),
        ...beside.around(module, [embedding?.name ?? null, linear?.name ?? null]),
      ],
      framework: facts.framework,
      embedding: embedding === null ? null : embeddingLine(embedding),
      linear: linear === null ? null : linearLine(linear),
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
