/**
 * Quick fixes of run files: replacements for a value that has a problem.
 */
import * as vscode from "vscode";
import type { RunFileProblem } from "../../run/spec/file";
import { text } from "../../core/text";
import { sentence } from "../base/surfaces";

/** A problem of a document, in the document's own places. */
export interface PlacedProblem {
  readonly problem: RunFileProblem;
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
    .flatMap(({ problem, diagnostic }) =>
      problem.replacements.map((replacement, index) => {
        const title = sentence(text("Change to {0}", replacement));
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.isPreferred = index === 0 && problem.replacements.length === 1;
        action.edit = new vscode.WorkspaceEdit();
        action.edit.replace(document.uri, diagnostic.range, replacement);
        return action;
      }),
    );
}
