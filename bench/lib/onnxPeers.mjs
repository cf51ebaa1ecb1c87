/** ONNX Runtime in both its builds for Node, on one thread. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { onnxModel } from "./onnxModel.mjs";

const require = createRequire(new URL("../package.json", import.meta.url));

/** The builds that are installed, each as { name, prepare }; `prepare` gives a function that runs once. */
export function onnxPeers() {
  return ["onnxruntime-node", "onnxruntime-web"].flatMap((name) => {
    try {
      return [peerOf(name, require(name), require("protobufjs"))];
    } catch (error) {
      console.log(`${name} is not measured: ${error.message.split("\n", 1)[0]}`);
      return [];
    }
  });
}

function peerOf(name, ort, protobuf) {
  if (name === "onnxruntime-web") ort.env.wasm.numThreads = 1;
  // Read, not required: a package may not export its manifest.
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  return {
    name: `${name} ${version}`,
    prepare: async (network) => {
      const session = await ort.InferenceSession.create(onnxModel(protobuf, network), {
        ...{ intraOpNumThreads: 1, interOpNumThreads: 1 },
      });
      const { seqLength, batchSize, inputSize } = network.size;
      const x0 = new ort.Tensor("float32", network.input, [seqLength, batchSize, inputSize]);
      return {
        run: async () => (await session.run({ x0 })).output.data,
        close: () => session.release(),
      };
    },
  };
}
