/** What torch.onnx.export(dynamo=True) makes of nn.RNN, nn.LSTM and nn.GRU. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "21-onnx-dynamo";

describe("field: models of PyTorch's dynamo exporter", () => {
  for (const name of ["lstm", "gru", "lstm_nobias"]) {
    it(`runs ${name}, and says nothing of states that are zeros`, async () => {
      const printed = await assertRuns(folder, {
        flags: ["--weights", `${name}.onnx`, "--input", `${name}_io.npz#x`],
        reference: { output: `${name}_io.npz#output`, h_n: `${name}_io.npz#h_n` },
      });
      assert.doesNotMatch(printed, /initial_/);
    });
  }

  it("runs lstm_states with the states it takes", async () => {
    const io = "lstm_states_io.npz";
    const files = ["--weights", "lstm_states.onnx", "--input", `${io}#x`];
    await assertRuns(folder, {
      flags: [...files, "--h0", `${io}#s0`, "--c0", `${io}#s1`],
      reference: { output: `${io}#output`, h_n: `${io}#h_n` },
    });
  });

  it("runs the classifier from tokens to logits", async () => {
    const io = "classifier_io.npz";
    await assertRuns(folder, {
      flags: ["--weights", "classifier.onnx", "--input", `${io}#x`],
      reference: { logits: `${io}#output`, h_n: `${io}#h_n` },
    });
  });

  it("says what is wrong with the node of an LSTM with a projection", async () => {
    const printed = await inspected(folder, "lstm_proj.onnx");
    assert.match(printed, /no recurrent module/);
    assert.match(
      printed,
      /node_lstm__2 is not a valid node, ONNX Runtime refuses it: its initial_c has shape \[1, 2, 6\], expected \[1, 2, 3\]: hidden_size is 3/,
    );
  });

  it("runs rnn_relu, whose steps are single operations", async () => {
    const io = "rnn_relu_io.npz";
    const printed = await assertRuns(folder, {
      flags: ["--weights", "rnn_relu.onnx", "--input", `${io}#x`],
      reference: { output: `${io}#output`, h_n: `${io}#h_n` },
    });
    assert.match(printed, /unrolled a layer into 5 steps of single operations/);
  });
});
