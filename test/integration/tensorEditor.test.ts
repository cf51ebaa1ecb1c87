/** Files of tensors open in their editor, are read again when they change, and end their worker when they are closed. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { UnrollApi } from "../../src/extension";
import { renderText } from "../../src/core/text";
import { activate, closeAll, copy, example, fixture, until, write } from "./support";

type OpenDocument = ReturnType<UnrollApi["tensorDocuments"]>[number];

const weights = ["text-classifier", "weights.pt"] as const;

/** The only open document. */
async function onlyDocument(): Promise<OpenDocument> {
  const { tensorDocuments } = await activate();
  await until(() => tensorDocuments().length > 0);
  const [document, ...others] = tensorDocuments();
  assert.ok(document);
  assert.equal(others.length, 0, "more than one document is open");
  return document;
}

async function read(): Promise<OpenDocument> {
  const document = await onlyDocument();
  await until(() => document.summary ?? document.problem);
  return document;
}

function problemOf({ problem }: OpenDocument): string {
  return problem === null ? "" : renderText(problem);
}

function customTabs(): string[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.flatMap(({ input }) =>
    input instanceof vscode.TabInputCustom ? [input.viewType] : [],
  );
}

describe("the tensor editor", () => {
  afterEach(async () => {
    const { tensorDocuments } = await activate();
    const open = tensorDocuments();
    await closeAll();
    await until(() => tensorDocuments().length === 0);
    for (const document of open) await until(() => document.workers === 0);
  });

  it("opens a checkpoint by itself", async () => {
    await vscode.commands.executeCommand("vscode.open", example(...weights));
    const { summary, workers } = await read();
    assert.deepEqual(customTabs(), ["unroll.tensors"]);
    assert.equal(summary?.entryCount, 11);
    assert.equal(summary.modules[0]?.constructorLine, "nn.LSTM(6, 8, bidirectional=True)");
    assert.equal(workers, 1);
  });

  for (const path of [
    ["gru-packed", "weights.safetensors"],
    ["gru-packed", "batch.npz"],
    ["one-direction-one-layer", "input.npy"],
  ]) {
    it(`opens ${path.join("/")} by itself`, async () => {
      await vscode.commands.executeCommand("vscode.open", example(...path));
      await read();
      assert.deepEqual(customTabs(), ["unroll.tensors"]);
    });
  }

  it("opens files that others open as well through the command", async () => {
    await vscode.commands.executeCommand("unroll.inspect", example("keras-lstm", "model.keras"));
    const { summary } = await read();
    assert.deepEqual(customTabs(), ["unroll.tensorsOption"]);
    assert.equal(summary?.format, "keras");
  });

  it("leaves JSON to the text editor", async () => {
    const file = await write(example("plain.json"), "[1, 2]");
    await vscode.commands.executeCommand("vscode.open", file);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), file.toString());
    assert.deepEqual(customTabs(), []);
  });

  it("opens every file of a selection", async () => {
    const files = [example(...weights), example("gru-packed", "weights.safetensors")];
    await vscode.commands.executeCommand("unroll.inspect", files[0], files);
    const { tensorDocuments } = await activate();
    await until(() => tensorDocuments().length === 2);
    await until(() => tensorDocuments().every(({ summary }) => summary !== null));
  });

  it("opens the weights of the active panel", async () => {
    const run = example("text-classifier", "text-classifier.unroll.json");
    await vscode.commands.executeCommand("unroll.openRun", run);
    await vscode.commands.executeCommand("unroll.inspect");
    assert.equal((await read()).uri.toString(), example(...weights).toString());
  });

  it("says what is wrong with a file, and reads it when it is right", async () => {
    const file = await write(example("broken.pt"), "this is text");
    await vscode.commands.executeCommand("vscode.open", file);
    const document = await read();
    assert.match(problemOf(document), /^broken\.pt: this is a text file/);
    assert.equal(document.summary, null);
    await until(() => document.workers === 0);
    await copy(example(...weights), file);
    await until(() => document.summary !== null && document.problem === null);
  });

  it("reads a file again when it changes, and keeps what it has while the file is broken", async () => {
    const file = await copy(example(...weights), example("changing.pt"));
    await vscode.commands.executeCommand("vscode.open", file);
    const document = await read();
    assert.equal(document.summary?.entryCount, 11);
    await write(file, "half of a fi");
    await until(() => document.problem);
    assert.equal(document.summary.entryCount, 11);
    await copy(example("three-layers", "weights.pt"), file);
    await until(() => document.summary?.entryCount === 12 && document.problem === null);
    await until(() => document.workers === 1);
  });

  it("exports to a file, whole, and to another file system", async () => {
    await vscode.commands.executeCommand("vscode.open", example(...weights));
    const document = await read();
    const request = { tensors: ["fc.bias"], slice: null, format: "csv" } as const;
    const target = await write(example("bias.csv"), "older, and longer than what is written");
    assert.equal(await document.export(request, target), "bias.csv");
    const written = new TextDecoder().decode(await vscode.workspace.fs.readFile(target));
    assert.match(written, /^-?0\.\d+\n-?0\.\d+\n$/);
    const wrong = { ...request, tensors: ["gone"] };
    await assert.rejects(document.export(wrong, target), /there is no tensor named gone/);
    assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(target)), written);
    const names = (await vscode.workspace.fs.readDirectory(example())).map(([name]) => name);
    assert.deepEqual(
      names.filter((name) => name.includes("partial")),
      [],
    );
  });

  it("says where an export cannot be written", async () => {
    await vscode.commands.executeCommand("vscode.open", example(...weights));
    const document = await read();
    const request = { tensors: ["fc.bias"], slice: null, format: "npy" } as const;
    const nowhere = example("no", "such", "folder", "bias.npy");
    await assert.rejects(
      document.export(request, nowhere),
      /bias\.npy: the file cannot be written/,
    );
  });

  it("opens a file whose tensors are to be assigned by hand, also by the menu of a tensor", async () => {
    const file = await copy(fixture("by-hand", "gates.safetensors"), example("gates.safetensors"));
    await vscode.commands.executeCommand("unroll.useAsModule", file);
    const document = await read();
    assert.equal(document.uri.toString(), file.toString());
    assert.deepEqual(document.summary?.modules, []);
    assert.ok(document.summary.lookAlike !== null);
    const context = { webview: "unroll.tensors", tensor: "memo/keep/seen" };
    await vscode.commands.executeCommand("unroll.useAsModule", context);
    assert.equal((await onlyDocument()).uri.toString(), file.toString());
  });

  it("reads a file once for two editors of it", async () => {
    await vscode.commands.executeCommand("vscode.open", example(...weights));
    await read();
    await vscode.commands.executeCommand("workbench.action.splitEditor");
    await until(() => customTabs().length === 2);
    const document = await onlyDocument();
    await until(() => document.workers === 1);
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    await until(() => customTabs().length === 1);
    await until(() => document.workers === 1);
  });
});
