/** What a Python process leaves behind where nobody ends it: nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { noControl } from "../../../../src/core/control";
import { renderText } from "../../../../src/core/text";
import { encodeFrame } from "../../../../src/node/python/frames";
import { makeScratch } from "../../../../src/node/python/scratch";
import { describePython, python } from "../../support/python/python";
import { configOf, inputsOf, PythonPlace, servingScript } from "../../support/python/pythonRuns";

const inputs = inputsOf(configOf("LSTM"));

describePython("a Python process that nobody ends", ["torch"], () => {
  let place: PythonPlace;

  beforeEach(() => {
    place = new PythonPlace();
  });
  afterEach(async () => {
    await place.dispose();
    assert.equal(existsSync(place.storage), false);
  });

  it("ends, and takes its folder along, when nobody is at the other end any more", async () => {
    const scratch = await makeScratch(place.storage);
    const child = spawn(python, [servingScript, "token", scratch], { stdio: "pipe" });
    await once(child.stdout, "data");
    const config = configOf("RNN", { inputSize: 1, hiddenSize: 1 });
    const values = { dtype: "float32", file: join(scratch, "input.bin") };
    writeFileSync(values.file, new Uint8Array(16_000_000));
    const weights = [1, 2].map((one) => ({ name: `weights.${one}`, shape: [], dtype: "float32" }));
    const header = {
      ...{
        op: "pytorch",
        id: 1,
        limit: 60,
        config,
        dtype: "float32",
        device: "cpu",
        lengths: null,
      },
      tensors: [{ ...values, name: "input", shape: [4_000_000, 1, 1] }, ...weights],
    };
    for (const part of encodeFrame(header, [new Uint8Array(8)])) child.stdin.write(part);
    child.stdin.end();
    const [code] = (await once(child, "exit")) as [number | null];
    assert.equal(code, 0);
    assert.equal(existsSync(scratch), false);
  });

  it("leaves folders that the next one sweeps, where both ends were killed", async () => {
    const left = join(place.storage, "unroll-python-999999999-abc");
    mkdirSync(left);
    writeFileSync(join(left, "request-1-0.bin"), "values");
    const engine = place.engine("pytorch");
    assert.equal(
      (
        await engine.run(
          { choice: { id: "pytorch", interpreter: python }, inputs, file: null },
          noControl,
        )
      ).kind,
      "answer",
    );
    assert.equal(existsSync(left), false);
  });

  it("is not started where nothing of the user's may run", async () => {
    const choice = { id: "pytorch", interpreter: python, withheld: "untrusted" } as const;
    const outcome = await place.engine("pytorch").run({ choice, inputs, file: null }, noControl);
    assert.ok(outcome.kind === "unavailable");
    assert.equal(outcome.why, "untrusted");
    assert.match(renderText(outcome.sentence), /^PyTorch is not run in Restricted Mode/);
    assert.deepEqual(place.left, []);
  });
});
