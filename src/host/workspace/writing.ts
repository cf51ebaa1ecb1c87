/**
 * Writes files where the user said, on whatever file system that is, and asks before it replaces any.
 */
import * as vscode from "vscode";
import { UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import { showWarning } from "../base/surfaces";
import { baseName, folderOf } from "./locations";

/** The folder of a file where it can be written to, else one of the workspace's; undefined where there is none. */
export function writableFolderOf(file: vscode.Uri): vscode.Uri | undefined {
  const folders = [folderOf(file), ...(vscode.workspace.workspaceFolders ?? []).map(uriOf)];
  return folders.find(isWritable);
}

/** Asks where files are there already; false when they are to stay. */
export async function mayReplace(files: readonly vscode.Uri[]): Promise<boolean> {
  const existing: string[] = [];
  for (const file of files) if (await exists(file)) existing.push(baseName(file));
  if (existing.length === 0) return true;
  const replace = vscode.l10n.t("Replace");
  const question = text("The folder has files of the same names: {0}", existing);
  return (await showWarning(question, replace)) === replace;
}

/** @throws UnsupportedError where the file cannot be written. */
export async function writeFile(file: vscode.Uri, bytes: Uint8Array): Promise<void> {
  assertWritable(file);
  try {
    await vscode.workspace.fs.writeFile(file, bytes);
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) throw error;
    const problem = text("the file cannot be written ({0})", error.code);
    throw new UnsupportedError({ file: baseName(file) }, problem, { cause: error });
  }
}

/** @throws UnsupportedError for a file or folder of a file system that only reads, as of a commit. */
export function assertWritable(target: vscode.Uri): void {
  if (isWritable(target)) return;
  const problem = text("this file system can only be read");
  throw new UnsupportedError({ file: baseName(target) }, problem, {
    remedies: [{ do: "choose-other-folder" }],
  });
}

function isWritable({ scheme }: vscode.Uri): boolean {
  return vscode.workspace.fs.isWritableFileSystem(scheme) !== false;
}

function uriOf({ uri }: vscode.WorkspaceFolder): vscode.Uri {
  return uri;
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
