/** Cases that are made of the run in the panel: a better test of its module, and the smallest one that shows its mistake. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { RunSpec } from "../../src/run/spec/spec";
import { activate, closeAll, copy, example, fixture, onlyPanel, until } from "./support";

describe("making a better test", () => {
  afterEach(closeAll);

  it("writes values, a script and a run file that names the weights, and opens the script", async () => {
    const folder = "lstm-two-directions";
    await vscode.commands.executeCommand(
      "unroll.openRun",
      example(folder, `${folder}.unroll.json`),
    );
    await onlyPanel();
    const target = example("tests", "better");
    await vscode.commands.executeCommand("unroll.makeBetterTest", target);
    const names = (await vscode.workspace.fs.readDirectory(target)).map(([name]) => name);
    assert.deepEqual(names.sort(), ["probe.npz", "probe.unroll.json", "record.py"]);
    const opened = vscode.window.activeTextEditor?.document;
    assert.equal(opened?.uri.path.split("/").at(-1), "record.py");
    const written = vscode.Uri.joinPath(target, "probe.unroll.json");
    const document = await vscode.workspace.openTextDocument(written);
    const spec = JSON.parse(document.getText()) as RunSpec;
    assert.match(spec.weights.file, /^\.\.\/\.\.\/lstm-two-directions\/\w+\.\w+$/);
    assert.equal(spec.input, "probe.npz#input");

    // It runs: without the reference, which is not recorded yet.
    const { reference, ...own } = spec;
    assert.equal(reference?.c_n, "reference.npz#c_n");
    const run = vscode.Uri.joinPath(target, "own.unroll.json");
    await vscode.workspace.fs.writeFile(run, new TextEncoder().encode(JSON.stringify(own)));
    await closeAll();
    await vscode.commands.executeCommand("unroll.openRun", run);
    const panel = await onlyPanel();
    assert.equal(panel.problem, null);
    assert.deepEqual([panel.view?.seqLength, panel.view?.batchSize], [5, 3]);
  });
});

describe("making the smallest case", () => {
  afterEach(closeAll);

  async function openMistake(name: string): Promise<void> {
    for (const ending of ["safetensors", "unroll.json"]) {
      await copy(fixture("mistakes", `${name}.${ending}`), example("small", `${name}.${ending}`));
    }
    await vscode.commands.executeCommand("unroll.openRun", example("small", `${name}.unroll.json`));
    await onlyPanel();
  }

  it("writes a smaller run with its tests, and opens it in a panel of its own", async () => {
    await openMistake("s070");
    const target = example("small", "case");
    await vscode.commands.executeCommand("unroll.makeSmallestCase", target);
    const names = (await vscode.workspace.fs.readDirectory(target)).map(([name]) => name);
    assert.deepEqual(names.sort(), [
      ...["case.json", "case.npz", "case.test.mjs", "case.unroll.json", "test_case.py"],
    ]);
    const { panels } = await activate();
    const [whole, small] = panels();
    assert.equal(panels().length, 2);
    const view = await until(() => small?.view);
    assert.equal(small?.runFile?.path.split("/").at(-1), "case.unroll.json");
    assert.ok(view.seqLength < (whole?.view?.seqLength ?? 0));
    assert.ok(view.verdicts.some(({ verdict }) => verdict === "differs"));
  });

  it("writes nothing where no mistake is known", async () => {
    await openMistake("s046");
    const target = example("small", "none");
    await vscode.commands.executeCommand("unroll.makeSmallestCase", target);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(target)));
    const { panels } = await activate();
    assert.equal(panels().length, 1);
  });
});

describe("a case in a file system that only reads", () => {
  const files: vscode.FileSystemProvider = {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: (uri) => {
      throw vscode.FileSystemError.FileNotFound(uri);
    },
    readFile: (uri) => {
      throw vscode.FileSystemError.FileNotFound(uri);
    },
    readDirectory: () => [],
    ...{ createDirectory: refuse, writeFile: refuse, delete: refuse, rename: refuse },
  };
  let written = 0;

  function refuse(): void {
    written++;
  }

  afterEach(closeAll);

  it("is not begun", async () => {
    const registration = vscode.workspace.registerFileSystemProvider("unrollreadonly", files, {
      isReadonly: true,
    });
    try {
      const folder = "lstm-two-directions";
      await vscode.commands.executeCommand(
        "unroll.openRun",
        example(folder, `${folder}.unroll.json`),
      );
      await onlyPanel();
      const target = vscode.Uri.parse("unrollreadonly:/tests");
      await vscode.commands.executeCommand("unroll.makeBetterTest", target);
      await vscode.commands.executeCommand(
        "unroll.saveRun",
        vscode.Uri.joinPath(target, "a.unroll.json"),
      );
      assert.equal(written, 0);
    } finally {
      registration.dispose();
    }
  });
});
