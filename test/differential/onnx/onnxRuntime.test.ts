/** Random runs through our engines and through ONNX Runtime, every state and gate beside the other's. */
import assert from "node:assert/strict";
import { onnxRunErrors, randomOnnxRun } from "./onnxRuns";

/** `scripts/accuracy.mjs` makes 500 of them. */
const RUNS = 60;

describe("runs in ONNX Runtime", function () {
  this.slow(240_000);

  for (let seed = 0; seed < RUNS; seed++) {
    it(`agree with ours: run ${seed}`, async () => {
      const { apart, precision, what, cell } = await onnxRunErrors(randomOnnxRun(seed));
      const allowed = precision === "f64" ? 1e-11 : 2e-5;
      assert.ok(apart <= allowed, `${cell} ${precision} ${what}: ${apart}`);
    });
  }
});
