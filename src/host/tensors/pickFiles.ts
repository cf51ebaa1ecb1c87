/**
 * Asks which file to open, when a command has none.
 */
import * as vscode from "vscode";
import { foreign, text } from "../../core/text";
import { baseName, parseLocation } from "../workspace/locations";
import { showChoices, type ChoiceTexts } from "../base/surfaces";
import { findTensorFiles, namesTensors } from "../workspace/tensorFiles";

/** The file of the tensor editor that has the focus. */
export function activeTensorFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isEditor =
    input instanceof vscode.TabInputCustom && input.viewType.startsWith("unroll.tensors");
  return isEditor ? input.uri : undefined;
}

interface FileItem extends ChoiceTexts {
  readonly kind?: vscode.QuickPickItemKind;
  readonly alwaysShow?: boolean;
  /** undefined: any other file. */
  readonly uri?: vscode.Uri;
}

/** Offers the workspace's files of tensors, and any other through Browse…. Returns [] when the user gave up. */
export async function pickTensorFiles(): Promise<readonly vscode.Uri[]> {
  const stop = new vscode.CancellationTokenSource();
  const title = vscode.l10n.t("Open Tensors");
  try {
    const picked = await showChoices(findItems(stop.token), {
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
    const path = vscode.workspace.asRelativePath(uri);
    return { label: foreign(baseName(uri)), description: foreign(path), uri };
  });
  return [
    ...found,
    { label: foreign(""), kind: vscode.QuickPickItemKind.Separator },
    { icon: "folder-opened", label: text("Browse…"), alwaysShow: true },
  ];
}
