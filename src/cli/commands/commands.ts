/**
 * The commands of `unroll`: each takes arguments and returns an exit code.
 */
import { resolve } from "node:path";
import { chooseEngine } from "../../engine/choose";
import { noControl, type RunControl } from "../../core/control";
import type { ForwardEngine, Network } from "../../engine/base/engine";
import { NotFoundError, UnsupportedError, type ErrorData } from "../../core/errors";
import { writeArchive } from "../../formats/write/write";
import { inspectArchive } from "../../session/archive/inspect";
import { FileSet } from "../../node/files";
import { replaceFile } from "../../node/writeWhole";
import { createReferenceEngine } from "../../node/referenceEngines";
import { ReferenceEngines } from "../../reference/engines";
import { createKernelThreads } from "../../node/kernelThreads";
import type { Clash, Refusal } from "../../model/shapes/clash";
import { clashMessage } from "../../model/shapes/clashTexts";
import type { RunView } from "../../protocol/run/messages";
import { readMap } from "../../run/load/readMap";
import { filesOf } from "../../run/spec/spec";
import { choicesOf } from "../../reference/choices";
import { comparedSession } from "../../session/compared";
import { openSession } from "../../session/openSession";
import type { Session } from "../../session/session";
import { text } from "../../core/text";
import type { Command } from "../flags/arguments";
import {
  computeGradients,
  formatGradients,
  gradientsJson,
  lossFiles,
  mapLossFiles,
} from "./gradients";
import { archiveJson, runJson, toJson } from "../print/json";
import { assertNotInput, outFormat } from "./outFile";
import { formatArchive, formatRun, passesAll } from "../print/report";
import { readRun, type SourcedRun } from "../flags/runSource";
import { withInterpreter } from "../flags/base/python";

/** Where a command prints, and the folder that its paths are relative to. */
export interface Terminal {
  readonly folder: string;
  /** Receives the progress of runs; absent when it is not shown. */
  readonly control?: RunControl;
  /** What is piped in, where anything is. */
  readonly input?: () => Promise<string>;
  print(output: string): void;
  /** One line about something that went wrong or is worth knowing; `main` makes both harmless for a terminal. */
  warn(line: string): void;
}

/** 0: every verdict passed. 1: one did not. 2: it could not run. */
export type ExitCode = 0 | 1 | 2;

type CommandOf<Name extends Command["name"]> = Extract<Command, { name: Name }>;

/** Lists a file's tensors and modules. */
export async function inspect(
  { file, map, json }: CommandOf<"inspect">,
  terminal: Terminal,
): Promise<ExitCode> {
  const files = new FileSet();
  try {
    const archive = await files.open(resolve(terminal.folder, file));
    const given = map === null ? null : await readMap(resolve(terminal.folder, map), files);
    const view = inspectArchive(file, archive, given);
    terminal.print(json ? toJson(archiveJson(file, view)) : formatArchive(view));
    return 0;
  } finally {
    await files.close();
  }
}

/**
 * The run of a command, as flags and its run file say. Nothing is opened yet but the run file.
 * @throws UnsupportedError when what is written would replace a file of the run, or one of `alsoRead`.
 */
export async function sourceRun(
  {
    runFile,
    out,
    flags,
    traceMemory,
  }: Pick<CommandOf<"run" | "gradients">, "runFile" | "out" | "flags" | "traceMemory">,
  terminal: Terminal,
  alsoRead: readonly string[] = [],
): Promise<OpenedRun> {
  const sourced = await readRun(runFile, flags, terminal.folder);
  for (const warning of sourced.warnings) terminal.warn(`warning: ${warning}`);
  if (out !== null) {
    const inputs = [...filesOf(sourced.spec), ...alsoRead, ...(runFile === null ? [] : [runFile])];
    const paths = inputs.map((input) => resolve(terminal.folder, input));
    await assertNotInput(resolve(terminal.folder, out), paths);
  }
  return { ...sourced, runFile, traceMemory, control: controlOf(terminal) };
}

/** Runs the forward; writes what it computed where it was told to. */
export async function run(command: CommandOf<"run">, terminal: Terminal): Promise<ExitCode> {
  const { out, json, hashes } = command;
  const format = out === null ? null : outFormat(out);
  const opened = await sourceRun(command, terminal);
  return withSession(opened, async (session) => {
    const { view } = session;
    if (hashes) printHashes(session, opened.control, { terminal, json });
    // Hashes are taken step by step, also of a run whose results do not fit into memory at once.
    if (hashes && out === null) return exitCodeOf(view);
    const tensors = session.tensors({ states: command.trace });
    if (out !== null && format !== null) {
      await replaceFile(resolve(terminal.folder, out), await writeArchive(format, tensors));
    }
    if (!hashes) {
      terminal.print(json ? toJson(runJson(view, tensors, out)) : formatRun(view, tensors));
    }
    return exitCodeOf(view);
  });
}

/** Lines that are printed at once: a long run has millions. */
const LINES_AT_ONCE = 10_000;

/** A line for each step of each state, in the order of dependency; `diff` of two runs shows where they part. */
function printHashes(
  session: Session,
  control: RunControl,
  { terminal, json }: { readonly terminal: Terminal; readonly json: boolean },
): void {
  const lines: string[] = [];
  for (const { state, step, l1, hash } of session.hashes(control)) {
    const l1Text = String(l1);
    lines.push(
      json
        ? `${JSON.stringify({ state, step, l1: Number.isFinite(l1) ? l1 : l1Text, hash })}\n`
        : `${state} t=${String(step)} l1=${l1Text} hash=${hash}\n`,
    );
    if (lines.length === LINES_AT_ONCE) terminal.print(lines.splice(0).join(""));
  }
  terminal.print(lines.join(""));
}

