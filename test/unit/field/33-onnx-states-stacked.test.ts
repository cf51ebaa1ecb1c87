/** Exported stacks whose initial states are inputs of the model, or learned: a parameter repeated to the batch. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "33-onnx-states-stacked";

describe("field: initial states of exported stacks", () => {
  for (const exporter of ["script", "dynamo"]) {
    it(`takes the states of the ${exporter} export where they are inputs`, async () => {
      const file = `states_${exporter}.onnx`;
      assert.match(
        await inspected(folder, file),
        /initial_h of \S+ is the model's input h0: give h0/,
      );
      const flags = ["--weights", file, "--input", "io.npz#x"];
      const reference = { output: "io.npz#output", h_n: "io.npz#h_n", c_n: "io.npz#c_n" };
      await assertRuns(folder, {
        flags: [...flags, "--h0", "io.npz#h0", "--c0", "io.npz#c0"],
        reference,
      });
    });

    it(`begins with the learned states of the ${exporter} export`, async () => {
      const expected = `learned_${exporter}_expected.npz`;
      const printed = await assertRuns(folder, {
        flags: ["--weights", `learned_${exporter}.onnx`, "--input", "io.npz#x"],
        reference: { output: `${expected}#output`, h_n: `${expected}#h_n` },
      });
      assert.match(printed, /note: h0 is the file's own initial_h \(\S+, \S+\)/);
    });

    it(`has the learned states of the ${exporter} export in a batch of another size`, async () => {
      const run = ["run", "--weights", `learned_${exporter}.onnx`, "--input", "io.npz#x"];
      const { code, stdout, stderr } = await inCase(folder, ...run, "--batch-first", "--json");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /"h0 is the file's own/);
    });

    it(`carries gradients back from the learned states of the ${exporter} export`, async () => {
      const files = ["--weights", `learned_${exporter}.onnx`, "--input", "io.npz#x", "--json"];
      const own = await inCase(folder, "gradients", ...files);
      const given = await inCase(folder, "gradients", ...files, "--h0", "io.npz#half");
      const lossOf = ({ stdout }: { stdout: string }): number =>
        (JSON.parse(stdout) as { loss: { value: number } }).loss.value;
      assert.equal(own.code, 0, own.stderr);
      assert.equal(given.code, 2);
      assert.ok(Number.isFinite(lossOf(own)));
    });
  }
});
