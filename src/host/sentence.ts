/**
 * Sentences of the core in the user's language.
 */
import * as vscode from "vscode";
import { renderText, type Text } from "../text";

/** Renders a sentence with the extension's l10n bundle. */
export function sentence(message: Text): string {
  return renderText(message, (template) => vscode.l10n.t(template));
}
