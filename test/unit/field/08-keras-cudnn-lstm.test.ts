/** CuDNNLSTM and CuDNNGRU of Keras 2: gates as cuDNN has them, both biases one after the other. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "08-keras-cudnn-lstm";

describe("field: layers of Keras that cuDNN computed", () => {
  for (const [cell, line] of [
    ["lstm", "nn.LSTM(3, 4, batch_first=True)"],
    ["gru", "nn.GRU(3, 4, batch_first=True)"],
  ] as const) {
    it(`runs the ${cell}`, async () => {
      const printed = await inspected(folder, `cudnn${cell}.h5`);
      assert.ok(printed.includes(line));
      const expected = `cudnn${cell}_expected.npz`;
      await assertRuns(folder, {
        flags: ["--weights", `cudnn${cell}.h5`, "--input", "x.npy"],
        reference: { output: `${expected}#output`, h_n: `${expected}#h_n` },
      });
    });
  }
});