/** Computes the gradients of a loss; writes them where it was told to. */
export async function gradients(
  command: CommandOf<"gradients">,
  terminal: Terminal,
): Promise<ExitCode> {
  const { out, json } = command;
  const format = out === null ? null : outFormat(out);
  const loss = mapLossFiles(command.loss, (file) => resolve(terminal.folder, file));
  const opened = await sourceRun(command, terminal, lossFiles(loss));
  return withSession(opened, async (session, files): Promise<ExitCode> => {
    const found = await computeGradients(session, loss, {
      files,
      control: opened.control,
      keepsSteps: out !== null,
    });
    if (out !== null && format !== null) {
      await replaceFile(resolve(terminal.folder, out), await writeArchive(format, found.tensors));
    }
    const { view } = session;
    terminal.print(
      json
        ? toJson(gradientsJson(view, command.loss, found, out))
        : formatGradients(view, command.loss, found),
    );
    return 0;
  });
}

/** What tells how a run file is opened. */
type OpeningFlags = Pick<CommandOf<"check">, "flags" | "traceMemory">;

/** Opens a run that has a reference, and hands it to `use`. @throws NotFoundError for a run without one. */
export function withReferenced<Result>(
  file: string,
  flags: OpeningFlags,
  terminal: Terminal,
  use: (session: Session, control: RunControl) => Promise<Result>,
): Promise<Result> {
  return withOpened(file, flags, terminal, (session, control) => {
    if (session.view.verdicts.length === 0 && session.view.own === undefined) {
      const missing = text('there is no reference to check against; add "reference" to it');
      throw new NotFoundError(file, missing);
    }
    return use(session, control);
  });
}

/** Opens the run of a run file, and hands it to `use`. */
export async function withOpened<Result>(
  file: string,
  { flags, traceMemory }: OpeningFlags,
  terminal: Terminal,
  use: (session: Session, control: RunControl) => Promise<Result>,
): Promise<Result> {
  const sourced = await readRun(file, flags, terminal.folder);
  for (const warning of sourced.warnings) terminal.warn(`warning: ${warning}`);
  const control = controlOf(terminal);
  const opened = { ...sourced, runFile: file, traceMemory, control };
  return withSession(opened, (session) => use(session, control));
}

/** A run and how it is to be opened. */
interface OpenedRun extends SourcedRun {
  readonly runFile: string | null;
  /** Megabytes; undefined for the default. */
  readonly traceMemory: number | undefined;
  readonly control: RunControl;
}

export function controlOf({ control = noControl }: Terminal): RunControl {
  return control;
}

/** Opens the run, hands it to `use` when it could be made, and closes its files. */
export async function withSession<Result>(
  { spec, runFile, traceMemory, control, python, folder }: OpenedRun,
  use: (session: Session, files: FileSet) => Promise<Result>,
): Promise<Result> {
  const files = new FileSet();
  const threads = createKernelThreads();
  const engines = new ReferenceEngines(createReferenceEngine);
  try {
    const memory = traceMemory === undefined ? {} : { maxTraceBytes: traceMemory * 2 ** 20 };
    const createEngine = (network: Network): ForwardEngine => chooseEngine(network, { threads });
    const options = { revision: 1, runFile, control, createEngine, ...memory };
    const opened = await openSession(spec, files, options);
    let session = opened;
    try {
      assertRan(opened.view, runFile);
      const choices = withInterpreter(choicesOf(spec), python, folder);
      if (choices.length > 0) {
        session = await comparedSession(opened, engines, choices, options);
        assertAnswered(session.view);
      }
      return await use(session, files);
    } finally {
      if (session !== opened) session.dispose();
      opened.dispose();
    }
  } finally {
    await engines.dispose();
    threads.dispose();
    await files.close();
  }
}

/** @throws UnsupportedError with the sentence of an engine that gave no answer: what was asked for is not checked. */
function assertAnswered({ compared, labels }: RunView): void {
  const [problem] = compared?.problems ?? [];
  if (problem === undefined) return;
  const { sentence, remedy } = problem;
  throw new UnsupportedError(
    { file: labels.weights },
    remedy === null ? sentence : text("{0}. {1}", sentence, remedy),
  );
}

/** A run whose shapes clash has a shape check and no lanes. @throws UnsupportedError that names the clash. */
function assertRan(view: RunView, runFile: string | null): void {
  const { clash, cause } = view.shapes;
  const message = clashMessage(view.shapes);
  if (clash === null || message === null) return;
  throw new UnsupportedError({ file: runFile ?? view.labels.weights }, message, {
    data: { ...tensorOf(clash), clash, ...(cause === null ? {} : { cause }) },
  });
}

/** The tensor that clashes, as far as one does. */
function tensorOf(clash: Clash | Refusal): ErrorData {
  if (clash.tensor === null) return {};
  const { tensor, found, expected } = clash;
  return {
    tensor,
    ...(found === null ? {} : { found }),
    ...(expected === null ? {} : { expected }),
  };
}

/** 0 when every verdict passes, those of the user's own output too. */
export function exitCodeOf(view: RunView): ExitCode {
  return passesAll(view) ? 0 : 1;
}

/** The one that says more went wrong. */
export function worse(left: ExitCode, right: ExitCode): ExitCode {
  return left > right ? left : right;
}
