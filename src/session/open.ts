/**
 * Opens a run: loads, checks, runs and compares it.
 */
import { chooseEngine } from "../engine/choose";
import type { RunControl } from "../core/control";
import { text } from "../core/text";
import type { ForwardEngine, Network } from "../engine/base/engine";
import type { Named } from "../diagnosis/answer";
import { clashFixes } from "../diagnosis/clashes/fixes";
import { trapsOf } from "../diagnosis/traps/traps";
import { sequenceSizes } from "../model/sequence";
import { executeRun, type RunResult } from "../run/execute";
import { besideOf } from "../run/load/besideOf";
import type { ArchiveFiles } from "../run/load/chooseTensor";
import { loadRun, type LoadedRun } from "../run/load/load";
import { loadOwn, type LoadedOwn } from "../run/load/own";
import { runInputsOf } from "../run/load/runInputs";
import type { RunSpec } from "../run/spec/spec";
import { shapesOf } from "./check";
import { givenOf } from "./given";
import { Session } from "./session";
import { describeRun } from "./views/view";

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

/**
 * Loads, checks, runs and compares. A run whose shapes clash gives a session without values, with its shape check.
 * @throws the readers' errors, NotFoundError, LimitError, CancelledError.
 */
export async function openSession(
  spec: RunSpec,
  files: ArchiveFiles,
  options: SessionOptions,
): Promise<Session> {
  const started = performance.now();
  const { control, revision, runFile } = options;
  const watchedFiles = watched(files, control);
  const loaded = await loadRun(spec, watchedFiles);
  const own = await loadOwn(spec, loaded, watchedFiles);
  control.check();
  const shapes = shapesOf(loaded, own);
  const mended = {
    fixes: await clashFixes(spec, loaded, watchedFiles, control),
    traps: trapsOf(spec, loaded),
  };
  const result = shapes.clash === null ? await execute(loaded, own, spec, options) : null;
  const sizes = sequenceSizes(loaded.input.shape, loaded.config.batchFirst);
  const elapsedMs = performance.now() - started;
  const under = await underOf(options);
  const frame = { revision, spec, runFile, elapsedMs, under, mended };
  const engine = { createEngine: chooseEngine, ...options };
  const noted = own === null ? loaded : { ...loaded, notes: [...loaded.notes, ...own.notes] };
  const view = describeRun(frame, noted, sizes, shapes, result);
  return new Session(view, result, engine, givenOf(spec, loaded, own));
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
  return {
    ...besideOf(files),
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

async function execute(
  loaded: LoadedRun,
  own: LoadedOwn | null,
  spec: RunSpec,
  { control, maxTraceBytes, createEngine = chooseEngine, under = [] }: SessionOptions,
): Promise<RunResult> {
  const inputs = await runInputsOf(loaded, spec, own);
  const memory = maxTraceBytes === undefined ? {} : { maxTraceBytes };
  const means = { control, createEngine, ...memory };
  if (under.length === 0) return executeRun(inputs, means);
  const { applied } = await import("../diagnosis/doctor");
  return executeRun(inputs, means, applied(inputs, under, means));
}
