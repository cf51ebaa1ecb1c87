/** What the in-editor tests share: the extension's API, files to work on, waiting. */
import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import type { UnrollApi } from "../../src/extension";
import { renderText } from "../../src/core/text";

export type OpenPanel = ReturnType<UnrollApi["panels"]>[number];

/** Activates the extension. */
export async function activate(): Promise<UnrollApi> {
  const extension = vscode.extensions.getExtension<UnrollApi>("unroll.unroll-rnn");
  assert.ok(extension, "unroll.unroll-rnn is not installed");
  return extension.activate();
}

/** A file of the workspace, which is a copy of the examples. */
export function example(...path: string[]): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, "no folder is open");
  return vscode.Uri.joinPath(folder.uri, ...path);
}

/** A file of test/fixtures. */
export function fixture(...path: string[]): vscode.Uri {
  const repository = process.env["UNROLL_REPOSITORY"];
  assert.ok(repository, "UNROLL_REPOSITORY does not name the repository");
  return vscode.Uri.file(join(repository, "test/fixtures", ...path));
}

/** Copies a file, with all folders above its new place. */
export async function copy(from: vscode.Uri, to: vscode.Uri): Promise<vscode.Uri> {
  await write(to, await vscode.workspace.fs.readFile(from));
  return to;
}

export async function write(file: vscode.Uri, content: string | Uint8Array): Promise<vscode.Uri> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await vscode.workspace.fs.writeFile(file, bytes);
  return file;
}

/** Waits until `read` returns something. The test's own limit ends it. */
export async function until<Value>(read: () => Value | undefined | null | false): Promise<Value> {
  for (;;) {
    const value = read();
    if (value !== undefined && value !== null && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Closes every editor and waits for the panels to go. */
export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const { panels } = await activate();
  await until(() => panels().length === 0);
}

/** The only open panel. */
export async function onlyPanel(): Promise<OpenPanel> {
  const [panel, ...others] = (await activate()).panels();
  assert.ok(panel, "no panel is open");
  assert.equal(others.length, 0, "more than one panel is open");
  return panel;
}

/** The panel's problem in English; empty when there is none. */
export function problemText({ problem }: OpenPanel): string {
  return problem === null ? "" : renderText(problem);
}

/** `output equal, h_n equal`. */
export function verdictsOf({ view }: OpenPanel): string {
  return view?.verdicts.map(({ name, verdict }) => `${name} ${verdict}`).join(", ") ?? "";
}
