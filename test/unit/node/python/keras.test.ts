/** Keras in a Python process: layers of model files, and models that are refused before anything of them runs. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noControl } from "../../../../src/core/control";
import { renderText } from "../../../../src/core/text";
import { chooseEngine } from "../../../../src/engine/choose";
import { FileSet } from "../../../../src/node/files";
import type { PythonEngine } from "../../../../src/node/python/engine";
import { withAnswer } from "../../../../src/reference/answer";
import type { ReferenceAnswer, ReferenceOutcome } from "../../../../src/reference/engine";
import { executeRun } from "../../../../src/run/execute";
import type { RunInputs } from "../../../../src/run/inputs";
import { loadRun } from "../../../../src/run/load/load";
import { runInputsOf } from "../../../../src/run/load/runInputs";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { describePython, python } from "../../support/python/python";
import { becomes, PythonPlace } from "../../support/python/pythonRuns";
import { runPython } from "../../support/python/warmPython";

const models = join(process.cwd(), "test/fixtures/generate/keras_models.py");

describePython("Keras in a Python process", ["keras", "torch", "h5py"], () => {
  const folder = mkdtempSync(join(tmpdir(), "unroll-keras-test-"));
  const place = new PythonPlace();
  let engine: PythonEngine;

  before(async function () {
    this.slow(120_000);
    await runPython({ packages: ["keras"], arguments: [models, folder] });
    engine = place.engine("keras");
  });
  after(async () => {
    await place.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Asked {
    readonly outcome: ReferenceOutcome;
    readonly inputs: RunInputs;
  }

  async function ask(
    file: string,
    input: string,
    module?: string,
    lengths?: number[],
  ): Promise<Asked> {
    const weights = { file: join(folder, file), ...(module === undefined ? {} : { module }) };
    const spec: RunSpec = {
      weights,
      input: join(folder, input),
      ...(lengths === undefined ? {} : { lengths }),
    };
    const files = new FileSet();
    try {
      const loaded = await loadRun(spec, files);
      const inputs = await runInputsOf(loaded, spec);
      const choice = { id: "keras", interpreter: python } as const;
      const { format } = loaded.weights;
      const about = { location: weights.file, format, module: loaded.module.prefix };
      return { outcome: await engine.run({ choice, inputs, file: about }, noControl), inputs };
    } finally {
      await files.close();
    }
  }

  function answerOf({ outcome }: Asked): ReferenceAnswer {
    if (outcome.kind !== "answer") assert.fail(renderText(outcome.sentence));
    return outcome;
  }

  for (const [file, input, module, lengths] of [
    ["stack.keras", "tokens.npy", undefined, undefined],
    ["stack.h5", "tokens.npy", undefined, undefined],
    ["both.keras", "values.npy", undefined, [6, 3, 1]],
    ["before.keras", "values.npy", undefined, undefined],
    ["back.keras", "values.npy", undefined, undefined],
  ] as const) {
    it(`${file} has every state that its layers compute`, async function () {
      // The first one imports Keras.
      this.slow(180_000);
      const asked = await ask(file, input, module, lengths?.slice());
      const answer = answerOf(asked);
      const { config } = asked.inputs;
      const lanes = config.numLayers * (config.bidirectional ? 2 : 1);
      assert.equal(answer.states.length, lanes * (config.cell === "LSTM" ? 2 : 1));
      const result = executeRun(withAnswer(asked.inputs, answer), {
        control: noControl,
        createEngine: chooseEngine,
      });
      for (const { name, comparison } of result.compared) {
        assert.ok(comparison !== null && comparison.outside === 0, name);
      }
      const names = result.compared.map(({ name }) => name);
      for (const name of ["output", "h_n", "states"] as const)
        assert.ok(names.includes(name), name);
      assert.equal(names.includes("embedded"), input === "tokens.npy");
    });
  }

  it("refuses layers whose code the file brings along, and runs none of it", async () => {
    for (const file of ["lambda.keras", "lambda.h5", "custom.keras"]) {
      const { outcome } = await ask(file, "values.npy");
      assert.ok(outcome.kind === "unavailable", file);
      assert.equal(outcome.why, "unsupported");
      assert.match(
        renderText(outcome.sentence),
        /holds (Lambda|Own>?.*), which is not one of Keras' own/,
      );
    }
    assert.equal(existsSync(join(folder, "was-run")), false);
  });

  it("refuses weights alone, and files of other formats", async () => {
    const { outcome } = await ask("alone.weights.h5", "values.npy");
    assert.ok(outcome.kind === "unavailable");
    assert.match(renderText(outcome.sentence), /weights alone, and no model/);
    const { inputs } = await ask("back.keras", "values.npy");
    const choice = { id: "keras", interpreter: python } as const;
    const about = { location: "x.pt", format: "pytorch", module: "" };
    const other = await engine.run({ choice, inputs, file: about }, noControl);
    assert.ok(other.kind === "unavailable");
    assert.equal(other.why, "unsupported");
  });

  it("leaves nothing behind", async () => {
    await engine.dispose();
    await becomes("its folder", () => place.left, []);
  });
});
