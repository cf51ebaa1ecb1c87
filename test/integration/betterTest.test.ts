/** Make a Better Test…: a folder with a probe of the module in the panel. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { RunSpec } from "../../src/run/spec/spec";
import { closeAll, example, onlyPanel } from "./support";

describe("making a better test", () => {
  afterEach(closeAll);

  it("writes values, a script and a run file that names the weights, and opens it", async () => {
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
    assert.equal(opened?.uri.path.split("/").at(-1), "probe.unroll.json");
    const spec = JSON.parse(opened.getText()) as RunSpec;
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
