/**
 * Makes a better test of the module in a panel, and opens it.
 */
import * as vscode from "vscode";
import { text } from "../../core/text";
import type { MadeFile } from "../../diagnosis/cases/made";
import { showCancellable, showNotes, showWarning } from "../base/surfaces";
import type { RunPanel } from "../panel/runPanel";
import { folderOf, parseLocation, relativeName } from "../workspace/locations";

/** Writes the test into `target`, else into a folder that the user names, and opens its run file. */
export async function makeBetterTest(panel: RunPanel, target?: vscode.Uri): Promise<void> {
  const { runFile, spec } = panel;
  const near = folderOf(runFile ?? parseLocation(spec.weights.file));
  const folder = target ?? (await askForFolder(near));
  if (folder === undefined) return;
  const weights = relativeName(folder, parseLocation(spec.weights.file).toString());
  const making = panel.probe({ seed: 0, weights });
  await showCancellable(text("Making a better test"), making, () => {
    panel.cancel();
  });
  const { files, lines, runFile: name } = await making;
  if (!(await mayWrite(folder, files))) return;
  for (const { name: own, bytes } of files) {
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, own), bytes);
  }
  showNotes(lines);
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, name), { preview: false });
}

async function askForFolder(defaultUri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    defaultUri,
    canSelectFiles: false,
    canSelectFolders: true,
    title: vscode.l10n.t("Make a Better Test"),
    openLabel: vscode.l10n.t("Write the Test Here"),
  });
  return chosen?.[0];
}

/** Asks where files of these names are there already. */
async function mayWrite(folder: vscode.Uri, files: readonly MadeFile[]): Promise<boolean> {
  const existing: string[] = [];
  for (const { name } of files) {
    if (await exists(vscode.Uri.joinPath(folder, name))) existing.push(name);
  }
  if (existing.length === 0) return true;
  const replace = vscode.l10n.t("Replace");
  const question = text("The folder has files of the same names: {0}", existing);
  return (await showWarning(question, replace)) === replace;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
