/** Cells of PyTorch that a model runs above each other, or in two directions. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "11-stacked-cells";

describe("field: 11-stacked-cells", () => {
  it("lists each cell of a stack, and runs the first one", async () => {
    assert.match(await inspected(folder, "stacked.pt"), /nn\.LSTMCell\(9, 6\)/);
    await assertRuns(folder, {
      flags: ["--weights", "stacked.pt#model.decoder.rnn.layers.0.", "--input", "x.npy"],
      reference: { output: "stacked_expected.npz#layer0" },
    });
  });

  it("runs both as one module, and says what is assumed", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "stacked.pt#model.decoder.rnn.layers.", "--input", "x.npy"],
      reference: { output: "stacked_expected.npz#output", h_n: "stacked_expected.npz#h_n" },
    });
    assert.match(printed, /nn\.LSTM\(9, 6, num_layers=2\)/);
    assert.match(printed, /assumed to be the layers of one module/);
  });

  it("runs a cell from the last step to the first", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "bi_cells.pt#gru_enc_b.", "--input", "bi.npz#x", "--reverse"],
      reference: { output: "bi.npz#backward" },
    });
    assert.match(printed, /goes from the last step to the first/);
    const forward = await inCase(
      folder,
      ...["run", "--weights", "bi_cells.pt#gru_enc_b.", "--input", "bi.npz#x"],
      ...["--reference", "output=bi.npz#backward"],
    );
    assert.equal(forward.code, 1);
  });

  it("runs two cells as the directions of one module", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "bi_cells.pt#gru_enc.", "--input", "bi.npz#x", "--reverse"],
      reference: { output: "bi.npz#output" },
    });
    assert.match(printed, /gru_enc_f reads from the first step on, gru_enc_b from the last one/);
    assert.match(printed, /reverse is not used: the module has both directions/);
  });
});
