/** Quantised LSTMs of PyTorch: dequantised and said so; the one that is only prepared equals the nn.LSTM. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

const folder = "09-quantized-lstm";

describe("field: quantised LSTMs of PyTorch", () => {
  for (const [file, said] of [
    ["dynamic_state.pt", /rnn is quantised to 8 bits; its weights are dequantised to float32/],
    ["dynamic_module.pt", /rnn is quantised to 8 bits; its weights are dequantised to float32/],
    ["dynamic_traced.pt", /rnn is quantised to 8 bits; its weights are dequantised to float32/],
    ["dynamic_f16.pt", /rnn is quantised to float16 when it runs/],
  ] as const) {
    it(`recognises and runs ${file}`, async () => {
      const printed = await inspected(folder, file);
      assert.match(printed, /rnn\. +nn\.LSTM\(4, 6, num_layers=2, bidirectional=True\)/);
      assert.match(printed, said);
      const { code, stdout } = await inCase(folder, "run", "--weights", file, "--input", "x.npy");
      assert.equal(code, 0);
      assert.match(stdout, said);
    });
  }

  it("runs quantizable.pt as nn.LSTM does", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "quantizable.pt", "--input", "x.npy"],
      reference: { output: "quantizable_expected.npz#output", h_n: "quantizable_expected.npz#h_n" },
    });
    assert.match(printed, /nn\.LSTM\(4, 6, bidirectional=True\)/);
  });
});
