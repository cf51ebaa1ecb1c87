/**
 * Create Reference Recorder…: writes the script for the module of a panel, and opens what the script will record.
 */
import * as vscode from "vscode";
import { foreign, text } from "../../core/text";
import {
  recorderFrameworks,
  recorderTitles,
  type RecorderFramework,
} from "../../reference/recorder/frameworks";
import { showChoices, showNotes } from "../base/surfaces";
import type { RunPanel } from "../panel/runPanel";
import { FileWatch } from "../workspace/fileWatch";
import { folderOf, parseLocation, weightsFrom } from "../workspace/locations";
import { writableFolderOf, writeFile } from "../workspace/writing";

/** Answers that a caller of the command has already. */
export interface RecorderAnswers {
  readonly framework?: RecorderFramework;
  readonly out?: vscode.Uri;
}

/** What another extension, or a keybinding, gave the command. */
export function recorderAnswersOf(given: unknown): RecorderAnswers {
  return typeof given === "object" && given !== null ? given : {};
}

/** Run files that scripts will write: each is opened once, when it appears. */
export class Recordings implements vscode.Disposable {
  readonly #watch: FileWatch;
  readonly #expected = new Map<string, (file: vscode.Uri) => Promise<void>>();

  /** `onError` is told what keeps a recording from being opened. */
  constructor(onError: (error: unknown) => void) {
    this.#watch = new FileWatch((changed) => {
      for (const location of changed) this.#open(location).catch(onError);
    });
  }

  expect(file: vscode.Uri, open: (file: vscode.Uri) => Promise<void>): void {
    this.#expected.set(file.toString(), open);
    this.#watchAll();
  }

  dispose(): void {
    this.#watch.dispose();
  }

  async #open(location: string): Promise<void> {
    const open = this.#expected.get(location);
    this.#expected.delete(location);
    this.#watchAll();
    await open?.(parseLocation(location));
  }

  #watchAll(): void {
    this.#watch.watch([...this.#expected.keys()].map(parseLocation));
  }
}

/** Writes a script where the user says, shows it, and waits for what it records. */
export async function createRecorder(
  panel: RunPanel,
  recordings: Recordings,
  answers: RecorderAnswers,
): Promise<void> {
  const framework = answers.framework ?? (await askFramework());
  if (framework === undefined) return;
  const out = answers.out ?? (await askFile(panel));
  if (out === undefined) return;
  const folder = folderOf(out);
  const { content, writes, lines } = await panel.cases.recorder({
    framework,
    isNotebook: out.path.endsWith(".ipynb"),
    stem: "reference",
    weights: weightsFrom(folder, panel.spec.weights.file),
  });
  await writeFile(out, new TextEncoder().encode(content));
  recordings.expect(vscode.Uri.joinPath(folder, writes.runFile), async (file) => {
    await panel.open(file);
    showNotes([text("{0} was recorded, and is compared state by state.", writes.tensors)]);
  });
  await vscode.commands.executeCommand("vscode.open", out);
  showNotes(lines.map((line) => text("{0}.", line)));
}

async function askFramework(): Promise<RecorderFramework | undefined> {
  const items = recorderFrameworks.map((id) => ({ label: foreign(recorderTitles[id]), id }));
  const picked = await showChoices(Promise.resolve(items), {
    title: vscode.l10n.t("Create Reference Recorder"),
    placeHolder: vscode.l10n.t("The framework that your model runs in"),
  });
  return picked?.id;
}

/** A script, or a notebook by its ending. */
async function askFile({ runFile, spec }: RunPanel): Promise<vscode.Uri | undefined> {
  const folder = writableFolderOf(runFile ?? parseLocation(spec.weights.file));
  return vscode.window.showSaveDialog({
    ...(folder === undefined
      ? {}
      : { defaultUri: vscode.Uri.joinPath(folder, "record_reference.py") }),
    saveLabel: vscode.l10n.t("Create"),
    filters: { Python: ["py"], Jupyter: ["ipynb"] },
  });
}
