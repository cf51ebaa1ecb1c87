/**
 * Merges flags and run files into one run with absolute file names.
 */
import { dirname, resolve } from "node:path";
import { UnsupportedError } from "../../core/errors";
import { elsewhere, pathOf } from "../../node/files";
import { readText } from "../../node/textFile";
import { parseRunFile } from "../../run/spec/file";
import { runFileError } from "../../run/spec/fileError";
import { mapFiles, type RunSpec, type ToleranceSpec } from "../../run/spec/spec";
import { text } from "../../core/text";
import type { RunFlags } from "./base/flags";
import { referencesInFiles } from "./referenceFiles";

/** A run, and the warnings about its run file. */
export interface SourcedRun {
  readonly spec: RunSpec;
  /** One line each, without a newline. */
  readonly warnings: readonly string[];
  /** What the flags name as the Python of PyTorch and Keras. */
  readonly python: string | undefined;
  /** Paths are relative to it. */
  readonly folder: string;
}

/**
 * Reads a run file (null: there is only what the flags say) and lays the flags over it.
 * @throws NotFoundError when there is no such file, FormatError at the first value that is wrong.
 */
export async function readRun(
  runFile: string | null,
  { python, ...given }: RunFlags,
  folder: string,
): Promise<SourcedRun> {
  const flags = await withReferenceFiles(given, folder);
  if (runFile === null) {
    return { spec: specOfFlags(flags, folder), warnings: [], python, folder };
  }
  const source = await readText(resolve(folder, runFile), runFile);
  const { spec, problems } = parseRunFile(source);
  if (spec === null) throw runFileError(runFile, source, problems);
  const runFolder = dirname(resolve(folder, runFile));
  const warnings = problems.map((problem) => runFileError(runFile, source, [problem]).message);
  const base = mapFiles(spec, (file) => localPath(runFolder, file));
  return { spec: mergeRun(base, flags, folder), warnings, python, folder };
}

/** Flags whose files of references are tensors by name; what is named itself is taken first. */
async function withReferenceFiles(flags: RunFlags, folder: string): Promise<RunFlags> {
  const { referenceFiles = [], ...others } = flags;
  if (referenceFiles.length === 0) return others;
  const found = await referencesInFiles(referenceFiles, folder);
  return { ...others, reference: { ...found, ...others.reference } };
}

/**
 * The path of a name as a file in `folder` writes it.
 * @throws NotFoundError for a `file:` address of another computer, UnsupportedError for any other address.
 */
function localPath(folder: string, name: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(folder, name);
  if (scheme === "file") return pathOf(name);
  throw elsewhere(name);
}

function specOfFlags(flags: RunFlags, folder: string): RunSpec {
  const { weights, input } = flags;
  if (weights === undefined || input === undefined) {
    throw new UnsupportedError("unroll run", text("expected a run file, or --weights and --input"));
  }
  return mergeRun({ weights, input }, flags, folder);
}

/** Results that flags do not name keep what the run file says of them. */
function mergedTolerance(base: ToleranceSpec = {}, flags: ToleranceSpec): ToleranceSpec {
  const each = { ...base.each, ...flags.each };
  return { ...base, ...flags, ...(Object.keys(each).length === 0 ? {} : { each }) };
}

/** `base` with the flags laid over it. Names in `base` are whole paths or come from the flags themselves. */
function mergeRun(base: RunSpec, flags: RunFlags, folder: string): RunSpec {
  const { options, pipeline, reference, compareWith, own, tolerance, map, ...tensors } = flags;
  const { weights } = { ...base, ...tensors };
  const merged: RunSpec = {
    ...base,
    ...tensors,
    weights: map === undefined ? weights : { ...weights, map },
    options: { ...base.options, ...options },
    ...(pipeline === undefined ? {} : { pipeline: { ...base.pipeline, ...pipeline } }),
    tolerance: mergedTolerance(base.tolerance, tolerance),
    ...(base.reference === undefined && reference === undefined
      ? {}
      : { reference: { ...base.reference, ...reference } }),
    ...(base.compareWith === undefined && compareWith === undefined
      ? {}
      : { compareWith: { ...base.compareWith, ...compareWith } }),
    ...(base.own === undefined && own === undefined ? {} : { own: { ...base.own, ...own } }),
  };
  return mapFiles(merged, (file) => resolve(folder, file));
}
