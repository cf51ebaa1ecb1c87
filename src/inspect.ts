/**
 * An archive's table of contents: its entries and the recurrent modules among them.
 */
import type { Archive } from "./formats/archive";
import { constructorLine } from "./model/config";
import { findModules } from "./model/find";
import { embeddingLine, findPipeline, linearLine } from "./model/pipeline";
import type { ArchiveView } from "./protocol/workerMessages";

/** Describes an opened archive; `file` is the name shown. Reads no tensor data. */
export function inspectArchive(file: string, archive: Archive): ArchiveView {
  const modules = findModules(archive.entries).map((module) => {
    const { embedding, linear } = findPipeline(archive.entries, module);
    return {
      prefix: module.prefix,
      config: module.config,
      constructorLine: constructorLine(module.config),
      embedding: embedding === null ? null : embeddingLine(embedding),
      linear: linear === null ? null : linearLine(linear),
    };
  });
  // A message must hold plain data, and a reader's entries may carry more than their description.
  const entries = archive.entries.map(({ name, dtype, shape, byteLength }) => ({
    name,
    dtype,
    shape,
    byteLength,
  }));
  return { file, format: archive.format, entries, modules, notes: archive.notes };
}
