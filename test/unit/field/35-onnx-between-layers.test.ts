/** Two LSTM nodes in a row are one stack only where nothing lies between them. */
import assert from "node:assert/strict";
import { assertRuns, inspected } from "./support";

const folder = "35-onnx-between-layers";
const names = ["plain", "dropout", "relu", "layernorm", "residual", "flip", "matmul", "shared"];

describe("field: ONNX nodes with something between them", () => {
  for (const name of [...names, "scale", "swapbt"]) {
    it(`runs the second node of ${name}`, async () => {
      const printed = await inspected(folder, `${name}.onnx`);
      assert.match(printed, /2 modules/);
      assert.doesNotMatch(printed, /num_layers/);
      assert.match(printed, /second\..*does not tell batch_first/);
      const files = ["--weights", `${name}.onnx#second`, "--input", `io.npz#${name}_mid`];
      await assertRuns(folder, { flags: files, reference: { output: `io.npz#${name}_output` } });
    });
  }
});
