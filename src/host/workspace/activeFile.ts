/**
 * The file that the user is looking at.
 */
import * as vscode from "vscode";

/** Where the file of the active editor lies, whichever editor that is; undefined where it shows no file. */
export function activeFile(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const hasFile =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  return hasFile ? input.uri.toString() : undefined;
}
