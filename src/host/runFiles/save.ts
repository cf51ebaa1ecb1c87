/**
 * Saves a run as a run file next to the files that it names.
 */
import * as vscode from "vscode";
import { writeRunFile } from "../../run/spec/file";
import { mapFiles, type RunSpec } from "../../run/spec/spec";
import { baseName, folderOf, parseLocation, relativeName } from "../workspace/locations";
import { RUN_FILE_SUFFIX } from "../workspace/readRunFile";

/**
 * Writes `spec` to `target`, else to where the user says; `runFile` is where it came from.
 * Returns the file, null when the user gave up.
 */
export async function saveRun(
  spec: RunSpec,
  runFile: vscode.Uri | null,
  target?: vscode.Uri,
): Promise<vscode.Uri | null> {
  const file = target ?? (await askForFile(runFile ?? defaultFile(spec)));
  if (file === undefined) return null;
  const folder = folderOf(file);
  const written = writeRunFile(mapFiles(spec, (location) => relativeName(folder, location)));
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(written));
  return file;
}

/** `rnn.pt` → `rnn.unroll.json`, in the same folder. */
function defaultFile(spec: RunSpec): vscode.Uri {
  const weights = parseLocation(spec.weights.file);
  const name = baseName(weights).replace(/\.[^.]+$/, "");
  return vscode.Uri.joinPath(folderOf(weights), `${name}${RUN_FILE_SUFFIX}`);
}

async function askForFile(defaultUri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const file = await vscode.window.showSaveDialog({
    defaultUri,
    saveLabel: vscode.l10n.t("Save Run"),
    // Not "unroll.json": VS Code's own dialog knows one extension a file, and would add the two once more.
    filters: { [vscode.l10n.t("Unroll run")]: ["json"] },
  });
  if (file === undefined || file.path.endsWith(RUN_FILE_SUFFIX)) return file;
  // Without its suffix the file would open as any other JSON.
  return file.with({ path: `${file.path.replace(/\.json$/i, "")}${RUN_FILE_SUFFIX}` });
}
