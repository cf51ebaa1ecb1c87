/** ONNX nodes that read backwards with lengths, which the file has or the model takes. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "07-onnx-reverse-lens";

describe("field: sequence_lens of reverse ONNX nodes", () => {
  it("reads the lengths that the file has without a flag", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "lstm_rev_init.onnx", "--input", "io.npz#x"],
      reference: {
        output: "lstm_rev_init_expected.npz#output",
        h_n: "lstm_rev_init_expected.npz#h_n",
        c_n: "lstm_rev_init_expected.npz#c_n",
      },
    });
    assert.match(printed, /note: the lengths are the file's own sequence_lens \(rec\)/);
  });

  it("compares Y as the operator has it, [T, D, B, H]", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "lstm_rev_init.onnx", "--input", "io.npz#x"],
      reference: { output: "lstm_rev_init_expected.npz#Y" },
    });
    assert.match(printed, /\[6, 1, 3, 4\] is Y of an ONNX node/);
  });

  it("lets lengths that are given replace the file's", async () => {
    const run = ["run", "--weights", "lstm_rev_init.onnx", "--input", "io.npz#x"];
    const { code, stdout } = await inCase(folder, ...run, "--lengths", "6,6,6", "--json");
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /the file's own/);
  });

  for (const cell of ["lstm", "gru"]) {
    it(`says that the ${cell} takes lengths, and takes them`, async () => {
      const file = `${cell}_rev_input.onnx`;
      const expected = `${cell}_rev_input_expected.npz`;
      assert.match(
        await inspected(folder, file),
        /sequence_lens of rec is the model's input lens: give lengths/,
      );
      const flags = ["--weights", file, "--input", "io.npz#x"];
      const without = await inCase(folder, "run", ...flags);
      assert.match(without.stdout, /note: sequence_lens of rec is the model's input lens/);
      const printed = await assertRuns(folder, {
        flags: [...flags, "--lengths", "io.npz#lens"],
        reference: { output: `${expected}#output`, h_n: `${expected}#h_n` },
      });
      assert.doesNotMatch(printed, /is the model's input/);
    });
  }
});
