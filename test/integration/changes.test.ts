/** Two versions of a file of tensors beside each other, as git's Open Changes asks for them. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { UnrollApi } from "../../src/extension";
import { renderText } from "../../src/core/text";
import { activate, closeAll, example, until } from "./support";

type OpenDocument = ReturnType<UnrollApi["tensorDocuments"]>[number];

/** Every path of the scheme gives what `example` has under it, and nothing can be written. */
class OldVersions implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): Thenable<vscode.FileStat> {
    return vscode.workspace.fs.stat(this.#file(uri));
  }

  readFile(uri: vscode.Uri): Thenable<Uint8Array> {
    return vscode.workspace.fs.readFile(this.#file(uri));
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  writeFile(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  #file({ path }: vscode.Uri): vscode.Uri {
    return vscode.Uri.file(path);
  }
}

/** What an open document is: the scheme it is read from, the version it says, and how many tensors it has. */
function describeDocument({ uri, version, summary }: OpenDocument): string {
  const said = version === null ? "the file" : renderText(version);
  return `${uri.scheme}: ${said}, ${String(summary?.entryCount)}`;
}

describe("changes of a file of tensors", () => {
  const scheme = "unrollold";
  let registration: vscode.Disposable;

  before(() => {
    registration = vscode.workspace.registerFileSystemProvider(scheme, new OldVersions(), {
      isReadonly: true,
    });
  });
  after(() => {
    registration.dispose();
  });
  afterEach(async () => {
    const { tensorDocuments } = await activate();
    await closeAll();
    await until(() => tensorDocuments().length === 0);
  });

  const files: readonly (readonly [path: string, tensors: number])[] = [
    ["text-classifier/weights.pt", 11],
    ["three-layers-two-directions/weights.safetensors", 24],
    ["gru-packed/batch.npz", 2],
    ["differs/input.npy", 1],
  ];
  for (const [path, tensors] of files) {
    it(`of ${path} are two tensor editors, each with its version`, async () => {
      const { tensorDocuments } = await activate();
      const file = example(...path.split("/"));
      const old = file.with({ scheme, query: "ref=1" });
      await vscode.commands.executeCommand("vscode.diff", old, file, "changes");
      await until(
        () =>
          tensorDocuments().length === 2 &&
          tensorDocuments().every(({ summary }) => summary !== null),
      );
      assert.deepEqual(tensorDocuments().map(describeDocument).sort(), [
        `file: the file, ${tensors}`,
        `${scheme}: read-only, from ${scheme}, ${tensors}`,
      ]);
    });
  }
});
