/** Compare with PyTorch, with the interpreter of the setting; and a recorder, whose recording opens when it appears. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { renderText } from "../../src/core/text";
import { activate, closeAll, example, onlyPanel, until } from "./support";

const python = process.env["UNROLL_PYTHON"] ?? "python3";
const setting = "unroll.python.interpreter";

function choose(path: string | undefined): Thenable<void> {
  return vscode.workspace
    .getConfiguration()
    .update(setting, path, vscode.ConfigurationTarget.Global);
}

/** Fails where a package is missing; to import them would take a second. */
const PROBE = `
import importlib.util
assert all(map(importlib.util.find_spec, ["torch", "safetensors", "numpy"]))
`;

/** Process ids of the scripts of ours that run. */
async function processes(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid,ppid,args"]);
  return stdout.split("\n").filter((line) => line.includes("unroll_serve.py"));
}

describe("comparing with PyTorch", () => {
  before(async function () {
    const found = promisify(execFile)(python, ["-c", PROBE]);
    if (
      process.platform === "win32" ||
      !(await found.then(
        () => true,
        () => false,
      ))
    ) {
      if (process.env["CI"]) throw new Error(`${python} has no torch, safetensors, numpy`);
      this.skip();
    }
  });
  afterEach(async () => {
    await closeAll();
    await choose(undefined);
  });

  async function open(): Promise<void> {
    const name = "lstm-two-directions";
    await vscode.commands.executeCommand("unroll.openRun", example(name, `${name}.unroll.json`));
  }

  it("shows every state and gate beside the file's reference, and ends with its panel", async function () {
    this.timeout(600_000);
    await choose(python);
    await open();
    const panel = await onlyPanel();
    await vscode.commands.executeCommand("unroll.comparePytorch");
    const { engines, problems, table } = await until(() => panel.view?.compared);
    assert.deepEqual(problems, []);
    const [engine] = engines;
    assert.equal(engine?.id, "pytorch");
    assert.deepEqual(engine.covers, ["output", "h_n", "c_n", "h", "c", "gates", "gradients"]);
    assert.equal(
      table?.rows.every(({ alone }) => alone === null),
      true,
    );
    const before = await processes();
    await closeAll();
    for (let left = before; left.length > 0; left = await processes()) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it("accuses a wrong file that stands beside two engines", async function () {
    this.timeout(180_000);
    await choose(python);
    await vscode.commands.executeCommand(
      "unroll.openRun",
      example("differs", "differs.unroll.json"),
    );
    const panel = await onlyPanel();
    await panel.compareWith(["onnxruntime", "pytorch"]);
    const { problems, table } = await until(() => panel.view?.compared);
    assert.deepEqual(problems, []);
    assert.deepEqual(table?.parties, ["run", "file", "onnxruntime", "pytorch"]);
    const accused = table.rows.filter(({ alone }) => alone !== null);
    assert.ok(accused.length > 0 && accused.every(({ alone }) => alone === "file"));
    const [sentence] = table.sentences;
    assert.ok(sentence);
    assert.match(renderText(sentence), /^the exported file stands alone in layer1\.forward\.h/);
  });

  it("says of the GPU that there is none, and stays", async function () {
    this.timeout(180_000);
    await choose(python);
    await open();
    const panel = await onlyPanel();
    await panel.compareWith(["pytorch"], { device: "gpu", tf32: true });
    const compared = await until(() => panel.view?.compared);
    // Where there is one, its name and TF32 are said.
    const [problem] = compared.problems;
    const said =
      problem === undefined ? (compared.engines[0]?.device ?? "") : renderText(problem.sentence);
    assert.match(said, /finds no GPU here \(CUDA, MPS\)|TF32 on|MPS/);
  });

  it("without an interpreter says how to choose one, and the panel stays", async () => {
    await choose("/no/such/python");
    await open();
    const panel = await onlyPanel();
    await vscode.commands.executeCommand("unroll.comparePytorch");
    const [problem] = await until(() => panel.view?.compared?.problems);
    assert.ok(problem);
    assert.equal(
      renderText(problem.sentence),
      "/no/such/python: there is no such Python interpreter",
    );
    assert.match(renderText(problem.remedy ?? problem.sentence), /unroll\.python\.interpreter/);
    assert.ok((panel.view?.lanes.length ?? 0) > 0);
    assert.equal(panel.problem, null);
  });

  it("a recorder's recording is opened when it appears, and compared state by state", async function () {
    this.timeout(600_000);
    await open();
    await onlyPanel();
    const out = example("recorded", "record_reference.py");
    await vscode.commands.executeCommand("unroll.createRecorder", { framework: "pytorch", out });
    await promisify(execFile)(python, [out.fsPath]);
    const { panels } = await activate();
    const recorded = await until(() =>
      panels().find(({ runFile }) => runFile?.path.endsWith("/recorded/reference.unroll.json")),
    );
    const view = await until(() => recorded.view);
    assert.deepEqual(
      view.verdicts.map(({ name }) => name),
      ["output", "h_n", "c_n", "states"],
    );
    assert.ok(view.verdicts.every(({ verdict }) => verdict === "equal" || verdict === "rounding"));
  });
});
