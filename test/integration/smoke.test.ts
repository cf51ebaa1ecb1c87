/** The extension is there, activates in the editor it runs in, and its commands exist. */
import assert from "node:assert/strict";
import * as vscode from "vscode";

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe("the extension in VS Code", () => {
  const extension = vscode.extensions.getExtension("unroll.unroll-rnn");

  it("activates", async () => {
    assert.ok(extension, "unroll.unroll-rnn is not installed");
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it("registers every command its manifest names", async () => {
    assert.ok(extension);
    const { contributes } = extension.packageJSON as Manifest;
    const named = contributes.commands.map(({ command }) => command);
    const registered = await vscode.commands.getCommands(true);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((command) => !registered.includes(command)),
      [],
    );
  });
});
