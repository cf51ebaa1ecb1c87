/**
 * Explain Error…: shows what a message means in a document, and adds the tensors of the workspace that it means.
 */
import * as vscode from "vscode";
import type { Explanation } from "../../diagnosis/messages/explain";
import type { FileContents } from "../../diagnosis/messages/base/message";
import { text } from "../../core/text";
import { tensorFilesOf } from "../../run/spec/spec";
import { documentText, sentence, showCancellable, showWarning } from "../base/surfaces";
import { Candidates } from "../quickPick/candidates";
import type { Inspection } from "../workspace/inspection";
import { parseLocation } from "../workspace/locations";
import { readRun, RUN_FILE_SUFFIX } from "../workspace/readRunFile";
import { MAX_PASTED } from "./askMessage";
import { explanationLines, type ExplanationLine } from "./explanationText";

const SCHEME = "unroll-explanation";
/** The folder of all explanations: by it package.json knows their language, whose lines are wrapped. */
const FOLDER = "/unroll-explanation";

/** Run files that are read for one explanation. */
const MAX_RUN_FILES = 200;
/** Tensors of one file that a message is compared with. */
const MAX_ENTRIES = 20_000;

/** A file that can be opened from an explanation. */
interface Openable {
  readonly location: vscode.Uri;
  /** Runs that read it. */
  readonly runFiles: readonly vscode.Uri[];
}

/** What a document shows. */
interface Shown {
  readonly lines: readonly ExplanationLine[];
  /** By the names that the lines have. */
  readonly files: ReadonlyMap<string, Openable>;
}

const nothing: Shown = { lines: [], files: new Map() };

export class Explanations
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #inspection: Inspection;
  readonly #shown = new Map<string, Shown>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: readonly { dispose: () => unknown }[];
  #count = 0;

  readonly onDidChange = this.#changed.event;

  constructor(inspection: Inspection) {
    this.#inspection = inspection;
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerCodeLensProvider({ scheme: SCHEME }, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#shown.delete(uri.toString());
      }),
    ];
  }

  /** Shows what is known of a text, then looks for its tensors. Nothing is shown of a text that is not known. */
  async show(pasted: string): Promise<void> {
    const source = pasted.slice(-MAX_PASTED);
    const { explainText } = await import("../../diagnosis/messages/explain");
    const explanation = explainText(source);
    if (explanation.unknown !== null) {
      void showWarning(explanation.unknown.sentence);
      return;
    }
    const near = vscode.window.activeTextEditor?.document.uri;
    const uri = await this.#open(explanation);
    const { contents, files } = await this.#contents(near);
    const withFiles = explainText(source, contents);
    if (withFiles.messages.every(({ tensors }) => tensors.length === 0)) return;
    await this.#addFiles(uri, withFiles, files);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const { lines } = this.#shown.get(uri.toString()) ?? nothing;
    return lines
      .map(({ text: line, indent }) => (indent ? "  • " : "") + documentText(sentence(line)))
      .join("\n");
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const { lines, files } = this.#shown.get(uri.toString()) ?? nothing;
    const first = new Map<string, number>();
    for (const [index, { file }] of lines.entries()) {
      if (file !== undefined && !first.has(file)) first.set(file, index);
    }
    return [...first].flatMap(([name, line]) => lensesOf(files.get(name), line));
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }

  async #open(explanation: Explanation): Promise<vscode.Uri> {
    this.#count += 1;
    const name = vscode.l10n.t("Error explained");
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `${FOLDER}/${this.#count}/${name}` });
    this.#shown.set(uri.toString(), { lines: explanationLines(explanation), files: new Map() });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
    return uri;
  }

  /** The tensors of the files of the workspace, by names relative to it. Ends early when it is cancelled. */
  async #contents(
    near: vscode.Uri | undefined,
  ): Promise<{ contents: readonly FileContents[]; files: ReadonlyMap<string, vscode.Uri> }> {
    const candidates = new Candidates(this.#inspection);
    const stop = new vscode.CancellationTokenSource();
    const contents: FileContents[] = [];
    const files = new Map<string, vscode.Uri>();
    const nearby = near?.scheme === "file" ? near.toString() : undefined;
    const work = candidates.scan(nearby, stop.token, (found) => {
      contents.length = 0;
      for (const { location, archive } of found) {
        const uri = parseLocation(location);
        const file = vscode.workspace.asRelativePath(uri);
        files.set(file, uri);
        contents.push({ ...archive, file, entries: archive.entries.slice(0, MAX_ENTRIES) });
      }
    });
    try {
      await showCancellable(text("Looking for the tensors that the message means"), work, () => {
        stop.cancel();
        candidates.dispose();
      });
      return { contents, files };
    } finally {
      stop.dispose();
      candidates.dispose();
    }
  }

  async #addFiles(
    uri: vscode.Uri,
    explanation: Explanation,
    files: ReadonlyMap<string, vscode.Uri>,
  ): Promise<void> {
    // Closed meanwhile.
    if (!this.#shown.has(uri.toString())) return;
    const runs = await runFilesByLocation();
    const openable = [...files].map(([name, location]): [string, Openable] => [
      name,
      { location, runFiles: runs.get(location.toString()) ?? [] },
    ]);
    const lines = explanationLines(explanation);
    this.#shown.set(uri.toString(), { lines, files: new Map(openable) });
    this.#changed.fire(uri);
  }
}

function lensesOf(openable: Openable | undefined, line: number): vscode.CodeLens[] {
  if (openable === undefined) return [];
  const range = new vscode.Range(line, 0, line, 0);
  const { location, runFiles } = openable;
  return [
    new vscode.CodeLens(range, {
      title: vscode.l10n.t("Open Tensors"),
      command: "unroll.inspect",
      arguments: [location],
    }),
    ...runFiles.map(
      (runFile) =>
        new vscode.CodeLens(range, {
          title: sentence(text("Open the shapes of {0}", vscode.workspace.asRelativePath(runFile))),
          command: "unroll.openRun",
          arguments: [runFile],
        }),
    ),
  ];
}

/** Run files of the workspace by the files that they read. */
async function runFilesByLocation(): Promise<Map<string, vscode.Uri[]>> {
  const runFiles = await vscode.workspace.findFiles(
    `**/*${RUN_FILE_SUFFIX}`,
    "**/node_modules/**",
    MAX_RUN_FILES,
  );
  const byLocation = new Map<string, vscode.Uri[]>();
  for (const runFile of runFiles) {
    // What cannot be read is reported in the Problems panel.
    const spec = await readRun(runFile).catch(() => null);
    for (const location of spec === null ? [] : tensorFilesOf(spec)) {
      byLocation.set(location, [...(byLocation.get(location) ?? []), runFile]);
    }
  }
  return byLocation;
}
