/** An LSTM in both branches of an If, whose states are parts of one input of the model. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "27-onnx-if-combined-state";

describe("field: ONNX nodes in the branches of an If", () => {
  it("lists the modules of both branches, and which input their states are", async () => {
    const printed = await inspected(folder, "vad.onnx");
    assert.match(printed, /2 modules/);
    assert.match(
      printed,
      /a_decoder.*initial_h of If_1\/a_decoder\.rnn is the model's input state/,
    );
  });

  for (const [branch, rate] of [
    ["a", "16000"],
    ["b", "8000"],
  ]) {
    it(`runs branch ${branch}`, async () => {
      const files = ["--weights", `vad.onnx#If_1.${branch}_decoder.rnn.`, "--input", "io.npz#x"];
      await assertRuns(folder, {
        flags: [...files, "--h0", "io.npz#h0", "--c0", "io.npz#c0"],
        reference: { output: `io.npz#output${rate}` },
      });
    });
  }
});
