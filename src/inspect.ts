/**
 * An archive's table of contents: its entries and the recurrent modules among them.
 */
import type { Archive } from "./formats/archive";
import { constructorLine } from "./model/config";
import { findModules } from "./model/find";
import type { ArchiveView } from "./protocol/workerMessages";

/** Describes an opened archive; `file` is the name shown. Reads no tensor data. */
export function inspectArchive(file: string, archive: Archive): ArchiveView {
  const modules = findModules(archive.entries).map(({ prefix, config }) => ({
    prefix,
    config,
    constructorLine: constructorLine(config),
  }));
  // A message must hold plain data, and a reader's entries may carry more than their description.
  const entries = archive.entries.map(({ name, dtype, shape, byteLength }) => ({
    name,
    dtype,
    shape,
    byteLength,
  }));
  return { file, format: archive.format, entries, modules, notes: archive.notes };
}
