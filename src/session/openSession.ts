/**
 * A run that is read from files and made, to be asked.
 */
import { chooseEngine } from "../engine/choose";
import type { RunView } from "../protocol/run/messages";
import type { RunResult } from "../run/execute";
import type { ArchiveFiles } from "../run/load/tensors/chooseTensor";
import type { RunSpec } from "../run/spec/spec";
import { givenOf } from "./given";
import { openRun, runOpened, viewOf, type Opened, type SessionOptions } from "./open";
import type { Comparison } from "./parts";
import { Session } from "./session";

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
  const opened = await openRun(spec, files, options);
  const result = await runOpened(opened, options);
  const view = await viewOf(opened, result, options, performance.now() - started);
  return sessionOf(opened, view, result, options);
}

/** What was opened, with values to answer for. */
export function sessionOf(
  opened: Opened,
  view: RunView,
  result: RunResult | null,
  { comparison, ...options }: SessionOptions & { readonly comparison?: Comparison },
): Session {
  const { spec, loaded, own } = opened;
  const engine = { createEngine: chooseEngine, ...options };
  const given = givenOf(spec, loaded, own);
  // What an engine gave has the layout of the results, and lies in no file.
  const shown = comparison?.isEngineShown === true ? { ...given, reference: null } : given;
  return new Session(view, result, { engine, given: shown, opened, comparison });
}
