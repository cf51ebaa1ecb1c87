/** ONNX Runtime: node onnxruntime.mjs onnxruntime-node|onnxruntime-web THREADS */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { serve } from "../lib/serve.mjs";
import { readValues } from "../lib/values.mjs";

const [build, threadsText] = process.argv.slice(2);
const threads = Number(threadsText);
const require = createRequire(import.meta.url);
const ort = require(build);
if (build === "onnxruntime-web") ort.env.wasm.numThreads = threads;
// Read, not required: a package may not export its manifest.
const manifestUrl = new URL(`../node_modules/${build}/package.json`, import.meta.url);
const { version } = JSON.parse(readFileSync(manifestUrl, "utf8"));

async function prepare(manifest) {
  const { seqLength, batchSize, inputSize } = manifest;
  const session = await ort.InferenceSession.create(readFileSync(manifest.model), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const x0 = new ort.Tensor("float32", readValues(manifest).input, [
    ...[seqLength, batchSize, inputSize],
  ]);
  return {
    run: async () => (await session.run({ x0 })).output.data,
    release: () => session.release(),
  };
}

await serve({ name: `${build} ${version}`, prepare });
