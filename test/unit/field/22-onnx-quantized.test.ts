/** An LSTM that ONNX Runtime optimised and quantised, and one whose weights are float16. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "22-onnx-quantized";

describe("field: optimised and quantised ONNX models", () => {
  for (const [file, output] of [
    ["f32.onnx", "io.npz#output_f32"],
    ["optimised.onnx", "io.npz#output_f32"],
    ["f16_cast.onnx", "f16_expected.npz#output"],
  ] as const) {
    it(`runs ${file}`, async () => {
      const flags = ["--weights", file, "--input", "io.npz#x"];
      await assertRuns(folder, { flags, reference: { output } });
    });
  }

  it("names the node of 8-bit weights", async () => {
    assert.match(await inspected(folder, "int8.onnx"), /\/LSTM_quant is a DynamicQuantizeLSTM/);
  });
});
