/** Keras layers of derived classes, of cells, without bias, in models within models, and in bfloat16. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "37-keras-custom";

describe("field: Keras layers built otherwise", () => {
  for (const name of ["custom", "rnn_cell", "nobias"]) {
    for (const ending of [".keras", ".h5", ".weights.h5"]) {
      it(`runs ${name}${ending}`, async () => {
        await assertRuns(folder, {
          flags: ["--weights", name + ending, "--input", `${name}_io.npz#x`],
          reference: { output: `${name}_io.npz#output` },
        });
      });
    }
  }

  it("says that a derived class may compute otherwise", async () => {
    assert.match(await inspected(folder, "custom.keras"), /its class is MyLSTM, which may compute/);
  });

  for (const ending of [".keras", ".h5", ".weights.h5"]) {
    it(`runs bfloat16 weights of bf16${ending}`, async () => {
      const files = ["--weights", `bf16${ending}`, "--input", "bf16_io.npz#x"];
      const { code, stdout, stderr } = await inCase(folder, "run", ...files);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /nn\.LSTM\(3, 4, batch_first=True\)/);
    });
  }

  it("says that the second cell of a stack reads the first one", async () => {
    assert.match(
      await inspected(folder, "stacked_cells.keras"),
      /gru_cell_1\..*its input is what the layer gru_cell gives/,
    );
  });
});
