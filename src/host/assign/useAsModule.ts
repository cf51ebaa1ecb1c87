/**
 * Use as Recurrent Module…: opens the file in its editor, and the dialog there.
 */
import type * as vscode from "vscode";
import { activeTensorFile, pickTensorFiles } from "../tensors/pickFiles";
import type { TensorEditors } from "../tensors/tensorEditors";

/** The tensor whose menu the command was chosen from. */
export function tensorOf(context: unknown): readonly string[] {
  if (typeof context !== "object" || context === null || !("tensor" in context)) return [];
  return typeof context.tensor === "string" ? [context.tensor] : [];
}

/** Of the file that is given, that of the active editor, or one that the user picks. */
export async function useAsModule(
  tensors: TensorEditors,
  given: vscode.Uri | undefined,
  pointedAt: readonly string[],
): Promise<void> {
  const [uri] = given === undefined ? await chosenFile() : [given];
  if (uri === undefined) return;
  await tensors.open(uri);
  tensors.documentOf(uri)?.assign(pointedAt);
}

async function chosenFile(): Promise<readonly vscode.Uri[]> {
  const active = activeTensorFile();
  return active === undefined ? pickTensorFiles() : [active];
}
