/** ONNX Runtime on the test's own thread, from the package that is shipped. */
import { readFile } from "node:fs/promises";
import { answer } from "../../../src/node/onnxAnswer";
import type { OnnxRuntime } from "../../../src/run/graph/runtime";

export const directOnnxRuntime: OnnxRuntime = {
  run: async (job, control) => {
    control.check();
    const binary = require.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
    return answer(job, () => readFile(binary));
  },
  dispose: () => Promise.resolve(),
};
