/** A run from files to panel, by the commands that the Explorer and the palette call. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  activate,
  closeAll,
  copy,
  example,
  fixture,
  onlyPanel,
  until,
  verdictsOf,
  write,
} from "./support";

/** In the last byte of a little-endian float32. */
const SIGN = 0x80;
const good = /^output (equal|rounding), h_n (equal|rounding)$/;
/** Whatever was compared. */
const allGood = /^(?:\w+ (?:equal|rounding)(?:, |$))+$/;

describe("running", () => {
  afterEach(closeAll);

  it("runs three selected files, whichever was clicked", async () => {
    const folder = "two-directions-one-layer";
    const [weights, input, reference] = ["weights.pt", "input.npy", "expected.npz"].map((name) =>
      example(folder, name),
    );
    await vscode.commands.executeCommand("unroll.run", reference, [input, reference, weights]);
    const panel = await onlyPanel();
    assert.match(verdictsOf(panel), /^output \w+, h_n \w+$/);
    assert.equal(panel.view?.labels.weights, "weights.pt");
    assert.equal(panel.spec.input, input?.toString());
    assert.equal(panel.problem, null);
  });

  it("takes input, lengths and reference from one file", async () => {
    const weights = fixture("cases/packed-rnn-bi/weights.pt");
    const io = fixture("cases/packed-rnn-bi/io.npz");
    await vscode.commands.executeCommand("unroll.run", weights, [weights, io]);
    const panel = await onlyPanel();
    assert.match(verdictsOf(panel), good);
    assert.deepEqual(panel.view?.lengths, [3, 6, 1, 5]);
  });

  it("takes the states of an LSTM from its files, and compares c_n", async () => {
    const files = ["weights.pt", "batch.npz", "expected.npz"].map((name) =>
      example("lstm-two-directions", name),
    );
    await vscode.commands.executeCommand("unroll.run", files[0], files);
    const panel = await onlyPanel();
    assert.match(verdictsOf(panel), allGood);
    const { view } = panel;
    assert.ok(view);
    assert.deepEqual(
      view.verdicts.map(({ name }) => name),
      ["output", "h_n", "c_n"],
    );
    assert.equal(view.labels.h0, "batch.npz · h0");
    assert.equal(view.labels.c0, "batch.npz · c0");
    // The states' batch axis tells the input's.
    assert.equal(view.options.batchFirst, true);
  });

  it("opens every example's run file", async () => {
    const found = await vscode.workspace.findFiles("*/*.unroll.json");
    // Other tests write run files of their own.
    const files = found.filter(({ path }) => /\/([^/]+)\/\1\.unroll\.json$/.test(path));
    assert.ok(files.length > 10);
    for (const file of files) {
      await vscode.commands.executeCommand("unroll.openRun", file);
      const panel = await onlyPanel();
      assert.equal(panel.runFile?.toString(), file.toString());
      assert.ok(panel.view, file.path);
      assert.equal(panel.problem, null, file.path);
      const { clash } = panel.view.shapes;
      if (file.path.includes("does-not-fit")) assert.ok(clash);
      else if (/\/(differs|gate-order)\//.test(file.path))
        assert.match(verdictsOf(panel), /differs/);
      else assert.match(verdictsOf(panel), allGood, file.path);
      await closeAll();
    }
  });

  it("keeps one panel for each run file", async () => {
    const { panels } = await activate();
    const first = example("one-direction-one-layer", "one-direction-one-layer.unroll.json");
    const second = example("differs", "differs.unroll.json");
    await vscode.commands.executeCommand("unroll.openRun", first);
    await vscode.commands.executeCommand("unroll.openRun", second);
    await vscode.commands.executeCommand("unroll.openRun", first);
    assert.deepEqual(
      panels().map(({ runFile }) => runFile?.toString()),
      [first.toString(), second.toString()],
    );
    await until(() => (panels()[0]?.view?.revision ?? 0) > 1);
  });

  it("runs again when one of its files changes on disk", async () => {
    const folder = "changing";
    for (const name of ["weights.pt", "input.npy", "expected.npz"]) {
      await copy(example("one-direction-one-layer", name), example(folder, name));
    }
    const runFile = await copy(
      example("one-direction-one-layer", "one-direction-one-layer.unroll.json"),
      example(folder, "changing.unroll.json"),
    );
    await vscode.commands.executeCommand("unroll.openRun", runFile);
    const panel = await onlyPanel();
    assert.match(verdictsOf(panel), good);
    // What was copied first may still be told by the watcher: only other values show that these were read.
    const input = example(folder, "input.npy");
    const bytes = new Uint8Array(await vscode.workspace.fs.readFile(input));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ SIGN;
    await write(input, bytes);
    await until(() => verdictsOf(panel) === "output differs, h_n differs");
    assert.equal(panel.problem, null);
  });

  it("follows its run file", async () => {
    const source = example("one-direction-one-layer", "one-direction-one-layer.unroll.json");
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(source));
    const runFile = await write(example("one-direction-one-layer", "edited.unroll.json"), text);
    await vscode.commands.executeCommand("unroll.openRun", runFile);
    const panel = await onlyPanel();
    const spec = JSON.parse(text) as object;
    await write(runFile, JSON.stringify({ ...spec, tolerance: { rtol: 0.25, atol: 0.5 } }));
    await until(() => panel.view?.tolerance.atol === 0.5);
    await vscode.workspace.fs.delete(runFile);
  });

  it("uses the tolerance of the settings for runs that name none", async () => {
    const settings = vscode.workspace.getConfiguration("unroll");
    const file = example("one-direction-one-layer", "one-direction-one-layer.unroll.json");
    await vscode.commands.executeCommand("unroll.openRun", file);
    const panel = await onlyPanel();
    assert.equal(panel.view?.tolerance.rtol, 1.3e-6);
    await settings.update("tolerance.preset", "allclose", vscode.ConfigurationTarget.Workspace);
    await until(() => panel.view?.tolerance.rtol === 1e-5);
    await settings.update("tolerance.preset", undefined, vscode.ConfigurationTarget.Workspace);
    await until(() => panel.view?.tolerance.rtol === 1.3e-6);
  });
});
