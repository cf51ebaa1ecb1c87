/**
 * The notes of the files that a run opens besides its weights: what their readers took for granted.
 */
import { baseName } from "../../core/baseName";
import { text, type Text } from "../../core/text";
import type { Archive } from "../../formats/base/archive";
import { besideOf } from "./besideOf";
import type { ArchiveFiles } from "./tensors/chooseTensor";

/** Files that remember what was opened. */
export interface NotedFiles extends ArchiveFiles {
  /** The notes of what was opened, each file once, `weights` left out; each note is said of its file. */
  notes(weights: Archive): readonly Text[];
}

/** `files`, remembering what is opened. */
export function notedFiles(files: ArchiveFiles): NotedFiles {
  const opened = new Map<string, Archive>();
  return {
    ...besideOf(files),
    open: async (location) => {
      const archive = await files.open(location);
      opened.set(location, archive);
      return archive;
    },
    notes: (weights) => {
      const locations = [...opened].filter(([, { entries }]) => entries !== weights.entries);
      return locations.flatMap(([location, { notes }]) =>
        notes.map((note) => text("{0}: {1}", baseName(location), note)),
      );
    },
  };
}
