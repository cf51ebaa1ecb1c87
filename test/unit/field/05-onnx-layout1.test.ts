/** ONNX nodes of layout 1: X is [B, T, I], states are [B, D, H], Y is [B, T, D, H]. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "05-onnx-layout1";

describe("field: ONNX nodes of layout 1", () => {
  for (const cell of ["lstm", "gru", "rnn"]) {
    it(`runs the ${cell} batch first`, async () => {
      const io = `${cell}_io.npz`;
      const flags = ["--weights", `${cell}_layout1.onnx`, "--input", `${io}#x`];
      assert.match(await inspected(folder, `${cell}_layout1.onnx`), /batch_first=True/);
      const reference = { output: `${io}#output`, h_n: `${io}#h_n` };
      await assertRuns(folder, { flags, reference });
    });
  }

  it("begins with the states that the file has", async () => {
    const flags = ["--weights", "gru_layout1.onnx", "--input", "gru_io.npz#x"];
    const printed = await assertRuns(folder, { flags, reference: { output: "gru_io.npz#output" } });
    assert.match(printed, /note: h0 is the file's own initial_h \(rec\)/);
  });
});
