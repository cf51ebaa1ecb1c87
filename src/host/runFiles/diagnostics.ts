/**
 * Problems of open run files in the Problems panel, at the values that cause them.
 */
import * as vscode from "vscode";
import { parseRunFile, type RunFileProblem } from "../../run/spec/file";
import { filesOf, mapFiles, type RunSpec } from "../../run/spec/spec";
import { NotFoundError } from "../../core/errors";
import { moduleNamed } from "../../model/find/find";
import { text } from "../../core/text";
import type { Inspection } from "../workspace/inspection";
import { folderOf, parseLocation, relativeName, resolveName } from "../workspace/locations";
import { problemOf } from "../base/report";
import { diagnosticOf } from "../base/surfaces";
import { cellProblems } from "./cellProblems";
import { mapProblems } from "./mapProblems";
import { moduleProblems, outsideProblem, tensorProblems } from "./fileProblems";
import { isBelow, staysBelow } from "./nearby";
import { DISMISS_COMMAND, quickFixes, type PlacedProblem } from "./quickFixes";
import { runProblems, type ShownProblem } from "./runProblems";
import { changesHints, dismissTrap, undismissed } from "../workspace/settings";
import { RUN_FILE_SUFFIX } from "../workspace/readRunFile";
import { fileReferences, type FileReference } from "./references";

/** Typing pauses this long before files are looked up. */
const QUIET_MS = 300;

export class RunFileDiagnostics implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #inspection: Inspection;
  readonly #collection = vscode.languages.createDiagnosticCollection("unroll");
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What is shown, and the version of the document that it was found in. */
  readonly #shown = new Map<string, { version: number; problems: readonly PlacedProblem[] }>();
  /** Ends the looks of the check under way, by its document. */
  readonly #checks = new Map<string, AbortController>();
  readonly #listeners: vscode.Disposable[];

  constructor(inspection: Inspection) {
    this.#inspection = inspection;
    const { workspace } = vscode;
    this.#listeners = [
      vscode.languages.registerCodeActionsProvider({ pattern: `**/*${RUN_FILE_SUFFIX}` }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      vscode.commands.registerCommand(DISMISS_COMMAND, (id: unknown) =>
        typeof id === "string" ? dismissTrap(id) : undefined,
      ),
      workspace.onDidChangeConfiguration((event) => {
        if (!changesHints(event)) return;
        for (const document of workspace.textDocuments) this.#schedule(document, 0);
      }),
      workspace.onDidOpenTextDocument((document) => {
        this.#schedule(document, 0);
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        this.#schedule(document, QUIET_MS);
      }),
      workspace.onDidSaveTextDocument((document) => {
        this.#schedule(document, 0);
      }),
      workspace.onDidCloseTextDocument((document) => {
        this.#forget(document.uri);
      }),
      // Files may have come or gone while another editor had the focus.
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor !== undefined) this.#schedule(editor.document, 0);
      }),
    ];
    for (const document of workspace.textDocuments) this.#schedule(document, 0);
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const shown = this.#shown.get(document.uri.toString());
    // The places of an older version may be those of something else by now.
    return shown?.version === document.version ? quickFixes(document, range, shown.problems) : [];
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const check of this.#checks.values()) check.abort();
    for (const listener of this.#listeners) listener.dispose();
    this.#collection.dispose();
  }

  #schedule(document: vscode.TextDocument, delay: number): void {
    if (!document.uri.path.endsWith(RUN_FILE_SUFFIX)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#check(document), delay),
    );
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#checks.get(uri.toString())?.abort();
    this.#checks.delete(uri.toString());
    this.#shown.delete(uri.toString());
    this.#collection.delete(uri);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    const source = document.getText();
    const abort = new AbortController();
    this.#checks.get(uri.toString())?.abort();
    this.#checks.set(uri.toString(), abort);
    const { signal } = abort;
    const references = fileReferences(source);
    const { spec, problems: written } = parseRunFile(source);
    const looked = await Promise.all([
      ...references.map((each) => this.#look(uri, each, signal)),
      spec === null ? [] : this.#lookAtCell(uri, { source, spec }, signal),
    ]);
    const found: readonly ShownProblem[] = [...written, ...looked.flat()];
    const isWhole = found.every(({ severity }) => severity !== "error");
    const checked =
      spec === null || !isWhole ? [] : await this.#checkRun(uri, { source, spec }, signal);
    if (signal.aborted) return;
    this.#checks.delete(uri.toString());
    if (document.isClosed || document.version !== version) return;
    const problems = [...found, ...checked].map((problem) => ({
      problem,
      diagnostic: placed(document, problem),
    }));
    this.#shown.set(uri.toString(), { version, problems });
    this.#collection.set(
      uri,
      problems.map(({ diagnostic }) => diagnostic),
    );
  }

  /** What the run file says that its cell does not have. Weights that cannot be read are reported elsewhere. */
  async #lookAtCell(
    runFile: vscode.Uri,
    { source, spec }: { readonly source: string; readonly spec: RunSpec },
    signal: AbortSignal,
  ): Promise<RunFileProblem[]> {
    try {
      const location = await nearbyLocation(runFile, spec.weights.file);
      if (location === null) return [];
      const { modules, entries } = await this.#inspection.inspect(location, signal);
      const { module: name, map } = spec.weights;
      if (map !== undefined) {
        const ofCell = typeof map === "string" ? [] : cellProblems(source, spec, map.kind);
        return [...mapProblems(source, entries), ...ofCell];
      }
      const module = name === undefined ? modules[0] : moduleNamed(modules, name);
      return module === undefined ? [] : cellProblems(source, spec, module.config.cell);
    } catch {
      return [];
    }
  }

  /** What clashes in the run, and what raises no error. A run that cannot be read is reported when it is opened. */
  async #checkRun(
    runFile: vscode.Uri,
    { source, spec }: { readonly source: string; readonly spec: RunSpec },
    signal: AbortSignal,
  ): Promise<ShownProblem[]> {
    const folder = folderOf(runFile);
    try {
      for (const name of filesOf(spec)) {
        if ((await nearbyLocation(runFile, name)) === null) return [];
      }
      const located = mapFiles(spec, (name) => resolveName(folder, name));
      const checked = await this.#inspection.check(located, signal);
      const shown = { ...checked, traps: undismissed(checked.traps) };
      return runProblems(source, shown, (location) => relativeName(folder, location));
    } catch {
      return [];
    }
  }

  /** What is wrong with a file that a run file names. */
  async #look(
    runFile: vscode.Uri,
    reference: FileReference,
    signal: AbortSignal,
  ): Promise<RunFileProblem[]> {
    const { offset, length } = reference;
    try {
      const location = await nearbyLocation(runFile, reference.name);
      if (location === null) return [outsideProblem(reference)];
      const view = await this.#inspection.inspect(location, signal);
      return [...tensorProblems(reference, view), ...moduleProblems(reference, view)];
    } catch (error) {
      const problem = problemOf(error);
      if (problem.tag === "cancelled") return [];
      return [{ message: problem.text, offset, length, severity: "error", replacements: [] }];
    }
  }
}

