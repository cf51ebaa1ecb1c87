/**
 * Where the text of Explain Error… comes from: the editor's selection, the clipboard, or an input box.
 */
import * as vscode from "vscode";
import { foreign, text } from "../../core/text";
import { askForLine, showChoices } from "../base/surfaces";

/** UTF-16 units that are looked at here, on the thread of the extensions; a traceback has fewer. */
export const MAX_PASTED = 262_144;

/** UTF-16 units of the clipboard that are shown. */
const SHOWN = 120;

/** The text to explain; undefined when the user gave up. */
export async function askMessage(): Promise<string | undefined> {
  const selected = selectedText();
  if (selected !== "") return selected;
  const copied = (await vscode.env.clipboard.readText()).slice(-MAX_PASTED);
  return copied.trim() === "" ? askLine() : askSource(copied);
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  return editor === undefined ? "" : editor.document.getText(editor.selection).trim();
}

/** The clipboard keeps the lines of a traceback, which an input box does not. */
async function askSource(copied: string): Promise<string | undefined> {
  const { explainText } = await import("../../diagnosis/messages/explain");
  const [known] = explainText(copied).messages;
  const shown = (known?.source ?? copied.trim()).slice(0, SHOWN);
  const picked = await showChoices(
    Promise.resolve([
      {
        icon: "clippy",
        label: text("Explain what was copied"),
        detail: foreign(shown),
        isCopied: true,
      },
      { icon: "edit", label: text("Write or paste a message…"), isCopied: false },
    ]),
    {
      title: vscode.l10n.t("Explain Error"),
      placeHolder: vscode.l10n.t("A message or traceback of PyTorch, NumPy, Keras or ONNX Runtime"),
    },
  );
  if (picked === undefined) return undefined;
  return picked.isCopied ? copied : askLine();
}

function askLine(): Thenable<string | undefined> {
  return askForLine({
    title: vscode.l10n.t("Explain Error"),
    prompt: vscode.l10n.t("A message or traceback of PyTorch, NumPy, Keras or ONNX Runtime"),
    placeHolder: "RuntimeError: Expected hidden[0] size (2, 4, 8), got [2, 3, 8]",
    ignoreFocusOut: true,
  });
}

/** What is selected in the terminal. What was copied before is in the clipboard again afterwards. */
export async function terminalSelection(): Promise<string | undefined> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  await clipboard.writeText("");
  await vscode.commands.executeCommand("workbench.action.terminal.copySelection");
  const selected = await clipboard.readText();
  await clipboard.writeText(before);
  return selected.trim() === "" ? askMessage() : selected;
}
