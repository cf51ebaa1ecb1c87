/** Two batch-first modules of PyTorch in one ONNX model, with something between them. */
import assert from "node:assert/strict";
import { inspected } from "./support";

const folder = "38-onnx-exported-stack-between";

describe("field: two exported modules with something between them", () => {
  for (const between of ["none", "relu", "norm", "res", "flip", "linear", "swap"]) {
    for (const exporter of ["script", "dynamo"]) {
      it(`keeps the two of ${between}, ${exporter}, apart and batch first`, async () => {
        const printed = await inspected(folder, `${between}_${exporter}.onnx`);
        assert.match(printed, /2 modules/);
        assert.equal(printed.match(/nn\.LSTM\(4, 4, batch_first=True\)/g)?.length, 2);
        assert.doesNotMatch(printed, /num_layers|does not tell/);
      });
    }
  }
});
