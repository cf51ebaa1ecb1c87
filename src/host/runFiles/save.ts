/**
 * Saves a run as a run file next to the files that it names.
 */
import * as vscode from "vscode";
import { writeRunFile } from "../../run/spec/file";
import { mapFiles, type RunSpec } from "../../run/spec/spec";
import { baseName, folderOf, parseLocation, relativeName } from "../workspace/locations";
import { RUN_FILE_SUFFIX } from "../workspace/readRunFile";
import { mayReplace, writableFolderOf, writeFile } from "../workspace/writing";

/**
 * Writes `spec` to `target`, else to where the user says; `runFile` is where it came from.
 * Returns the file, null when the user gave up. @throws UnsupportedError where it cannot be written.
 */
export async function saveRun(
  spec: RunSpec,
  runFile: vscode.Uri | null,
  target?: vscode.Uri,
): Promise<vscode.Uri | null> {
  const file = target ?? (await askForFile(spec, runFile, ""));
  return file === undefined ? null : written(spec, file);
}

/**
 * Writes `spec`, which is a run under the mistakes of these ids, to where the user says; `runFile` is the run file of the
 * run itself, which is not offered. Returns and throws as `saveRun`.
 */
export async function saveRunUnder(
  spec: RunSpec,
  runFile: vscode.Uri | null,
  ids: readonly string[],
): Promise<vscode.Uri | null> {
  const mark = ids.map((id) => `-${id.slice(id.lastIndexOf("/") + 1)}`).join("");
  const file = await askForFile(spec, runFile, mark);
  return file === undefined ? null : written(spec, file);
}

async function written(spec: RunSpec, file: vscode.Uri): Promise<vscode.Uri> {
  const folder = folderOf(file);
  const content = writeRunFile(mapFiles(spec, (location) => relativeName(folder, location)));
  await writeFile(file, new TextEncoder().encode(content));
  return file;
}

/** `rnn.pt` → `rnn.unroll.json`, in the same folder; a name is marked before its suffix. */
async function askForFile(
  spec: RunSpec,
  runFile: vscode.Uri | null,
  mark: string,
): Promise<vscode.Uri | undefined> {
  const own = runFile ?? parseLocation(spec.weights.file);
  const name = baseName(own).replace(runFile === null ? /\.[^.]+$/ : RUN_FILE_SUFFIX, "");
  const folder = writableFolderOf(own);
  const file = await vscode.window.showSaveDialog({
    ...(folder === undefined
      ? {}
      : { defaultUri: vscode.Uri.joinPath(folder, `${name}${mark}${RUN_FILE_SUFFIX}`) }),
    saveLabel: vscode.l10n.t("Save Run"),
    // Not "unroll.json": VS Code's own dialog knows one extension a file, and would add the two once more.
    filters: { [vscode.l10n.t("Unroll run")]: ["json"] },
  });
  if (file === undefined || file.path.endsWith(RUN_FILE_SUFFIX)) return file;
  // Without its suffix the file would open as any other JSON. The dialog has asked about the name that it was given.
  const named = file.with({ path: `${file.path.replace(/\.json$/i, "")}${RUN_FILE_SUFFIX}` });
  return (await mayReplace([named])) ? named : undefined;
}
