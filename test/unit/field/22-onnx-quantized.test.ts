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

  it("runs the weights of 8 bits dequantised, and says what ONNX Runtime does besides", async () => {
    const printed = await assertRuns(folder, {
      flags: ["--weights", "int8.onnx", "--input", "io.npz#x"],
      reference: { output: "io.npz#output_f32" },
      atol: 0.005,
    });
    assert.match(printed, /LSTM_quant is a DynamicQuantizeLSTM: .* dequantised to float32/);
    assert.match(await inspected(folder, "int8.onnx"), /nn\.LSTM\(4, 8\)/);
  });
});
