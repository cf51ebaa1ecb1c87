/**
 * Opening a run: its files are read, its shapes checked, and it is run; without answering for its values.
 */
import { chooseEngine } from "../engine/choose";
import type { RunControl } from "../core/control";
import { text } from "../core/text";
import { clashFixes } from "../diagnosis/clashes/fixes";
import type { Named } from "../diagnosis/answer";
import { trapsOf } from "../diagnosis/traps/traps";
import type { ForwardEngine, Network } from "../engine/base/engine";
import type { ShapeCheck } from "../model/shapes/shapes";
import { sequenceSizes } from "../model/sequence";
import type { RunView } from "../protocol/run/messages";
import { executeRun, type RunResult } from "../run/execute";
import type { RunInputs } from "../run/inputs";
import { besideOf } from "../run/load/besideOf";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import { loadRun, type LoadedRun } from "../run/load/load";
import { loadOwn, type LoadedOwn } from "../run/load/own";
import { runInputsOf } from "../run/load/runInputs";
import type { RunSpec } from "../run/spec/spec";
import { shapesOf } from "./check";
import { settledRun } from "./readings";
import { describeRun } from "./views/description/view";

export interface SessionOptions {
  readonly revision: number;
  /** Location of the run file the spec came from; null when there is none. */
  readonly runFile: string | null;
  readonly control: RunControl;
  /** Bytes that the states of the run may take; `defaultTraceBytes` when not given. */
  readonly maxTraceBytes?: number;
  /** Makes the engines; the fastest one on this thread when not given. */
  readonly createEngine?: (network: Network) => ForwardEngine;
  /** Ids of mistakes of the diagnosis: the run is shown as if they had been made. */
  readonly under?: readonly string[];
}

/** A run as its files have it. */
export interface Opened {
  readonly spec: RunSpec;
  readonly loaded: LoadedRun;
  readonly own: LoadedOwn | null;
  readonly shapes: ShapeCheck;
  readonly mended: Pick<RunView, "fixes" | "traps">;
}

/** Reads the files of a run and checks its shapes. @throws the readers' errors, NotFoundError, CancelledError. */
export async function openRun(
  given: RunSpec,
  files: ArchiveFiles,
  { control }: Pick<SessionOptions, "control">,
): Promise<Opened> {
  const watchedFiles = watched(files, control);
  const { spec, notes } = await settledRun(given, watchedFiles, control);
  const read = await loadRun(spec, watchedFiles);
  const loaded = { ...read, notes: [...notes, ...read.notes] };
  const own = await loadOwn(spec, loaded, watchedFiles);
  control.check();
  const mended = {
    fixes: await clashFixes(spec, loaded, watchedFiles, control),
    traps: trapsOf(spec, loaded),
  };
  return { spec, loaded, own, shapes: shapesOf(loaded, own), mended };
}

/** Runs what was opened; null where its shapes clash. @throws the readers' errors, LimitError, CancelledError. */
export async function runOpened(
  { loaded, own, spec, shapes }: Opened,
  options: SessionOptions,
): Promise<RunResult | null> {
  if (shapes.clash !== null) return null;
  return execute(await runInputsOf(loaded, spec, own), options);
}

/** What a panel shows of a run that took `elapsedMs`. */
export async function viewOf(
  { spec, loaded, own, shapes, mended }: Opened,
  result: RunResult | null,
  options: SessionOptions,
  elapsedMs: number,
): Promise<RunView> {
  const { revision, runFile } = options;
  const sizes = sequenceSizes(loaded.input.shape, loaded.config.batchFirst);
  const under = await underOf(options);
  const frame = { revision, spec, runFile, elapsedMs, under, mended };
  const noted = own === null ? loaded : { ...loaded, notes: [...loaded.notes, ...own.notes] };
  return describeRun(frame, noted, sizes, shapes, result);
}

/** The names of the mistakes that a run is shown under. @throws NotFoundError for an unknown id. */
async function underOf({ under = [] }: SessionOptions): Promise<Named[]> {
  if (under.length === 0) return [];
  const { namesOf } = await import("../diagnosis/doctor");
  return namesOf(under);
}

/** Files that report each tensor before it is read and can be cancelled. */
function watched(files: ArchiveFiles, control: RunControl): ArchiveFiles {
  const tell = (): void => {
    control.report(0, text("Reading files"));
    control.check();
  };
  const { runModel, ...beside } = besideOf(files);
  return {
    ...beside,
    // It is stopped as the run is.
    ...(runModel === undefined ? {} : { runModel: (job) => runModel(job, control) }),
    open: async (location) => {
      tell();
      const archive = await files.open(location);
      const read: typeof archive.read = (entry) => {
        tell();
        return archive.read(entry);
      };
      return { ...archive, read };
    },
  };
}

/** Runs and compares. @throws LimitError, UnsupportedError, CancelledError. */
export async function execute(
  inputs: RunInputs,
  { control, maxTraceBytes, createEngine = chooseEngine, under = [] }: SessionOptions,
): Promise<RunResult> {
  const memory = maxTraceBytes === undefined ? {} : { maxTraceBytes };
  const means = { control, createEngine, ...memory };
  if (under.length === 0) return executeRun(inputs, means);
  const { applied } = await import("../diagnosis/doctor");
  return executeRun(inputs, means, applied(inputs, under, means));
}
