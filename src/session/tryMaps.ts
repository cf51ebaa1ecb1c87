/**
 * Maps of a weights file run on an input and compared with a reference, to find the one that reproduces it.
 */
import type { RunControl } from "../core/control";
import type { MapGuess, MapTrials } from "../protocol/archive/assignMessages";
import type { ArchiveFiles } from "../run/load/chooseTensor";
import type { RunSpec } from "../run/spec/spec";

export function tryMaps(
  spec: RunSpec,
  guesses: readonly MapGuess[],
  files: ArchiveFiles,
  control: RunControl,
): Promise<MapTrials> {
  throw new Error(
    `to be merged ${spec.input} ${guesses.length} ${String(files)} ${String(control)}`,
  );
}
