/**
 * What the user's own implementation gave, loaded as a reference of the same run would be.
 */
import { text, type Text } from "../../core/text";
import type { RunSpec } from "../spec/spec";
import type { ArchiveFiles } from "./tensors/chooseTensor";
import { loadRun, type LoadedRun } from "./load";

/** The user's tensors and what was noted about them alone. */
export interface LoadedOwn {
  /** The run with them as its reference. */
  readonly run: LoadedRun;
  readonly notes: readonly Text[];
}

/**
 * Loads the tensors under `own`, in the layout that the run has; null where there are none.
 * @throws the readers' errors; NotFoundError when a tensor is not there.
 */
export async function loadOwn(
  spec: RunSpec,
  loaded: LoadedRun,
  files: ArchiveFiles,
): Promise<LoadedOwn | null> {
  const { own, ...rest } = spec;
  if (own === undefined) return null;
  const run = await loadRun(
    {
      ...rest,
      reference: own,
      options: { ...spec.options, batchFirst: loaded.config.batchFirst },
      ...(loaded.lengths === null ? {} : { lengths: loaded.lengths }),
    },
    files,
  );
  const known = new Set(loaded.notes.map((note) => JSON.stringify(note)));
  const notes = run.notes
    .filter((note) => !known.has(JSON.stringify(note)))
    .map((note) => text("of your own output: {0}", note));
  return { run, notes };
}
