/**
 * *Open Run* above the first line of each run file that is open as text.
 */
import * as vscode from "vscode";
import { RUN_FILE_SUFFIX } from "../workspace/readRunFile";

/** Offers it on any file system, for as long as the document has a run file's name. */
export function registerOpenLens(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { pattern: `**/*${RUN_FILE_SUFFIX}` },
    { provideCodeLenses: (document) => [openLens(document)] },
  );
}

function openLens({ uri }: vscode.TextDocument): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
    title: vscode.l10n.t("Open Run"),
    tooltip: vscode.l10n.t("Runs what this file says, and shows it in a panel"),
    command: "unroll.openRun",
    arguments: [uri],
  });
}
