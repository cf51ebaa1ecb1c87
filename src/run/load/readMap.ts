/**
 * Reads the map of a run's weights, and adds its module to them.
 */
import { getNodeValue } from "jsonc-parser";
import { baseName } from "../../core/baseName";
import { FormatError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { ModuleMap } from "../../model/assign/map";
import { withMappedModule, type GivenMap } from "../../model/assign/mapped";
import { parseMap, type ParsedMap } from "../../model/assign/parse";
import type { ModuleArchive } from "../../model/derive/derive";
import { runFileTree } from "../spec/fileTree";
import type { RunSpec } from "../spec/spec";
import type { ArchiveFiles } from "./tensors/chooseTensor";

/** The weights with the module of their map, as far as the run has one. @throws what `readMap` and the map's check throw. */
export async function mappedWeights(
  { file, map }: RunSpec["weights"],
  archive: ModuleArchive,
  files: ArchiveFiles,
): Promise<ModuleArchive> {
  if (map === undefined) return archive;
  const given = typeof map === "string" ? await readMap(map, files) : { map: checked(file, map) };
  return withMappedModule(baseName(file), archive, given);
}

/**
 * Reads a map out of a file, JSON with comments.
 * @throws FormatError for what is no map, with the first thing that is wrong; UnsupportedError where no text can be read.
 */
export async function readMap(location: string, files: ArchiveFiles): Promise<GivenMap> {
  const name = baseName(location);
  if (files.text === undefined) throw new UnsupportedError(name, text("maps cannot be read here"));
  const { root, problems } = runFileTree(await files.text(location));
  const [problem] = problems;
  if (problem !== undefined) throw new FormatError(name, problem.message);
  const map = checked(name, root === undefined ? undefined : getNodeValue(root));
  return { map, file: name };
}

/** @throws FormatError for what is no map. */
function checked(file: string, value: unknown): ModuleMap {
  const { map, faults }: ParsedMap = parseMap(value);
  if (map !== null) return map;
  const [fault, ...more] = faults;
  const { path = [], message = text("this is no map of a module") } = fault ?? {};
  const placed = path.length === 0 ? message : text("{0}: {1}", path.join("."), message);
  throw new FormatError(
    file,
    more.length === 0 ? placed : text("{0} (and {1} more)", placed, more.length),
  );
}
