/**
 * Problems of run files whose named files lack what they name; some files are not checked before the run. Without VS
 * Code.
 */
import { isUnrollError, NotFoundError } from "../../core/errors";
import type { ArchiveView } from "../../protocol/run/workerMessages";
import type { RunFileProblem } from "../../run/spec/file";
import { formatTensorRef } from "../../run/spec/spec";
import { chooseModule } from "../../run/load/chooseModule";
import { text } from "../../core/text";
import type { FileReference } from "./references";

/** Names offered in the place of one that a file does not hold. */
const MAX_REPLACEMENTS = 8;

/** Files elsewhere are not read before the run is opened, so their problems are not known until then. */
export function outsideProblem({ name, offset, length }: FileReference): RunFileProblem {
  const message = text(
    "{0} lies outside the folder, so it is not checked here: it is read when the run is opened",
    name,
  );
  return { message, offset, length, severity: "information", replacements: [] };
}

/** The problem of a tensor that its file does not hold. */
export function tensorProblems(
  { name, tensor, offset, length }: FileReference,
  { file, entries, packed = [] }: ArchiveView,
): RunFileProblem[] {
  if (tensor === undefined || packed.includes(tensor)) return [];
  if (entries.some((entry) => entry.name === tensor)) return [];
  const names = entries.map((entry) => entry.name);
  const missing = new NotFoundError(file, text("there is no tensor {0}", tensor), names);
  const { text: message, data } = missing;
  const replacements = (data.candidates ?? [])
    .slice(0, MAX_REPLACEMENTS)
    .map((entry) => JSON.stringify(formatTensorRef(name, entry)));
  return [{ message, offset, length, severity: "error", replacements }];
}

/** The problem of a module that the weights do not hold, in the sentence that the run would end with. */
export function moduleProblems({ module }: FileReference, view: ArchiveView): RunFileProblem[] {
  if (module === undefined) return [];
  const { name, offset, length, written } = module;
  try {
    chooseModule(view.file, view, name);
    return [];
  } catch (error) {
    if (!isUnrollError(error)) throw error;
    const replacements = view.modules
      .slice(0, MAX_REPLACEMENTS)
      .map(({ prefix }) => JSON.stringify(written(prefix)));
    return [{ message: error.text, offset, length, severity: "error", replacements }];
  }
}
