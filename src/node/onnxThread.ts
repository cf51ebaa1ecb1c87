/**
 * The thread of the embedded ONNX Runtime: loads it from the file beside this one, and runs one model after another.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import type { OnnxJob } from "../run/graph/runtime";
import { answer } from "./onnxAnswer";

/** The binary, as `scripts/build.mjs` puts it into the folder of this file. */
const BINARY = "ort-wasm-simd-threaded.wasm";

const port = parentPort;
if (port === null) throw new Error("onnxThread.js is the entry of a worker thread");

port.on("message", (job: OnnxJob) => {
  void answer(job, () => readFile(join(__dirname, BINARY))).then((reply) => {
    port.postMessage(reply);
  });
});
