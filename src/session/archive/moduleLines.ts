/**
 * The lines that describe the modules of an archive, with the layers around them.
 */
import { constructorLine } from "../../model/config";
import type { ModuleArchive } from "../../model/derive/derive";
import { remarksOf } from "../../model/facts";
import { incompleteness, unknownArguments, type RecurrentModule } from "../../model/find/find";
import { LayersBeside } from "../../model/find/layersBeside";
import { LayerIndex } from "../../model/find/layerIndex";
import { embeddingLine, findSurrounding, linearLine } from "../../model/find/surrounding";
import { departures } from "../../model/variant";
import type { ModuleLines } from "../../protocol/moduleLines";

/** Describes modules of this archive, one after another: what is looked for around them is sorted once. */
export function linesOf(archive: ModuleArchive): (module: RecurrentModule) => ModuleLines {
  const layers = new LayerIndex(archive.entries);
  const beside = new LayersBeside(archive);
  return (module) => {
    const { prefix, config, facts } = module;
    const { embedding, linear } = findSurrounding(layers, module);
    return {
      prefix,
      constructorLine: constructorLine(config, facts.dropout),
      unknown: unknownArguments(module),
      departures: [...incompleteness(module), ...departures(config), ...facts.departures],
      remarks: [
        ...remarksOf(facts, {}),
        ...beside.around(module, [embedding?.name ?? null, linear?.name ?? null]),
      ],
      framework: facts.framework,
      embedding: embedding === null ? null : embeddingLine(embedding),
      linear: linear === null ? null : linearLine(linear),
    };
  };
}
