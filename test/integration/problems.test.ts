/** What cannot be read or run: one sentence in the panel, and what was on screen stays. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { RunView } from "../../src/protocol/run/messages";
import {
  activate,
  closeAll,
  copy,
  example,
  fixture,
  onlyPanel,
  problemText,
  until,
  write,
} from "./support";

/** One for each test: what the one before has changed is still being told by the watcher. */
let folder = "";
let folders = 0;

async function openWorkingCopy(): Promise<vscode.Uri> {
  const source = "two-directions-one-layer";
  for (const name of ["weights.pt", "input.npy", "expected.npz"]) {
    await copy(example(source, name), example(folder, name));
  }
  const file = await copy(
    example(source, `${source}.unroll.json`),
    example(folder, "problems.unroll.json"),
  );
  await vscode.commands.executeCommand("unroll.openRun", file);
  return file;
}

/** One sentence: one line, the file first, no stack. */
function assertSentence(sentence: string, file: string): void {
  assert.ok(sentence.startsWith(`${file}: `), sentence);
  assert.ok(!sentence.includes("\n"), sentence);
  assert.ok(!sentence.includes("report it"), sentence);
  assert.ok(sentence.length < 400, sentence);
}

/** What a run shows but for when it ran: the watcher may tell late of the files' creation, and they are run again. */
function resultOf(view: RunView | null): object {
  assert.ok(view);
  return { ...view, revision: 0, details: null };
}

describe("a file that cannot be used", () => {
  beforeEach(() => {
    folder = `problems${++folders}`;
  });
  afterEach(closeAll);

  const broken: readonly (readonly [string, string])[] = [
    ["a truncated file", "truncated_half.pt"],
    ["an HTML page", "html_error_page.safetensors"],
    ["an empty file", "empty.pt"],
    ["plain text", "text_named.pt"],
  ];
  for (const [what, name] of broken) {
    it(`as weights, ${what}: one sentence, and the earlier run stays`, async () => {
      await openWorkingCopy();
      const panel = await onlyPanel();
      const before = resultOf(panel.view);
      await copy(fixture("broken/files", name), example(folder, "weights.pt"));
      // The panel may have seen the change by itself already; the last run counts.
      await vscode.commands.executeCommand("unroll.runAgain");
      await until(() => panel.problem);
      assertSentence(problemText(panel), "weights.pt");
      assert.deepEqual(resultOf(panel.view), before);
      await copy(example("two-directions-one-layer/weights.pt"), example(folder, "weights.pt"));
      await vscode.commands.executeCommand("unroll.runAgain");
      await until(() => panel.problem === null);
    });
  }

  it("opens a panel with the sentence when there was no run before", async () => {
    await copy(fixture("broken/files/truncated.npy"), example(folder, "cut.npy"));
    const file = await write(
      example(folder, "cut.unroll.json"),
      JSON.stringify({ weights: { file: "../differs/weights.pt" }, input: "cut.npy" }),
    );
    await vscode.commands.executeCommand("unroll.openRun", file);
    const panel = await onlyPanel();
    assert.equal(panel.view, null);
    assertSentence(problemText(panel), "cut.npy");
  });

  it("says which file is missing", async () => {
    const file = await write(
      example(folder, "missing.unroll.json"),
      JSON.stringify({ weights: { file: "nowhere.pt" }, input: "cut.npy" }),
    );
    await vscode.commands.executeCommand("unroll.openRun", file);
    assert.equal(problemText(await onlyPanel()), "nowhere.pt: there is no such file");
  });

  it("opens no panel for weights that the quick pick could not look into", async () => {
    const { panels } = await activate();
    const weights = await copy(fixture("broken/files/empty.pt"), example(folder, "empty.pt"));
    await vscode.commands.executeCommand("unroll.run", weights);
    assert.equal(panels().length, 0);
  });

  it("shows the shapes of a run that does not fit, in the panel of the run that did", async () => {
    await openWorkingCopy();
    const panel = await onlyPanel();
    assert.equal(panel.view?.shapes.clash, null);
    await copy(example("does-not-fit", "input.npy"), example(folder, "input.npy"));
    await copy(example("does-not-fit", "weights.pt"), example(folder, "weights.pt"));
    await vscode.commands.executeCommand("unroll.runAgain");
    await until(() => panel.view?.shapes.clash);
    assert.deepEqual(panel.view.lanes, []);
    assert.equal(panel.problem, null);
  });
});
