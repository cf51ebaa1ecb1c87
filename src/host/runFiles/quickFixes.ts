/**
 * Quick fixes of run files: what would be right in the place of a problem, or elsewhere in the file.
 */
import * as vscode from "vscode";
import { text, type Text } from "../../core/text";
import { sentence } from "../base/surfaces";
import type { ShownProblem } from "./runProblems";

/** Dismisses a hint for good. Not in package.json: it is of no use without a hint. */
export const DISMISS_COMMAND = "unroll.dismissHint";

/** A problem of a document, in the document's own places. */
export interface PlacedProblem {
  readonly problem: ShownProblem;
  readonly diagnostic: vscode.Diagnostic;
}

/** The fixes of the problems that touch `range`, the best one of each problem preferred. */
export function quickFixes(
  document: vscode.TextDocument,
  range: vscode.Range,
  problems: readonly PlacedProblem[],
): vscode.CodeAction[] {
  return problems
    .filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined)
    .flatMap((placed) => [
      ...replacements(document, placed),
      ...changes(document, placed),
      ...dismissal(placed),
    ]);
}

function replacements(
  document: vscode.TextDocument,
  { problem, diagnostic }: PlacedProblem,
): vscode.CodeAction[] {
  return problem.replacements.map((replacement, index) => {
    const action = fix(text("Change to {0}", replacement), diagnostic);
    action.isPreferred = index === 0 && problem.replacements.length === 1;
    action.edit = new vscode.WorkspaceEdit();
    action.edit.replace(document.uri, diagnostic.range, replacement);
    return action;
  });
}

function changes(
  document: vscode.TextDocument,
  { problem: { fixes = [] }, diagnostic }: PlacedProblem,
): vscode.CodeAction[] {
  return fixes.map(({ title, edits }, index) => {
    const action = fix(title, diagnostic);
    action.isPreferred = index === 0;
    const edit = new vscode.WorkspaceEdit();
    for (const { offset, length, content } of edits) {
      const end = document.positionAt(offset + length);
      edit.replace(document.uri, new vscode.Range(document.positionAt(offset), end), content);
    }
    action.edit = edit;
    return action;
  });
}

function dismissal({ problem: { trap }, diagnostic }: PlacedProblem): vscode.CodeAction[] {
  if (trap === undefined) return [];
  const action = fix(text("Do not show this hint again"), diagnostic);
  action.command = { title: action.title, command: DISMISS_COMMAND, arguments: [trap] };
  return [action];
}

function fix(title: Text, diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const action = new vscode.CodeAction(sentence(title), vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  return action;
}
