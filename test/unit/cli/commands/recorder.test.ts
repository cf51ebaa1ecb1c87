/** `unroll recorder`: scripts that Python executes, and recordings that compare equal. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describePython } from "../../support/python/python";
import { runPython } from "../../support/python/warmPython";
import { examples, root, unroll, useFolder } from "../terminal";

/** Runs a script; what it prints. */
function execute(folder: string, script: string, framework: "torch" | "keras"): Promise<string> {
  return runPython({ packages: [framework], arguments: [join(folder, script)] });
}

/** Names and verdicts of a run file, by our own command line. */
async function verdictsOf(
  folder: string,
): Promise<{ verdicts: Record<string, { verdict: string }>; notes: string[] }> {
  const { code, stdout, stderr } = await unroll(folder, "run", "reference.unroll.json", "--json");
  assert.equal(code, 0, stderr + stdout);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof verdictsOf>>;
}

describePython("unroll recorder", ["torch", "numpy", "safetensors"], () => {
  const folder = useFolder();

  for (const [name, source, warning] of [
    ["an LSTM of two directions", "lstm-two-directions/lstm-two-directions.unroll.json", null],
    ["a GRU in safetensors", "gru-packed/gru-packed.unroll.json", null],
    ["an RNN without a run file", "three-layers/weights.pt", null],
  ] as const) {
    it(`records ${name}, every state of which is then compared`, async () => {
      const path = join(examples, source);
      const made = await unroll(
        folder(),
        "recorder",
        path,
        "--for",
        "pytorch",
        "--out",
        "record.py",
      );
      assert.deepEqual([made.code, made.stderr], [0, ""]);
      assert.match(made.stdout, /^written to record\.py\n/);
      const printed = await execute(folder(), "record.py", "torch");
      assert.equal(/warning: .*/.exec(printed)?.[0] ?? null, warning);
      const { verdicts, notes } = await verdictsOf(folder());
      const names = ["output", "h_n", ...("c_n" in verdicts ? ["c_n"] : []), "states"];
      assert.deepEqual(Object.keys(verdicts).sort(), names.sort());
      assert.deepEqual(
        notes.filter((note) => note.includes("no states of this module")),
        [],
      );
    });
  }

  it("warns of train mode, zero states and zero biases, and packs what is packed", async () => {
    const source = join(examples, "gru-packed/gru-packed.unroll.json");
    await unroll(folder(), "recorder", source, "--out", "record.py");
    const path = join(folder(), "record.py");
    const script = readFileSync(path, "utf8")
      .replace(
        "    module.eval()\n",
        "    module.train()\n    for b in (n for k, n in module.named_parameters() if 'bias' in k):\n        nn.init.zeros_(b)\n",
      )
      .replace(
        / {8}module\(x, h0\)/,
        "        module(nn.utils.rnn.pack_padded_sequence(x, torch.tensor([5, 8, 2]), batch_first=True, enforce_sorted=False))",
      );
    writeFileSync(path, script);
    const printed = await execute(folder(), "record.py", "torch");
    for (const each of [/train mode/, /h0 is zero/, /every bias is zero/])
      assert.match(printed, each);
    await verdictsOf(folder());
    const run = JSON.parse(readFileSync(join(folder(), "reference.unroll.json"), "utf8")) as {
      lengths?: string;
    };
    assert.equal(run.lengths, "reference.safetensors#lengths");
  });

  it("writes a notebook whose cells are the same script", async () => {
    const source = join(examples, "lstm-two-directions/weights.pt");
    const { code } = await unroll(folder(), "recorder", source, "--notebook");
    assert.equal(code, 0);
    const text = readFileSync(join(folder(), "record_reference.ipynb"), "utf8");
    const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] };
    const code_ = cells
      .filter(({ cell_type }) => cell_type === "code")
      .map(({ source: lines }) => lines.join(""));
    writeFileSync(
      join(folder(), "cells.py"),
      `import os\nos.chdir(${JSON.stringify(folder())})\n${code_.join("\n\n")}\n`,
    );
    await execute(folder(), "cells.py", "torch");
    await verdictsOf(folder());
  });

  it("refuses what a framework does not have, and a name of another kind", async () => {
    const onnx = join(examples, "onnx-gru/onnx-gru.unroll.json");
    const reset = await unroll(folder(), "recorder", onnx, "--for", "pytorch");
    assert.equal(reset.code, 2);
    assert.match(reset.stderr, /^PyTorch: it has no such module/);
    const name = await unroll(folder(), "recorder", onnx, "--out", "record.txt");
    assert.match(name.stderr, /^--out: expected a name that ends in \.py/);
    const framework = await unroll(folder(), "recorder", onnx, "--for", "mxnet");
    assert.match(framework.stderr, /^--for: expected pytorch \| keras \| flax, not mxnet/);
  });

  it("for Flax compiles, and its gates and steps are those of the cell's equations", async function () {
    this.slow(180_000);
    const cells = ["LSTM", "GRU", "RNN"];
    const saved = cells.map(
      (cell) => `torch.save(torch.nn.${cell}(3, 4).state_dict(), "${cell}.pt")`,
    );
    const inFolder = (...args: readonly string[]): Promise<string> =>
      runPython({ packages: ["torch"], arguments: args, folder: folder() });
    await inFolder("-c", ["import torch", ...saved].join("\n"));
    for (const cell of cells) {
      const out = ["--out", "flax_record.py"];
      const made = await unroll(folder(), "recorder", `${cell}.pt`, "--for", "flax", ...out);
      assert.deepEqual([made.code, made.stderr], [0, ""]);
      const standIn = join(root, "test/fixtures/generate/flax_stand_in.py");
      await inFolder(standIn, "flax_record.py");
      await verdictsOf(folder());
    }
  });
});

describePython("unroll recorder for Keras", ["keras", "torch", "numpy", "safetensors"], () => {
  const folder = useFolder();

  it("records the layers of a model file, whose gates and states are then compared", async function () {
    this.slow(180_000);
    const source = join(examples, "keras-lstm/keras-lstm.unroll.json");
    const made = await unroll(folder(), "recorder", source, "--for", "keras", "--out", "record.py");
    assert.deepEqual([made.code, made.stderr], [0, ""]);
    const printed = await execute(folder(), "record.py", "keras");
    assert.match(printed, /warning: h0 is zero/);
    const { verdicts } = await verdictsOf(folder());
    assert.deepEqual(Object.keys(verdicts).sort(), ["c_n", "h_n", "output", "states"]);
  });

  it("records layers with weights of another file, of both directions", async function () {
    this.slow(180_000);
    const source = join(examples, "onnx-gru/onnx-gru.unroll.json");
    const made = await unroll(folder(), "recorder", source, "--for", "keras", "--out", "record.py");
    assert.deepEqual([made.code, made.stderr], [0, ""]);
    await execute(folder(), "record.py", "keras");
    await verdictsOf(folder());
  });
});
