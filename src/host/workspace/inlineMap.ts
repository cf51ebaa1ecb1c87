/**
 * The map of a run's weights, read where it stands in a file of its own.
 */
import type { ModuleMap } from "../../model/assign/map";
import { readMap } from "../../run/load/readMap";
import type { RunSpec } from "../../run/spec/spec";
import { readBytes } from "./readBytes";

/** undefined where the run has none. @throws FormatError for what is no map; what reading throws. */
export async function inlineMap({
  weights,
}: Pick<RunSpec, "weights">): Promise<ModuleMap | undefined> {
  const { map } = weights;
  if (typeof map !== "string") return map;
  const text = async (location: string): Promise<string> =>
    new TextDecoder().decode(await readBytes(location));
  const open = (): never => {
    throw new Error("a map is text");
  };
  return (await readMap(map, { open, text })).map;
}
