/**
 * Several archives of one file as one: the names of each get a prefix that says where they are from.
 */
import type { TensorEntry } from "../../tensor/tensor";
import { LimitError } from "../../core/errors";
import type { Text } from "../../core/text";
import { tensorsOf, type Archive } from "./archive";
import type { ArchiveFormat } from "./names";
import { maxEntries } from "./limits";

/** An archive, and what its names begin with among the others. */
export interface ArchivePart {
  readonly archive: Archive;
  readonly prefix: string;
}

/**
 * The tensors of all parts in one list. Modules that a part declares by the prefix of their parameters stay; others,
 * which name single tensors, are those of the parts without a prefix.
 * @throws LimitError when there are too many tensors.
 */
export function joinArchives(
  file: string,
  format: ArchiveFormat,
  parts: readonly ArchivePart[],
  notes: readonly Text[] = [],
): Archive {
  const known = new Map<TensorEntry, { readonly archive: Archive; readonly entry: TensorEntry }>();
  for (const { archive, prefix } of parts) {
    for (const entry of archive.entries) {
      known.set({ ...entry, name: prefix + entry.name }, { archive, entry });
    }
  }
  if (known.size > maxEntries) {
    throw new LimitError(file, { of: "tensor-count" }, maxEntries, known.size);
  }
  return {
    format,
    notes: [...notes, ...parts.flatMap(({ archive }) => archive.notes)],
    declared: parts.flatMap(declaredOf),
    packed: parts.flatMap(({ archive, prefix }) =>
      (archive.packed ?? []).map((each) => prefix + each),
    ),
    ...tensorsOf(file, known, ({ archive, entry }, box) => archive.readBox(entry, box)),
  };
}

function declaredOf({ archive, prefix }: ArchivePart): Archive["declared"] {
  if (prefix === "") return archive.declared;
  return archive.declared.flatMap((module) =>
    module.framework === "pytorch" ? [{ ...module, prefix: prefix + module.prefix }] : [],
  );
}
