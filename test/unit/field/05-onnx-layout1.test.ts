/** ONNX nodes of layout 1: X is [B, T, I], states are [B, D, H], Y is [B, T, D, H]. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

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

    it(`compares Y and Y_h of the ${cell} as the operator has them`, async () => {
      const io = `${cell}_io.npz`;
      const flags = ["--weights", `${cell}_layout1.onnx`, "--input", `${io}#x`];
      const isSquare = cell === "lstm";
      const states = isSquare ? {} : { h_n: `${io}#Y_h` };
      const reference = { output: `${io}#Y`, ...states };
      const printed = await assertRuns(folder, { flags, reference });
      assert.match(printed, /is Y of an ONNX node/);
      assert.equal(printed.includes("h_n is [B, D, H], as a node of layout 1"), !isSquare);
    });
  }

  it("says how a state is read that has as many directions as sequences", async () => {
    const flags = ["--weights", "lstm_layout1.onnx", "--input", "lstm_io.npz#x"];
    const { code, stdout } = await inCase(
      folder,
      "run",
      ...flags,
      "--reference",
      "h_n=lstm_io.npz#Y_h",
    );
    assert.equal(code, 1);
    assert.match(
      stdout,
      /h_n is read as \[D, B, H\]; a node of layout 1 has states of \[B, D, H\]/,
    );
  });

  it("begins with the states that the file has", async () => {
    const flags = ["--weights", "gru_layout1.onnx", "--input", "gru_io.npz#x"];
    const printed = await assertRuns(folder, { flags, reference: { output: "gru_io.npz#output" } });
    assert.match(printed, /note: h0 is the file's own initial_h \(rec\)/);
  });
});
