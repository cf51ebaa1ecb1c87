/**
 * States and lengths that ONNX models make of their constants, against ONNX Runtime (test/fixtures/onnx-states/make.py).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fixtures } from "../../support/goldens";
import { unroll } from "../terminal";

const folder = join(fixtures, "onnx-states");

async function runs(name: string, ...more: string[]): Promise<string> {
  const files = ["--weights", `${name}.onnx`, "--input", `${name}.npz#x`];
  const reference = ["--reference", `output=${name}.npz#output,h_n=${name}.npz#h_n`];
  const { code, stdout, stderr } = await unroll(folder, "run", ...files, ...reference, ...more);
  assert.equal(code, 0, `${stdout}${stderr}`);
  return stdout;
}

describe("states and lengths of ONNX models", () => {
  it("reads lengths through a cast, and a c0 without an h0", async () => {
    const printed = await runs("reverse_cast");
    assert.match(printed, /the lengths are the file's own sequence_lens \(cell\)/);
    assert.match(printed, /c0 is the file's own initial_c \(cell\)/);
    assert.doesNotMatch(printed, /h0/);
  });

  for (const name of ["expanded_vector", "filled", "expanded_where"]) {
    it(`begins with the state of ${name}, repeated to the batch of the run`, async () => {
      assert.match(await runs(name), /h0 is the file's own initial_h \(cell\)/);
    });
  }

  it("says nothing of lengths that are all steps", async () => {
    assert.doesNotMatch(await runs("all_steps"), /lengths|sequence_lens/);
  });

  it("says that a state for other inputs does not fit, and what to do", async () => {
    const files = ["--weights", "reverse_cast.onnx", "--input", "reverse_cast.npz#x"];
    const { code, stderr } = await unroll(folder, "run", ...files, "--batch-first");
    assert.equal(code, 2);
    assert.match(stderr, /c0 does not fit.*It is the file's own, made for other inputs; give c0/);
  });
});
