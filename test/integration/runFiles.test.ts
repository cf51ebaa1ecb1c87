/** Run files: saved, opened again, and their problems in the Problems panel. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { RunSpec } from "../../src/run/spec/spec";
import { closeAll, example, onlyPanel, until, verdictsOf, write } from "./support";

async function readSpec(file: vscode.Uri): Promise<RunSpec> {
  const bytes = await vscode.workspace.fs.readFile(file);
  return JSON.parse(new TextDecoder().decode(bytes)) as RunSpec;
}

async function lensesOf(file: vscode.Uri): Promise<vscode.CodeLens[]> {
  await vscode.window.showTextDocument(file);
  return vscode.commands.executeCommand("vscode.executeCodeLensProvider", file);
}

describe("a run file", () => {
  afterEach(closeAll);

  it("is saved with names relative to itself, and opens the same run", async () => {
    const folder = "three-layers-two-directions";
    const selected = ["weights.safetensors", "input.npy", "expected.npz"].map((name) =>
      example(folder, name),
    );
    await vscode.commands.executeCommand("unroll.run", selected[0], selected);
    const before = verdictsOf(await onlyPanel());
    const target = example("saved", "deeper", "seed.unroll.json");
    await vscode.commands.executeCommand("unroll.saveRun", target);
    assert.equal((await onlyPanel()).view?.labels.runFile, "seed.unroll.json");

    const spec = await readSpec(target);
    assert.equal(spec.weights.file, `../../${folder}/weights.safetensors`);
    assert.equal(spec.input, `../../${folder}/input.npy`);
    assert.equal(spec.reference?.h_n, `../../${folder}/expected.npz#h_n`);

    await closeAll();
    await vscode.commands.executeCommand("unroll.openRun", target);
    const reopened = await onlyPanel();
    assert.equal(verdictsOf(reopened), before);
    assert.equal(reopened.runFile?.toString(), target.toString());
  });

  it("keeps the names of files with #, % and spaces", async () => {
    const folder = "odd #1 100% names";
    const names = { weights: "we#ights 50%.pt", input: "in put#.npy" };
    for (const [from, to] of [
      ["weights.pt", names.weights],
      ["input.npy", names.input],
    ] as const) {
      const bytes = await vscode.workspace.fs.readFile(example("one-direction-one-layer", from));
      await write(example(folder, to), bytes);
    }
    const target = await write(
      example(folder, "odd.unroll.json"),
      JSON.stringify({ weights: { file: names.weights }, input: `${names.input}#` }),
    );
    await vscode.commands.executeCommand("unroll.openRun", target);
    assert.equal((await onlyPanel()).problem, null);
    await vscode.commands.executeCommand("unroll.saveRun", target);
    const spec = await readSpec(target);
    assert.equal(spec.weights.file, names.weights);
    assert.equal(spec.input, `${names.input}#`);
  });

  it("has its problems at the values that cause them", async () => {
    const source = `{
  "weights": { "file": "nowhere.pt" },
  "input": "../differs/input.npy",
  "lengths": [3, -1],
  "reference": { "output": "../differs/expected.npz#outptu" },
  "colour": 1
}
`;
    const file = await write(example("saved", "problems.unroll.json"), source);
    await vscode.window.showTextDocument(file);
    const diagnostics = await until(() => {
      const found = vscode.languages
        .getDiagnostics(file)
        .filter((each) => each.source === "Unroll RNN");
      return found.length >= 4 && found;
    });
    const document = await vscode.workspace.openTextDocument(file);
    const places = new Map(
      diagnostics.map(({ range, message }) => [document.getText(range), message]),
    );
    assert.match(places.get('"nowhere.pt"') ?? "", /no such file/);
    assert.match(places.get("-1") ?? "", /sequence length/);
    const reference = places.get('"../differs/expected.npz#outptu"') ?? "";
    assert.match(reference, /outptu.*output/);
    assert.match(places.get('"colour"') ?? "", /Unknown key/);
  });

  it("has a sentence where it names another computer, and asks nobody elsewhere before it runs", async () => {
    const source = `{
  "weights": "file://evil-host/share/x.pt",
  "input": "file://%zz",
  "h0": "/nowhere/that/is/h0.npy",
  "c0": "memfs:/nowhere/c0.npy",
  "reference": { "embedded": "../differs/gone.npy", "logits": "../differs/expected.npz#gone" }
}
`;
    const file = await write(example("saved", "elsewhere.unroll.json"), source);
    const document = await vscode.workspace.openTextDocument(file);
    const found = await until(() => {
      const diagnostics = vscode.languages.getDiagnostics(file);
      return diagnostics.length >= 6 && diagnostics;
    });
    const places = new Map(found.map(({ range, message }) => [document.getText(range), message]));
    assert.equal(places.size, 6);
    for (const name of ["/nowhere/that/is/h0.npy", "memfs:/nowhere/c0.npy"]) {
      const place = JSON.stringify(name);
      assert.match(places.get(place) ?? "", /lies outside the folder/);
      const told = found.find(({ range }) => document.getText(range) === place);
      assert.equal(told?.severity, vscode.DiagnosticSeverity.Information);
    }
    assert.match(
      places.get('"file://evil-host/share/x.pt"') ?? "",
      /a file of the computer evil-host, which is not asked for it here/,
    );
    assert.match(places.get('"file://%zz"') ?? "", /this is not the address of a file/);
    assert.match(places.get('"../differs/gone.npy"') ?? "", /no such file/);
    assert.match(places.get('"../differs/expected.npz#gone"') ?? "", /no tensor gone/);
  });

  it("names a module that its weights do not hold at its value, and offers those that are there", async () => {
    const weights = { file: "weights.pt", module: "encoder." };
    const run = JSON.stringify({ weights, input: "input.npy" });
    const file = await write(example("differs", "module.unroll.json"), run);
    const { document } = await vscode.window.showTextDocument(file);
    const problem = await until(() => vscode.languages.getDiagnostics(file)[0]);
    assert.equal(document.getText(problem.range), '"encoder."');
    assert.match(problem.message, /^weights\.pt: there is no module encoder\.; it has /);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      ...[file, problem.range, vscode.CodeActionKind.QuickFix.value],
    );
    assert.ok(actions.some(({ title }) => title.startsWith("Change to ")));
  });

  it("opens with its weights written as one name, and is saved", async () => {
    const run = { weights: "../differs/weights.pt", input: "../differs/input.npy" };
    const target = await write(example("saved", "short.unroll.json"), JSON.stringify(run));
    await vscode.commands.executeCommand("unroll.openRun", target);
    assert.equal((await onlyPanel()).problem, null);
    await vscode.commands.executeCommand("unroll.saveRun", target);
    assert.equal((await readSpec(target)).weights.file, run.weights);
  });

  it("loses its problems when they are mended", async () => {
    const file = await write(example("differs", "mended.unroll.json"), "{ }");
    const editor = await vscode.window.showTextDocument(file);
    const count = (): number =>
      vscode.languages.getDiagnostics(file).filter((each) => each.source === "Unroll RNN").length;
    await until(() => count() > 0);
    const whole = new vscode.Range(0, 0, 0, 3);
    // Without batchFirst it would be hinted that nothing says which axis is the batch.
    const options = { batchFirst: true };
    const mended = JSON.stringify({ weights: { file: "weights.pt" }, input: "input.npy", options });
    await editor.edit((edit) => {
      edit.replace(whole, mended);
    });
    await until(() => count() === 0);
    await editor.document.save();
  });

  it("is mended by its quick fixes", async () => {
    const source = `{
  "weights": { "file": "weights.pt" },
  "input": "input.npy",
  "options": { "batch_first": true }
}
`;
    const file = await write(example("differs", "fixes.unroll.json"), source);
    const { document } = await vscode.window.showTextDocument(file);
    const problems = (): vscode.Diagnostic[] =>
      vscode.languages.getDiagnostics(file).filter((each) => each.source === "Unroll RNN");
    const problem = await until(() => problems()[0]);
    assert.equal(document.getText(problem.range), '"batch_first"');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      ...[file, problem.range, vscode.CodeActionKind.QuickFix.value],
    );
    const fix = actions.find(({ title }) => title === 'Change to "batchFirst"');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join(", "));
    await vscode.workspace.applyEdit(fix.edit);
    await until(() => problems().length === 0);
    await document.save();
  });

  it("offers to open its run above its first line, under the name of a run file only", async () => {
    const run = JSON.stringify({ weights: { file: "weights.pt" }, input: "input.npy" });
    const file = await write(example("differs", "lens.unroll.json"), run);
    const [lens, ...others] = await lensesOf(file);
    assert.equal(lens?.command?.title, "Open Run");
    assert.equal(lens.range.start.line, 0);
    assert.deepEqual(others, []);
    const { command, arguments: given = [] } = lens.command;
    await vscode.commands.executeCommand(command, ...(given as unknown[]));
    assert.equal((await onlyPanel()).runFile?.toString(), file.toString());
    assert.deepEqual(await lensesOf(await write(example("differs", "lens.json"), run)), []);
  });

  it("has a warning for options that its cell does not have", async () => {
    const options = { batchFirst: true, resetAfter: false };
    const run = { weights: { file: "weights.pt" }, input: "input.npy", options };
    const file = await write(example("differs", "cell.unroll.json"), JSON.stringify(run));
    const { document } = await vscode.window.showTextDocument(file);
    const problem = await until(() => vscode.languages.getDiagnostics(file)[0]);
    assert.equal(document.getText(problem.range), '"resetAfter"');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Warning);
    assert.match(problem.message, /resetAfter is not used: nn\.RNN has no such option/);
  });
});
