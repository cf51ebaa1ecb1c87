/** What clashes in a run file and what raises no error: told in the Problems panel, mended and dismissed from there. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { expectedParameters } from "../../src/model/parameters";
import { pytorchVariant, type RecurrentConfig } from "../../src/model/config";
import { activate, closeAll, example, until, write } from "./support";

const config: RecurrentConfig = {
  cell: "GRU",
  isCellClass: false,
  inputSize: 3,
  hiddenSize: 4,
  numLayers: 2,
  bidirectional: false,
  bias: true,
  projSize: 0,
  batchFirst: true,
  nonlinearity: "tanh",
  variant: pytorchVariant,
};

/** Nested lists of 0.5. */
function halves([size, ...rest]: readonly number[]): unknown {
  return size === undefined ? 0.5 : Array.from({ length: size }, () => halves(rest));
}

async function writeTensors(
  file: vscode.Uri,
  shapes: readonly (readonly [string, readonly number[]])[],
): Promise<void> {
  const content = Object.fromEntries(shapes.map(([name, shape]) => [name, halves(shape)]));
  await write(file, JSON.stringify(content));
}

/** Shows a run over three sequences of `steps` steps, whose h0 has the batch first, and its problems. */
async function openRun(name: string, more: object, steps = 5): Promise<vscode.TextDocument> {
  const parameters = expectedParameters(config);
  await writeTensors(
    example(name, "weights.json"),
    parameters.map((parameter) => [parameter.name, parameter.shape]),
  );
  await writeTensors(example(name, "io.json"), [
    ["input", [3, steps, 3]],
    ["h0", [3, 2, 4]],
  ]);
  const spec = {
    weights: { file: "weights.json" },
    input: "io.json#input",
    options: { batchFirst: true },
    ...more,
  };
  const file = await write(example(name, "run.unroll.json"), JSON.stringify(spec, null, 2));
  return (await vscode.window.showTextDocument(file)).document;
}

function problemsOf({ uri }: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Unroll RNN");
}

async function actionsAt(
  document: vscode.TextDocument,
  { range }: vscode.Diagnostic,
): Promise<vscode.CodeAction[]> {
  const found: unknown = await vscode.commands.executeCommand(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
  );
  return found as vscode.CodeAction[];
}

describe("the shapes of a run file", () => {
  before(activate);
  afterEach(closeAll);

  it("clash at the value that causes it, and a quick fix mends the file", async () => {
    const document = await openRun("clashes1", { h0: "io.json#h0" });
    const [problem] = await until(() => {
      const found = problemsOf(document);
      return found.length > 0 ? found : undefined;
    });
    assert.ok(problem);
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(problem.range), '"io.json#h0"');
    const actions = await actionsAt(document, problem);
    const fix = actions.find(({ title }) => title === "Leave h0 out: zeros take its place");
    assert.ok(fix?.edit);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await until(() => problemsOf(document).length === 0);
    assert.doesNotMatch(document.getText(), /h0/);
    await document.save();
  });

  it("hint at what raises no error, until the hint is dismissed for good", async () => {
    const settings = vscode.workspace.getConfiguration("unroll");
    const document = await openRun("clashes2", {}, 3);
    const [hint] = await until(() => {
      const found = problemsOf(document);
      return found.length > 0 ? found : undefined;
    });
    assert.ok(hint);
    assert.equal(hint.severity, vscode.DiagnosticSeverity.Hint);
    assert.match(hint.message, /B and T are both 3/);
    const [dismissal] = await actionsAt(document, hint);
    assert.equal(dismissal?.title, "Do not show this hint again");
    const { command } = dismissal;
    assert.ok(command);
    await vscode.commands.executeCommand(
      command.command,
      ...((command.arguments ?? []) as unknown[]),
    );
    await until(() => problemsOf(document).length === 0);
    await settings.update("hints.dismissed", undefined, vscode.ConfigurationTarget.Global);
    await until(() => problemsOf(document).length > 0);
  });
});
