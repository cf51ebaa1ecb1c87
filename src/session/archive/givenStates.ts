/**
 * Initial states of a run, out of their own files, for a module that is exported.
 */
import { constant } from "../../model/export/rearrange";
import type { InitialStates } from "../../model/export/states";
import { usualNames } from "../../model/find/fit";
import type { ModuleExportRequest } from "../../protocol/archive/messages";
import { readSourced, type ArchiveFiles } from "../../run/load/tensors/chooseTensor";
import type { TensorSource } from "../../tensor/source";

/** The states that a request names. @throws the readers' errors; NotFoundError where there is no such tensor. */
export async function givenStates(
  { states = {} }: Pick<ModuleExportRequest, "states">,
  files: ArchiveFiles,
): Promise<InitialStates> {
  const found: Partial<Record<"h0" | "c0", TensorSource>> = {};
  for (const name of ["h0", "c0"] as const) {
    const ref = states[name];
    if (ref === undefined) continue;
    const { tensor } = await readSourced(ref, files, {
      fits: () => false,
      resembles: () => false,
      usual: usualNames[name],
      unpacks: false,
    });
    const { dtype, shape, data } = tensor;
    found[name] = constant(ref, { dtype, shape, values: data });
  }
  return found;
}
