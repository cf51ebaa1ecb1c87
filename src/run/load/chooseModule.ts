/**
 * Chooses the module of a weights file that a run refers to.
 */
import { NotFoundError } from "../../core/errors";
import { moduleNamed } from "../../model/find/find";
import { fitsFirst } from "../../model/find/fitsFirst";
import { lookAlike } from "../../model/find/lookAlike";
import { shardHint } from "../../model/shardName";
import type { TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import { withUnread } from "./unread";

/** The contents of a file from which a module is chosen. */
export interface FoundModules<Module> {
  readonly entries: readonly TensorEntry[];
  readonly modules: readonly Module[];
  readonly notes: readonly Text[];
}

/**
 * The module called `wanted`, the first one where none is named; `file` is the name shown.
 * @throws NotFoundError when there is none, with the names of those that are there.
 */
export function chooseModule<Module extends { readonly prefix: string }>(
  file: string,
  { entries, modules, notes }: FoundModules<Module>,
  wanted: string | undefined,
): Module {
  const [first] = modules;
  if (first === undefined) {
    // Recurrent weights are matrices.
    const matrices = fitsFirst(entries, [({ shape }) => shape.length === 2]);
    const names = matrices.map(({ name }) => name);
    const { looksLike, text: look, remedies } = lookAlike(entries);
    const missing = text("no recurrent module found: {0}", look);
    const shard = shardHint(file);
    const sentence = shard === null ? missing : text("{0}; {1}", missing, shard);
    throw new NotFoundError(file, withUnread({ sentence }, notes), names, {
      data: { file, looksLike },
      remedies: names.length === 0 ? remedies : [...remedies, { do: "assign", file }],
    });
  }
  if (wanted === undefined) return first;
  const found = moduleNamed(modules, wanted);
  if (found !== undefined) return found;
  const prefixes = modules.map(({ prefix }) => (prefix === "" ? '""' : prefix));
  const sentence = text("there is no module {0}", wanted);
  throw new NotFoundError(file, withUnread({ sentence, name: wanted }, notes), prefixes, {
    data: { file, module: wanted, candidates: modules.map(({ prefix }) => prefix) },
  });
}
