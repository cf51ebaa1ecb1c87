/** Explain Error…: a message becomes a document, which finds the tensors of the workspace and opens them. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { activate, closeAll, until } from "./support";

const message = `Traceback (most recent call last):
  File "train.py", line 12, in <module>
RuntimeError: input.size(-1) must be equal to input_size. Expected 2, got 5`;

/** The document of an explanation, once it is shown. */
function shownDocument(): Promise<vscode.TextDocument> {
  return until(() => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === "unroll-explanation" ? document : undefined;
  });
}

async function lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const found: unknown = await vscode.commands.executeCommand(
    "vscode.executeCodeLensProvider",
    document.uri,
    100,
  );
  return found as vscode.CodeLens[];
}

describe("Explain Error…", () => {
  before(activate);
  afterEach(closeAll);

  it("explains a text, and opens the file of a tensor that it means", async () => {
    await vscode.commands.executeCommand("unroll.explainError", message);
    const document = await shownDocument();
    assert.match(document.getText(), /2 is I, the columns of weight_ih_l0/);
    await until(() => document.getText().includes("weight_ih_l0 [3, 2]"));
    const offered = (await lenses(document)).map(({ command }) => command);
    assert.ok(offered.some((command) => command?.command === "unroll.openRun"));
    const tensors = offered.find((command) => command?.command === "unroll.inspect");
    assert.ok(tensors);
    await vscode.commands.executeCommand(
      tensors.command,
      ...((tensors.arguments ?? []) as unknown[]),
    );
    const { tensorDocuments } = await activate();
    await until(() => tensorDocuments().length === 1);
  });

  it("takes the selection of the editor", async () => {
    const source = await vscode.workspace.openTextDocument({ content: `log:\n${message}\nend` });
    const editor = await vscode.window.showTextDocument(source);
    editor.selection = new vscode.Selection(1, 0, 4, 0);
    await vscode.commands.executeCommand("unroll.explainError");
    const document = await shownDocument();
    assert.match(document.getText(), /^input\.size\(-1\) must be equal to input_size/);
  });

  it("shows no document of a text that it does not know", async () => {
    await vscode.commands.executeCommand("unroll.explainError", "it does not work");
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, undefined);
  });
});
