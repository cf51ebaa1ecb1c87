/**
 * Maps of an archive beside the reference of a run, as the dialog of the tensor editor shows them.
 */
import type { RunControl } from "../../core/control";
import { chooseEngine } from "../../engine/choose";
import type { ModuleMap } from "../../model/assign/map";
import type { RankedMaps } from "../../protocol/archive/mapMessages";
import type { ArchiveFiles } from "../../run/load/chooseTensor";
import type { RunSpec } from "../../run/spec/spec";
import { rankByReference, rankingSentence } from "./rank";

/** Ranks maps. @throws what `rankByReference` throws. */
export async function rankedMaps(
  spec: RunSpec,
  maps: readonly ModuleMap[],
  files: ArchiveFiles,
  control: RunControl,
): Promise<RankedMaps> {
  const candidates = maps.map((map) => ({ map }));
  const options = { control, createEngine: chooseEngine };
  const ranking = await rankByReference(spec, candidates, files, options);
  const ranked = ranking.ranked.flatMap(({ candidate, error, reproduces, nonlinearity }) =>
    "map" in candidate ? [{ map: candidate.map, error, reproduces, nonlinearity }] : [],
  );
  return { ranked, sentence: rankingSentence(ranking) };
}
