/**
 * Which file to open, when a command was not told.
 */
import * as vscode from "vscode";
import { baseName, parseLocation } from "../locations";
import { findTensorFiles, namesTensors } from "../tensorFiles";

interface FileItem extends vscode.QuickPickItem {
  /** undefined: any other file. */
  readonly uri?: vscode.Uri;
}

/** Offers the workspace's files of tensors, and any other through Browse…. Returns [] when the user gave up. */
export async function pickTensorFiles(): Promise<readonly vscode.Uri[]> {
  const stop = new vscode.CancellationTokenSource();
  const title = vscode.l10n.t("Open Tensors");
  try {
    const picked = await vscode.window.showQuickPick(findItems(stop.token), {
      title,
      placeHolder: vscode.l10n.t("A file of weights or other tensors"),
      matchOnDescription: true,
    });
    if (picked === undefined) return [];
    if (picked.uri !== undefined) return [picked.uri];
    return (await vscode.window.showOpenDialog({ title, canSelectMany: true })) ?? [];
  } finally {
    stop.cancel();
    stop.dispose();
  }
}

async function findItems(token: vscode.CancellationToken): Promise<FileItem[]> {
  const locations = await findTensorFiles(undefined, token);
  const found = locations.filter(namesTensors).map((location) => {
    const uri = parseLocation(location);
    return { label: baseName(uri), description: vscode.workspace.asRelativePath(uri), uri };
  });
  const browse = `$(folder-opened) ${vscode.l10n.t("Browse…")}`;
  return [
    ...found,
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    { label: browse, alwaysShow: true },
  ];
}