/**
 * The location of a file that may be looked at before its run is opened; null where it lies elsewhere.
 * @throws NotFoundError where it cannot be read at all: it is no address, or one of another computer.
 */
async function nearbyLocation(runFile: vscode.Uri, name: string): Promise<string | null> {
  const location = resolveName(folderOf(runFile), name);
  const uri = parseLocation(location);
  const workspace = vscode.workspace.workspaceFolders ?? [];
  const folders = [folderOf(runFile), ...workspace.map((folder) => folder.uri)];
  if (isBelow(uri, folders)) {
    if (uri.scheme !== "file") return location;
    const paths = folders.filter(({ scheme }) => scheme === "file").map(({ fsPath }) => fsPath);
    return (await staysBelow(uri.fsPath, paths)) ? location : null;
  }
  if (uri.scheme === "file" && uri.authority !== "") {
    throw new NotFoundError(
      name,
      text("this is a file of the computer {0}, which is not asked for it here", uri.authority),
    );
  }
  return null;
}

function placed(document: vscode.TextDocument, problem: ShownProblem): vscode.Diagnostic {
  const { message, offset, length, severity } = problem;
  const range = new vscode.Range(
    document.positionAt(offset),
    document.positionAt(offset + Math.max(1, length)),
  );
  const { Error, Warning, Information, Hint } = vscode.DiagnosticSeverity;
  const severities = { error: Error, warning: Warning, information: Information, hint: Hint };
  return diagnosticOf(range, message, severities[severity]);
}
